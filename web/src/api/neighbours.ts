import { queryOptions } from "@tanstack/react-query";
import type { PhotoFilter } from "@/lib/photo-filter";
import { api, body } from "./client";

/** The photos beside one, of those a filter chooses. */
export const neighboursQuery = (photoId: number, filter: PhotoFilter) =>
  queryOptions({
    queryKey: ["photo", photoId, "neighbours", filter],
    queryFn: async ({ signal }) =>
      body(
        await api.GET("/photos/{photo_id}/neighbours", {
          params: { path: { photo_id: photoId }, query: filter },
          signal,
        }),
      ),
  });
