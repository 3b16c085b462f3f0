import { infiniteQueryOptions, queryOptions, useMutation } from "@tanstack/react-query";
import type { SearchFilter } from "@/lib/search-filter";
import { api, asField, asForm, body, type Schema } from "./client";

export type FoundByFace = Schema<"FoundByFaceOut">;

export const searchQuery = (filter: SearchFilter) =>
  infiniteQueryOptions({
    queryKey: ["photos", "search", filter],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const { all, any, none, ...rest } = filter;
      const query = {
        ...rest,
        all: (all ?? []).join(","),
        any: (any ?? []).join(","),
        none: (none ?? []).join(","),
        limit: 200,
        ...(pageParam !== null && { cursor: pageParam }),
      };
      return body(await api.GET("/search", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor,
  });

/** Somebody, for their name. */
export const searchedPersonQuery = (personId: number) =>
  queryOptions({
    queryKey: ["person", personId],
    queryFn: async ({ signal }) =>
      body(await api.GET("/people/{person_id}", { params: { path: { person_id: personId } }, signal })),
  });

/** Looks for somebody by a picture, and by one of its faces. */
export function useFaceSearch() {
  return useMutation({
    mutationFn: async ({ picture, face }: { picture: Blob; face: number | null }) =>
      body(
        await api.POST("/search/face", {
          body: { file: asField(picture), face_index: face },
          bodySerializer: asForm,
        }),
      ),
  });
}
