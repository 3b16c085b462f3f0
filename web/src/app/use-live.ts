import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { pulseQuery, type Pulse } from "@/api/pulse";
import { API } from "@/lib/media";

/** What is read anew when something of a topic has changed. */
const CONCERNED: Readonly<Record<string, readonly string[]>> = {
  photos: ["timeline", "photos", "photo", "statistics", "galleries", "gallery"],
  people: ["people", "person", "photo", "review", "decisions", "photos"],
  jobs: ["jobs", "packs"],
  galleries: ["galleries", "gallery"],
};

// While an import runs something changes every second; pages need not follow each step.
const CALM_MS = 2_000;

/** Listens to what changes on the server, from other tabs and by work in the background. */
export function useLive(isAllowed: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!isAllowed) return;
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      for (const name of changed) invalidate(queries, name);
      changed.clear();
    };
    const hear = (event: MessageEvent<string>) => {
      const pulse = JSON.parse(event.data) as Pulse;
      queries.setQueryData(pulseQuery.queryKey, pulse);
      // What happened before the stream began, or while it was broken off, nobody has told.
      const topics = event.type === "hello" ? Object.keys(CONCERNED) : pulse.topics;
      for (const topic of topics) for (const name of CONCERNED[topic] ?? []) changed.add(name);
      timer ??= setTimeout(refresh, CALM_MS);
    };
    const stream = new EventSource(`${API}/events`);
    stream.addEventListener("hello", hear);
    stream.addEventListener("changed", hear);
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [queries, isAllowed]);
}

function invalidate(queries: QueryClient, name: string): void {
  void queries.invalidateQueries({
    // Months of the timeline watch their counts themselves; there may be hundreds of them.
    predicate: ({ queryKey }) => queryKey[0] === name && queryKey[1] !== "month",
  });
}
