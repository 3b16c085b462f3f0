/** What is searched for, as an address holds it. */
export interface SearchFilter {
  q?: string;
  all?: number[];
  any?: number[];
  none?: number[];
  only?: boolean;
  from?: string;
  to?: string;
  favourite?: boolean;
  rating_min?: number;
}

/** The search an address holds; what makes no sense is passed over. */
export function searchFilterIn(search: Record<string, unknown>): SearchFilter {
  const filter: SearchFilter = {};
  if ((typeof search.q === "string" || typeof search.q === "number") && search.q !== "")
    filter.q = String(search.q);
  for (const name of ["all", "any", "none"] as const) {
    const ids = search[name];
    if (Array.isArray(ids)) {
      const good = ids.filter((it): it is number => Number.isInteger(it) && it > 0).slice(0, 50);
      if (good.length > 0) filter[name] = good;
    }
  }
  for (const name of ["from", "to"] as const) {
    const day = search[name];
    if (typeof day === "string" && /^\d{4}-\d\d-\d\d$/.test(day)) filter[name] = day;
  }
  for (const name of ["only", "favourite"] as const) if (search[name] === true) filter[name] = true;
  const rating = search.rating_min;
  if (typeof rating === "number" && rating >= 1 && rating <= 5) filter.rating_min = Math.round(rating);
  return filter;
}
