import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { PhotoFilter } from "@/lib/photo-filter";
import { api, body, type Schema } from "./client";

export type PhotoItem = Schema<"PhotoItemOut">;
export type Photo = Schema<"PhotoOut">;
/** What is left out stays as it is. */
export type Edit = Partial<Omit<Schema<"EditManyIn">, "photo_ids">>;

// Keys: ["timeline", filter], ["photos", …] for lists of items, ["photo", id] for one with all its facts.

export const timelineQuery = (filter: PhotoFilter) =>
  queryOptions({
    queryKey: ["timeline", filter],
    queryFn: async ({ signal }) => body(await api.GET("/timeline", { params: { query: filter }, signal })),
  });

/** All photos of a month. */
export const monthQuery = (filter: PhotoFilter, month: string) =>
  queryOptions({
    queryKey: ["photos", "month", filter, month],
    queryFn: async ({ signal }) => {
      const items: PhotoItem[] = [];
      let cursor: string | null = null;
      do {
        const query: PhotoFilter & { month: string; limit: number; cursor?: string } = {
          ...filter,
          month,
          limit: 1000,
        };
        if (cursor) query.cursor = cursor;
        const page: Schema<"PhotosOut"> = body(await api.GET("/photos", { params: { query }, signal }));
        items.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor);
      return items;
    },
  });

export const photoQuery = (photoId: number) =>
  queryOptions({
    queryKey: ["photo", photoId],
    queryFn: async ({ signal }) =>
      body(await api.GET("/photos/{photo_id}", { params: { path: { photo_id: photoId } }, signal })),
  });

interface EditOf {
  photoIds: readonly number[];
  edit: Edit;
}

/** Says something of photos: shown at once, taken back where the server refuses. */
export function useEditPhotos() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ photoIds, edit }: EditOf) =>
      api.POST("/photos/edit", {
        body: { photo_ids: [...photoIds], ...edit } as Schema<"EditManyIn">,
      }),
    onMutate: async ({ photoIds, edit }) => {
      const ids = new Set(photoIds);
      return together(
        await changeItems(queries, (items) =>
          items.map((it) => (ids.has(it.photo_id) ? { ...it, ...edit } : it)),
        ),
        await changePhotos(queries, (photo) => (ids.has(photo.photo_id) ? { ...photo, ...edit } : photo)),
      );
    },
    onError: (_error, _edit, takeBack) => takeBack?.(),
    onSettled: (_answer, _error, { photoIds }) => {
      for (const id of photoIds) void queries.invalidateQueries({ queryKey: ["photo", id] });
    },
  });
}

/** Puts photos into the trash, or takes them out: gone from the page at once. */
export function useTrashPhotos() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ photoIds, to }: { photoIds: readonly number[]; to: "trash" | "restore" }) =>
      to === "trash"
        ? api.POST("/photos/trash", { body: { photo_ids: [...photoIds] } })
        : api.POST("/photos/restore", { body: { photo_ids: [...photoIds] } }),
    onMutate: async ({ photoIds }) => {
      const ids = new Set(photoIds);
      return changeItems(queries, (items) => items.filter((it) => !ids.has(it.photo_id)));
    },
    onError: (_error, _ids, takeBack) => takeBack?.(),
    onSettled: () => Promise.all([forgetLists(queries), queries.invalidateQueries({ queryKey: ["photo"] })]),
  });
}

/** Erases photos of the trash. */
export function useErasePhotos() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (photoIds: readonly number[]) =>
      api.POST("/photos/delete", { body: { photo_ids: [...photoIds] } }),
    onSettled: () => forgetLists(queries),
  });
}

/** Has all lists of photos read anew. */
export function forgetLists(queries: QueryClient): Promise<unknown> {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ["timeline"] }),
    queries.invalidateQueries({ queryKey: ["photos"] }),
  ]);
}

/** Changes the photos that are read with all their facts; what it answers puts them back. */
export async function changePhotos(
  queries: QueryClient,
  change: (photo: Photo) => Photo,
): Promise<() => void> {
  // The neighbours of a photo stand below it in the cache, and are of another shape.
  const filters = { queryKey: ["photo"], predicate: isPhoto };
  await queries.cancelQueries(filters);
  const before = queries.getQueriesData<Photo>(filters);
  queries.setQueriesData<Photo>(filters, (photo) => photo && change(photo));
  return () => {
    for (const [key, photo] of before) queries.setQueryData(key, photo);
  };
}

const isPhoto = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey.length === 2;

/** Changes the photos in all lists; what it answers puts them back. */
export async function changeItems(
  queries: QueryClient,
  change: (items: PhotoItem[]) => PhotoItem[],
): Promise<() => void> {
  await queries.cancelQueries({ queryKey: ["photos"] });
  const before = queries.getQueriesData({ queryKey: ["photos"] });
  queries.setQueriesData<unknown>({ queryKey: ["photos"] }, (data: unknown) => mapItems(data, change));
  return () => {
    for (const [key, data] of before) queries.setQueryData(key, data);
  };
}

export const together = (first: () => void, second: () => void) => () => {
  first();
  second();
};

/** What lists that were read say of a photo, for as long as nothing else is known of it. */
export function itemOf(queries: QueryClient, photoId: number): PhotoItem | undefined {
  let found: PhotoItem | undefined;
  for (const [, data] of queries.getQueriesData({ queryKey: ["photos"] })) {
    mapItems(data, (items) => {
      found ??= items.find((it) => it.photo_id === photoId);
      return items;
    });
  }
  return found;
}

type Page = { items: PhotoItem[] };

/** Lists are arrays of items, pages of them, or all pages of an infinite query. */
function mapItems(data: unknown, change: (items: PhotoItem[]) => PhotoItem[]): unknown {
  if (Array.isArray(data)) return change(data as PhotoItem[]);
  if (typeof data !== "object" || data === null) return data;
  if ("items" in data) return { ...data, items: change((data as Page).items) };
  if ("pages" in data)
    return { ...data, pages: (data as { pages: Page[] }).pages.map((it) => mapItems(it, change)) };
  return data;
}
