import { QueryClient } from "@tanstack/react-query";
import { Problem } from "@/lib/problem";

/** What the server said, for as long as a page may show it. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What the server refuses once it refuses again; only silence and overload may pass.
      retry: (count, error) =>
        count < 2 && error instanceof Problem && [0, 502, 503, 504].includes(error.status),
    },
    // A change without a network fails at once and says so, rather than waiting unseen.
    mutations: { networkMode: "always" },
  },
});
