/** Which photos a page is about, as the API is asked; what is left out is not asked for. */
export interface PhotoFilter {
  gallery_id?: number;
  person_id?: number;
  favourite?: boolean;
  rating_min?: number;
  trashed?: boolean;
}

/** The filter an address holds; what makes no sense is passed over. */
export function photoFilterIn(search: Record<string, unknown>): PhotoFilter {
  const filter: PhotoFilter = {};
  for (const name of ["gallery_id", "person_id", "rating_min"] as const) {
    const value = search[name];
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) filter[name] = value;
  }
  for (const name of ["favourite", "trashed"] as const) if (search[name] === true) filter[name] = true;
  return filter;
}
