import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { PersonFilter } from "@/lib/person-filter";
import { api, body, type Schema } from "./client";

export type Person = Schema<"PersonOut">;
export type PersonDetail = Schema<"PersonDetailOut">;
export type PersonPhoto = Schema<"PersonPhotoOut">;
export type PersonFace = Schema<"PersonFaceOut">;
export type People = Schema<"PeopleOut">;
export type Group = Schema<"GroupOut">;
export type PersonPatch = Schema<"PersonPatchIn">;

// Keys: ["people", filter], ["people", "complete", text], ["people", "merge", …] for lists of persons and what they
// may become; ["person", id], ["person", id, "faces" | "photos" | "groups", …] for one.

const AT_ONCE = 200;

export const peopleQuery = (filter: PersonFilter) =>
  infiniteQueryOptions({
    queryKey: ["people", filter],
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...filter, limit: AT_ONCE, ...(pageParam ? { cursor: pageParam } : {}) };
      return body(await api.GET("/people", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const personQuery = (personId: number) =>
  queryOptions({
    queryKey: ["person", personId],
    queryFn: async ({ signal }) =>
      body(await api.GET("/people/{person_id}", { params: { path: { person_id: personId } }, signal })),
  });

/** A person's faces, or those that may be theirs. */
export const facesQuery = (personId: number, isSuggested: boolean) =>
  infiniteQueryOptions({
    queryKey: ["person", personId, "faces", isSuggested],
    queryFn: async ({ signal, pageParam }) => {
      const state = isSuggested ? { state: "suggested" as const } : {};
      const query = { ...state, limit: AT_ONCE, ...(pageParam ? { cursor: pageParam } : {}) };
      const params = { path: { person_id: personId }, query };
      return body(await api.GET("/people/{person_id}/faces", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** All photos of a person in a year. */
export const yearQuery = (personId: number, year: number) =>
  queryOptions({
    queryKey: ["person", personId, "photos", year],
    queryFn: async ({ signal }) => {
      const items: PersonPhoto[] = [];
      let cursor: string | null = null;
      do {
        const query: { year: number; limit: number; cursor?: string } = { year, limit: 1000 };
        if (cursor) query.cursor = cursor;
        const params = { path: { person_id: personId }, query };
        const page: Schema<"PersonPhotosOut"> = body(
          await api.GET("/people/{person_id}/photos", { params, signal }),
        );
        items.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor);
      return items;
    },
  });

export const groupsQuery = (personId: number) =>
  queryOptions({
    queryKey: ["person", personId, "groups"],
    queryFn: async ({ signal }) =>
      body(
        await api.GET("/people/{person_id}/groups", { params: { path: { person_id: personId } }, signal }),
      ),
  });

export const mergePreviewQuery = (into: number, from: readonly number[]) =>
  queryOptions({
    queryKey: ["people", "merge", into, from],
    queryFn: async ({ signal }) =>
      body(await api.GET("/people/merge/preview", { params: { query: { into, from: [...from] } }, signal })),
    enabled: from.length > 0,
  });
