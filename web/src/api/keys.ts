import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";
import { sessionQuery } from "./session";

/**
 * Signs this browser in by a new secret if it would else be locked out: by the first key, or its own renewed.
 *
 * The secret is shown once, and on a page that is locked nobody would see it.
 */
async function stayingIn(secret: KeySecret): Promise<KeySecret> {
  const session = body(await api.GET("/session"));
  if (!session.signed_in) await api.POST("/session", { body: { key: secret.secret } });
  return secret;
}

export type Key = Schema<"KeyOut">;
export type KeySecret = Schema<"KeySecretOut">;
export type NewKey = Schema<"KeyIn">;

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: async ({ signal }) => body(await api.GET("/keys", { params: { query: { limit: 1000 } }, signal })),
});

export function useCreateKey() {
  const afterwards = useAfterwards();
  return useMutation({
    mutationFn: async (key: NewKey) => stayingIn(body(await api.POST("/keys", { body: key }))),
    onSettled: afterwards,
  });
}

/** The old secret stays valid for so long. */
export function useRotateKey() {
  const afterwards = useAfterwards();
  return useMutation({
    mutationFn: async ({ key_id, grace_seconds }: { key_id: number; grace_seconds: number }) =>
      stayingIn(
        body(
          await api.POST("/keys/{key_id}/rotate", { params: { path: { key_id } }, body: { grace_seconds } }),
        ),
      ),
    onSettled: afterwards,
  });
}

export function useRevokeKey() {
  const afterwards = useAfterwards();
  return useMutation({
    mutationFn: async (key_id: number) =>
      body(await api.DELETE("/keys/{key_id}", { params: { path: { key_id } } })),
    onSettled: afterwards,
  });
}

/** The first key, and the last, change whether this browser has to show one. */
function useAfterwards() {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
      queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
    ]);
}
