import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhotoFilter } from "@/lib/photo-filter";
import { monthQuery, timelineQuery, type PhotoItem } from "./photos";

/** A month of the timeline; its photos are missing while they are not read. */
export interface MonthSection {
  key: string;
  title: string;
  count: number;
  items?: readonly PhotoItem[];
}

/** The months of the timeline, with the photos of those that were near the window. */
export function useTimeline(filter: PhotoFilter) {
  const { i18n } = useTranslation();
  const queries = useQueryClient();
  const timeline = useQuery(timelineQuery(filter));
  const [near, setNear] = useState<readonly string[]>([]);
  const buckets = timeline.data?.buckets;
  const wanted = useMemo(
    () => buckets?.filter((it) => near.includes(it.month)).map((it) => it.month) ?? [],
    [buckets, near],
  );
  // What was near once stays, so that going back shows it at once.
  const months = useQueries({
    queries: wanted.map((month) => ({ ...monthQuery(filter, month), staleTime: Infinity })),
    combine: combined,
  });
  const byMonth = useMemo(
    () => new Map(wanted.map((month, index) => [month, months[index]])),
    [wanted, months],
  );

  // A month that has gained or lost photos since it was read is read again.
  useEffect(() => {
    for (const { month, count } of buckets ?? []) {
      const { queryKey } = monthQuery(filter, month);
      const items = queries.getQueryData<PhotoItem[]>(queryKey);
      if (items && items.length !== count) void queries.invalidateQueries({ queryKey });
    }
  }, [buckets, filter, queries]);

  const sections = useMemo<MonthSection[]>(
    () =>
      buckets?.map(({ month, count }) => ({
        key: month,
        title: nameOf(month, i18n.language),
        count,
        items: byMonth.get(month),
      })) ?? [],
    [buckets, byMonth, i18n.language],
  );
  const cameNear = useCallback((keys: readonly string[]) => {
    setNear((now) => (keys.every((it) => now.includes(it)) ? now : [...new Set([...now, ...keys])]));
  }, []);
  return { timeline, sections, cameNear };
}

function combined(results: readonly { data?: PhotoItem[] | undefined }[]): (PhotoItem[] | undefined)[] {
  return results.map((it) => it.data);
}

export function nameOf(month: string, language: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(year, number - 1).toLocaleDateString(language, { month: "long", year: "numeric" });
}
