import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "./client";

/** Has a photo looked at again that could not be looked at. */
export function useAnalyseAgain(photoId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () =>
      body(await api.POST("/jobs/analyse", { body: { which: "failed", photo_ids: [photoId] } })),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["jobs"] }),
        queries.invalidateQueries({ queryKey: ["photo", photoId] }),
      ]),
  });
}
