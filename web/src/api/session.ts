import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => body(await api.GET("/session", { signal })),
  staleTime: 5 * 60_000,
});

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (key: string) => body(await api.POST("/session", { body: { key } })),
    onSuccess: (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
    },
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE("/session"),
    onSuccess: () => {
      queries.clear();
      return queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
}

export type Scope = Schema<"Scope">;

/** Whether the key of this browser may do something; what it may not is not offered. */
export function useMay(scope: Scope): boolean {
  return useQuery(sessionQuery).data?.scopes.includes(scope) ?? false;
}
