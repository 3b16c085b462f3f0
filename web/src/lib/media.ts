/** Where Kith's own API is. */
export const API = "/api/kith";

interface Seen {
  photo_id: number;
  version: string;
}

interface SeenFace {
  face_id: number;
  version: string;
}

/** At most 320 pixels a side. */
export const thumbnailOf = (it: Seen) => `${API}/photos/${it.photo_id}/thumbnail?v=${it.version}`;

/** At most 1600 pixels a side, in a format every browser shows. */
export const previewOf = (it: Seen) => `${API}/photos/${it.photo_id}/preview?v=${it.version}`;

export const fileOf = (it: Seen) => `${API}/photos/${it.photo_id}/file?v=${it.version}`;

export const cropOf = (it: SeenFace) => `${API}/faces/${it.face_id}/crop?v=${it.version}`;

/** A photo as a guest may see it who came by a link. */
export const guestPictureOf = (token: string, it: Seen, as: "thumbnail" | "preview" | "file") =>
  `${API}/guest/${token}/photos/${it.photo_id}/${as}?v=${it.version}`;

/** All that a guest may see, or these photos, as one file. */
export const guestZipOf = (token: string, photoIds?: readonly number[]) =>
  `${API}/guest/${token}/download.zip${photoIds ? `?photo_ids=${photoIds.join(",")}` : ""}`;

/** A link to a gallery as a picture for cameras. */
export const qrOf = (shareId: number) => `${API}/shares/${shareId}/qr.svg`;
