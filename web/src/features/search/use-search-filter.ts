import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { mergeIn } from "@/lib/problem";
import type { Role } from "@/lib/search-words";
import { searchFilterIn, type SearchFilter } from "@/lib/search-filter";

const ROLES: readonly Role[] = ["all", "any", "none"];

/** The search in the address, and how it is changed. */
export function useSearchFilter() {
  const filter = useSearch({ from: "/owner/shell/search" });
  const navigate = useNavigate({ from: "/search" });
  const change = (by: Changes, replace = false) =>
    void navigate({ search: (now) => withChanges(now, by), replace });
  const put = (personId: number, role: Role | null) =>
    change(
      Object.fromEntries(
        ROLES.map((it) => {
          const others = (filter[it] ?? []).filter((id) => id !== personId);
          return [it, it === role ? [...others, personId] : others];
        }),
      ),
    );
  /** Asks for this and nothing else. */
  const ask = (next: SearchFilter) => void navigate({ search: next });
  return { filter, change, put, ask };
}

/** Asks for who somebody is now, where the search is for one who was merged away. */
export function useFollowMerge(error: unknown, { filter, change }: SearchState): void {
  const merge = mergeIn(error);
  useEffect(() => {
    if (!merge) return;
    const now = (id: number) => (id === merge.from ? merge.into : id);
    change(Object.fromEntries(ROLES.map((it) => [it, [...new Set((filter[it] ?? []).map(now))]])), true);
  });
}

export type SearchState = ReturnType<typeof useSearchFilter>;

type Changes = { [Name in keyof SearchFilter]?: SearchFilter[Name] | undefined };

/** What is empty or off is left out of the address. */
function withChanges(now: SearchFilter, by: Changes): SearchFilter {
  const next = searchFilterIn({ ...now, ...by });
  if (!next.all && !next.any) delete next.only;
  return next;
}

export const isAsked = (filter: SearchFilter) => Object.keys(filter).length > 0;
