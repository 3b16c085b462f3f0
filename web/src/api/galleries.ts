import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";
import { api, body, type Schema } from "./client";
import { forgetLists } from "./photos";

export type Gallery = Schema<"GalleryOut">;
export type GallerySaid = Schema<"GalleryIn">;
export type Share = Schema<"ShareOut">;
export type ShareSaid = Schema<"ShareIn">;
export type ShareStatistics = Schema<"ShareStatisticsOut">;

// Keys: ["galleries"], ["gallery", id], ["gallery", id, "shares"], ["gallery", "share", id].

const at = (galleryId: number) => ({ path: { gallery_id: galleryId } });
const of = (shareId: number) => ({ path: { share_id: shareId } });

export const galleriesQuery = infiniteQueryOptions({
  queryKey: ["galleries"],
  initialPageParam: null as string | null,
  queryFn: async ({ pageParam, signal }) => {
    const query = pageParam === null ? {} : { cursor: pageParam };
    return body(await api.GET("/galleries", { params: { query }, signal }));
  },
  getNextPageParam: (page) => page.next_cursor,
});

export const galleryQuery = (galleryId: number) =>
  queryOptions({
    queryKey: ["gallery", galleryId],
    queryFn: async ({ signal }) =>
      body(await api.GET("/galleries/{gallery_id}", { params: at(galleryId), signal })),
  });

export const sharesQuery = (galleryId: number) =>
  queryOptions({
    queryKey: ["gallery", galleryId, "shares"],
    queryFn: async ({ signal }) => {
      const params = { ...at(galleryId), query: { limit: 1000 } };
      return body(await api.GET("/galleries/{gallery_id}/shares", { params, signal })).items;
    },
  });

export const shareStatisticsQuery = (shareId: number) =>
  queryOptions({
    queryKey: ["gallery", "share", shareId],
    queryFn: async ({ signal }) =>
      body(await api.GET("/shares/{share_id}/statistics", { params: of(shareId), signal })),
    staleTime: 0,
  });

export function useCreateGallery() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (said: GallerySaid) => body(await api.POST("/galleries", { body: said })),
    onSuccess: (gallery) => known(queries, gallery),
  });
}

export function useChangeGallery(galleryId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (said: GallerySaid) =>
      body(await api.PATCH("/galleries/{gallery_id}", { params: at(galleryId), body: said })),
    onSuccess: (gallery) => known(queries, gallery),
  });
}

export function useDeleteGallery(galleryId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => body(await api.DELETE("/galleries/{gallery_id}", { params: at(galleryId) })),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ["gallery", galleryId] });
      return queries.invalidateQueries({ queryKey: ["galleries"] });
    },
  });
}

/** Takes a folder of the sources in. */
export function useIndexGallery(galleryId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (prefix: string) =>
      body(await api.POST("/galleries/{gallery_id}/index", { params: at(galleryId), body: { prefix } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["gallery", galleryId] }),
  });
}

export type Added = Schema<"AddedOut">;

interface Copying {
  galleryId: number;
  photoIds: readonly number[];
  /** Told what became of some, as soon as it is known: what comes after may fail. */
  onCopied: (copies: readonly Added[]) => void;
}

// So many at a time that progress is seen.
const COPIED_AT_ONCE = 20;

/** Puts copies of photos into a gallery, a few at a time. */
export function useCopyToGallery() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ galleryId, photoIds, onCopied }: Copying) => {
      for (let start = 0; start < photoIds.length; start += COPIED_AT_ONCE) {
        const photo_ids = photoIds.slice(start, start + COPIED_AT_ONCE);
        const params = at(galleryId);
        const answer = await api.POST("/galleries/{gallery_id}/copies", { params, body: { photo_ids } });
        onCopied(body(answer).items);
      }
    },
    onSettled: (_done, _error, { galleryId }) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["gallery", galleryId] }),
        queries.invalidateQueries({ queryKey: ["galleries"] }),
        forgetLists(queries),
      ]),
  });
}

export function useCreateShare(galleryId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (said: ShareSaid) =>
      body(await api.POST("/galleries/{gallery_id}/shares", { params: at(galleryId), body: said })),
    onSuccess: (share) => changeShares(queries, galleryId, (now) => [share, ...now]),
  });
}

/** Changes what a link allows; what is left out stays. */
export function useChangeShare(galleryId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ shareId, said }: { shareId: number; said: Partial<ShareSaid> }) =>
      body(await api.PATCH("/shares/{share_id}", { params: of(shareId), body: said as ShareSaid })),
    onSuccess: (share) =>
      changeShares(queries, galleryId, (now) =>
        now.map((it) => (it.share_id === share.share_id ? share : it)),
      ),
  });
}

/** Shows what the server answered, whatever was asked before it, and has the rest read anew. */
async function changeShares(
  queries: QueryClient,
  galleryId: number,
  change: (now: Share[]) => Share[],
): Promise<void> {
  const { queryKey } = sharesQuery(galleryId);
  await queries.cancelQueries({ queryKey });
  queries.setQueryData(queryKey, (now) => now && change(now));
  void queries.invalidateQueries({ queryKey });
  void queries.invalidateQueries({ queryKey: ["galleries"] });
}

/** Revokes a link: shown at once, taken back where the server refuses. */
export function useRevokeShare(galleryId: number) {
  const queries = useQueryClient();
  const { queryKey } = sharesQuery(galleryId);
  return useMutation({
    mutationFn: (shareId: number) => api.DELETE("/shares/{share_id}", { params: of(shareId) }),
    onMutate: (shareId) => {
      const before = queries.getQueryData(queryKey);
      const revoked_at = new Date().toISOString();
      queries.setQueryData(queryKey, (now) =>
        now?.map((it) => (it.share_id === shareId ? { ...it, revoked_at } : it)),
      );
      return before;
    },
    onError: (_error, _id, before) => queries.setQueryData(queryKey, before),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey }),
        queries.invalidateQueries({ queryKey: ["galleries"] }),
      ]),
  });
}

function known(queries: QueryClient, gallery: Gallery): Promise<void> {
  queries.setQueryData(galleryQuery(gallery.gallery_id).queryKey, gallery);
  return queries.invalidateQueries({ queryKey: ["galleries"] });
}
