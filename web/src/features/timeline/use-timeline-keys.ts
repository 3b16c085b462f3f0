import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts, type Shortcut } from "@/lib/shortcuts";
import type { GridHandle } from "@/ui/photo-grid/photo-grid";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import type { Section } from "@/ui/photo-grid/rows";

interface Keyed {
  photos: readonly PhotoItem[];
  current: PhotoItem | null;
  sections: readonly Section[];
  grid: RefObject<GridHandle | null>;
  go: () => void;
}

/** The keys of the timeline. */
export function useTimelineKeys({ photos, current, sections, grid, go }: Keyed): void {
  const { t } = useTranslation("timeline");
  /** To the first photo, on or after it, whose time differs in so many letters: 10 a day, 7 a month, 4 a year. */
  const step = (letters: number, forward: boolean) => () => {
    const from = current ?? photos[0];
    if (!from) return;
    const index = photos.findIndex((it) => it.photo_id === from.photo_id);
    const unit = (it: PhotoItem) => it.shown_at.slice(0, letters);
    const after = photos.slice(index + 1).find((it) => unit(it) !== unit(from));
    const before = photos.slice(0, Math.max(index, 0)).findLast((it) => unit(it) !== unit(from));
    const target = forward ? after : before && photos.find((it) => unit(it) === unit(before));
    if (target) grid.current?.showPhoto(target.photo_id);
    else showNextSection(sections, unit(from), forward, grid);
  };
  const keys: Shortcut[] = [
    { keys: "g", label: t("goToDate"), run: go },
    { keys: "d", label: t("keys.nextDay"), run: step(10, true) },
    { keys: "D", label: t("keys.previousDay"), run: step(10, false) },
    { keys: "m", label: t("keys.nextMonth"), run: step(7, true) },
    { keys: "M", label: t("keys.previousMonth"), run: step(7, false) },
    { keys: "y", label: t("keys.nextYear"), run: step(4, true) },
    { keys: "Y", label: t("keys.previousYear"), run: step(4, false) },
  ];
  useShortcuts(keys);
}

/** Where the photos that are read end, the next month that is not. */
function showNextSection(
  sections: readonly Section[],
  unit: string,
  forward: boolean,
  grid: RefObject<GridHandle | null>,
): void {
  const month = unit.slice(0, 7);
  const next = forward
    ? sections.find((it) => it.key.slice(0, month.length) < month)
    : sections.findLast((it) => it.key.slice(0, month.length) > month);
  if (next) grid.current?.showSection(next.key);
}
