export const PERSON_VIEWS = ["faces", "suggested", "history"] as const;

/** What of a person a page shows; their photos if nothing is said. */
export type PersonView = (typeof PERSON_VIEWS)[number];

export function personViewIn(search: Record<string, unknown>): { view?: PersonView } {
  const view = PERSON_VIEWS.find((it) => it === search.view);
  return view ? { view } : {};
}
