import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { Problem } from "@/lib/problem";
import { api, asField, asForm, body, type Schema } from "./client";

export type GuestGallery = Schema<"GuestGalleryOut">;
export type GuestPhoto = Schema<"GuestPhotoOut">;
export type Selfie = Schema<"SelfieOut">;

// Keys: ["guest", token, …]. The link is the only thing a guest shows; the browser keeps a cookie for it.

const at = (token: string) => ({ path: { token } });
const SEEN_EVERY_MS = 10_000;

/** What a link leads to. Asked once a visit, because visits are counted. */
export const guestQuery = (token: string) =>
  queryOptions({
    queryKey: ["guest", token],
    queryFn: async ({ signal }) => body(await api.GET("/guest/{token}", { params: at(token), signal })),
    staleTime: Infinity,
    gcTime: Infinity,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });

/** Whether the guest has entered; asked again and again, so that a link that ends is noticed. */
export const insideQuery = (token: string) =>
  queryOptions({
    queryKey: ["guest", token, "inside"],
    queryFn: async ({ signal }) => {
      try {
        await api.GET("/guest/{token}/photos", { params: { ...at(token), query: { limit: 1 } }, signal });
        return true;
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return false;
        throw error;
      }
    },
    staleTime: 0,
    refetchInterval: SEEN_EVERY_MS,
  });

/** All photos the guest may see. */
export const guestPhotosQuery = (token: string) =>
  queryOptions({
    queryKey: ["guest", token, "photos"],
    queryFn: async ({ signal }) => {
      const items: GuestPhoto[] = [];
      let cursor: string | null = null;
      do {
        const query: { limit: number; cursor?: string } = { limit: 1000 };
        if (cursor) query.cursor = cursor;
        const page: Schema<"GuestPhotosOut"> = body(
          await api.GET("/guest/{token}/photos", { params: { ...at(token), query }, signal }),
        );
        items.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor);
      return items;
    },
  });

export function useEnter(token: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (password: string | null) =>
      api.POST("/guest/{token}/enter", { params: at(token), body: { consent: true, password } }),
    onSuccess: () => queries.setQueryData(insideQuery(token).queryKey, true),
  });
}

/** Looks for the guest by a picture, and by one of its faces where there are several. */
export function useSelfie(token: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ picture, face }: { picture: Blob; face: number | null }) =>
      body(
        await api.POST("/guest/{token}/selfie", {
          params: at(token),
          body: { file: asField(picture), face_index: face },
          bodySerializer: asForm,
        }),
      ),
    onSuccess: (found) =>
      found.needs_choice
        ? undefined
        : queries.invalidateQueries({ queryKey: guestPhotosQuery(token).queryKey }),
  });
}

export function useForget(token: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.POST("/guest/{token}/forget", { params: at(token) }),
    onSuccess: () => {
      queries.removeQueries({ queryKey: guestPhotosQuery(token).queryKey });
      queries.setQueryData(insideQuery(token).queryKey, false);
    },
  });
}
