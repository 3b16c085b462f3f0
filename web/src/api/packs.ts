import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
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
