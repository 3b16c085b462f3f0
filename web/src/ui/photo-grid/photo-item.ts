/** What the grid needs to know of a photo; lists of photos of the API have it. */
export interface PhotoItem {
  photo_id: number;
  version: string;
  width_px: number;
  height_px: number;
  shown_at: string;
  is_favourite: boolean;
  rating?: number | null;
  title?: string | null;
  state?: string;
}
