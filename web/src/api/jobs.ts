import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";

export type Jobs = Schema<"JobsOut">;
export type KindOfWork = Schema<"KindOut">;
export type FailedJob = Schema<"FailedJobOut">;
export type Pausable = Schema<"KindIn">["kind"];
type Analyse = Schema<"AnalyseIn">;
export type Which = Analyse["which"];

const PAUSABLE: Record<Pausable, true> = {
  analyse: true,
  identify: true,
  train: true,
  index_batch: true,
  ingest: true,
  deliver: true,
  preview: true,
};

export const isPausable = (kind: string): kind is Pausable => kind in PAUSABLE;

export const jobsQuery = queryOptions({
  queryKey: ["jobs", "queue"],
  queryFn: async ({ signal }) => body(await api.GET("/jobs", { signal })),
});

export const failedJobsQuery = infiniteQueryOptions({
  queryKey: ["jobs", "failed"],
  queryFn: async ({ signal, pageParam }) =>
    body(
      await api.GET("/jobs/failed", {
        params: { query: { limit: 50, ...(pageParam && { cursor: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

/** Has a kind of work wait or go on: shown at once, taken back where the server refuses. */
export function usePauseJobs() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, to }: { kind: Pausable; to: "pause" | "resume" }) =>
      to === "pause"
        ? api.POST("/jobs/pause", { body: { kind } })
        : api.POST("/jobs/resume", { body: { kind } }),
    onMutate: async ({ kind, to }) => {
      await queries.cancelQueries({ queryKey: jobsQuery.queryKey });
      const before = queries.getQueryData(jobsQuery.queryKey);
      const paused = to === "pause";
      queries.setQueryData(jobsQuery.queryKey, (now) =>
        now
          ? { ...now, kinds: now.kinds.map((it) => (it.kind === kind ? { ...it, paused } : it)) }
          : undefined,
      );
      return before;
    },
    onError: (_error, _which, before) => queries.setQueryData(jobsQuery.queryKey, before),
    onSettled: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** Tries failed work again: one, those of a kind, or all. */
export function useRetryJobs() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (which: Schema<"RetryIn">) => body(await api.POST("/jobs/retry", { body: which })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** Has photos looked at again: these, or all there are of a kind. */
export function useAnalyse() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: Analyse) => body(await api.POST("/jobs/analyse", { body: wanted })),
    onSettled: (_queued, _error, { photo_ids }) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["jobs"] }),
        ...(photo_ids ?? []).map((id) => queries.invalidateQueries({ queryKey: ["photo", id] })),
      ]),
  });
}
