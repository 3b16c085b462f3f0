import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";
import { forgetPeople } from "./decisions";

export type Question = Schema<"QuestionOut">;

// Keys: ["review", questions left for later].

export const reviewQuery = (skip: readonly string[]) =>
  queryOptions({
    queryKey: ["review", skip],
    queryFn: async ({ signal }) =>
      body(await api.GET("/review", { params: { query: { limit: 12, skip: [...skip] } }, signal })),
    placeholderData: keepPreviousData,
  });

export function useAnswer() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ questionId, same }: { questionId: string; same: boolean }) =>
      body(
        await api.POST("/review/{question_id}/answer", {
          params: { path: { question_id: questionId } },
          body: { same },
        }),
      ),
    onSettled: () => forgetPeople(queries),
  });
}
