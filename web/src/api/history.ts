import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";

export type PastDecision = Schema<"PastDecisionOut">;

// Keys: ["decisions", about].

/** What was decided, the newest first. */
export const decisionsQuery = (about: { person_id?: number; face_id?: number }) =>
  infiniteQueryOptions({
    queryKey: ["decisions", about],
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...about, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) };
      return body(await api.GET("/decisions", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
