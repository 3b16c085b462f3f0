import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
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
      forgetAll(queries);
      queries.setQueryData(sessionQuery.queryKey, session);
    },
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE("/session"),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
      forgetAll(queries);
    },
  });
}

/** Forgets what another key has seen. The session itself stays: what shows it would not hear of a new one. */
function forgetAll(queries: QueryClient): void {
  const isOther = ({ queryKey }: { queryKey: readonly unknown[] }) =>
    queryKey[0] !== sessionQuery.queryKey[0];
  queries.removeQueries({ predicate: isOther, type: "inactive" });
  void queries.resetQueries({ predicate: isOther });
}

export type Scope = Schema<"Scope">;

/** Whether the key of this browser may do something; what it may not is not offered. */
export function useMay(scope: Scope): boolean {
  return useQuery(sessionQuery).data?.scopes.includes(scope) ?? false;
}
