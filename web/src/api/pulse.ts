import { queryOptions, skipToken } from "@tanstack/react-query";

type State<Names extends string> = Readonly<Record<Names, number>>;

/** The numbers the server tells as they change. */
export interface Pulse {
  topics: readonly string[];
  photos: State<"total" | "pending" | "analysed" | "failed">;
  jobs: State<"queued" | "running" | "failed">;
  last_decision_id: number | null;
}

/** The newest numbers; nobody asks for them, the stream of events brings them. */
export const pulseQuery = queryOptions<Pulse>({
  queryKey: ["pulse"],
  queryFn: skipToken,
  staleTime: Infinity,
});
