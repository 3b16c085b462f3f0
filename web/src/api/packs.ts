import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { Problem } from "@/lib/problem";
import { api, body, type Schema } from "./client";

export type Pack = Schema<"PackOut">;

export const packsQuery = queryOptions({
  queryKey: ["packs"],
  queryFn: async ({ signal }) => body(await api.GET("/packs", { signal })),
});

export function useChoosePack() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (pack_id: string) =>
      body(await api.POST("/packs/{pack_id}/use", { params: { path: { pack_id } } })),
    onSettled: () =>
      Promise.all(["packs", "jobs", "about"].map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  });
}

export type PackPreview = Schema<"PreviewOut">;

/** The last preview of a pack, null where there was none; asked again and again while it is under way. */
export const previewQuery = queryOptions({
  queryKey: ["pack-preview"],
  queryFn: async ({ signal }): Promise<PackPreview | null> => {
    try {
      return body(await api.GET("/packs/preview", { signal }));
    } catch (error) {
      if (error instanceof Problem && error.code === "preview_not_found") return null;
      throw error;
    }
  },
  refetchInterval: ({ state }) => (state.data?.state === "running" ? 1000 : false),
});

export function useStartPreview() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (pack_id: string) =>
      body(await api.POST("/packs/{pack_id}/preview", { params: { path: { pack_id } } })),
    onSuccess: (preview) => queries.setQueryData(previewQuery.queryKey, preview),
  });
}
