export const KINDS = ["named", "unnamed", "hidden"] as const;
export const SORTS = ["count", "name", "recent"] as const;

/** Which persons a page is about, as the API is asked; what is left out is not asked for. */
export interface PersonFilter {
  kind?: (typeof KINDS)[number];
  q?: string;
  sort?: (typeof SORTS)[number];
}

/** The filter an address holds; what makes no sense is passed over. */
export function personFilterIn(search: Record<string, unknown>): PersonFilter {
  const filter: PersonFilter = {};
  const kind = KINDS.find((it) => it === search.kind);
  const sort = SORTS.find((it) => it === search.sort);
  if (kind && kind !== "named") filter.kind = kind;
  if (sort && sort !== "count") filter.sort = sort;
  // An address that ends in ?q=1999 holds a number.
  if (typeof search.q === "string" || typeof search.q === "number") filter.q = String(search.q).slice(0, 200);
  if (filter.q === "") delete filter.q;
  return filter;
}
