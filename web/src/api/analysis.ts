import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "./client";

/** Has all photos looked at again that could not be looked at. */
export function useAnalyseFailed() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => body(await api.POST("/jobs/analyse", { body: { which: "failed" } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
}
