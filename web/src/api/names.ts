import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { cropOf } from "@/lib/media";
import { api, body } from "./client";

export const completionsQuery = (text: string) =>
  queryOptions({
    queryKey: ["people", "complete", text],
    queryFn: async ({ signal }) =>
      body(await api.GET("/people/complete", { params: { query: { q: text } }, signal })).items,
    retry: false,
  });

/** The people whose names begin so, as a field for names takes them. */
export function useCompletions(text: string) {
  const wanted = text.trim();
  const found = useQuery({ ...completionsQuery(wanted), placeholderData: keepPreviousData });
  return {
    choices: (found.data ?? []).map((it) => ({
      personId: it.person_id,
      name: it.name,
      count: it.face_count,
      picture: it.cover && cropOf(it.cover),
    })),
    /** Whether they are those of this very text, or there will be none. */
    isSettled: found.isError || (found.isSuccess && !found.isPlaceholderData),
  };
}
