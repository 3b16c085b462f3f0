import { CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Selection } from "@/lib/selection";
import grid from "@/ui/photo-grid/photo-grid.module.css";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { longDate } from "@/ui/photo-grid/photo-tile";
import styles from "./day-marks.module.css";

/** The photos of each day, under the first of them. */
export type Days = ReadonlyMap<number, readonly number[]>;

export const dayOf = (photo: PhotoItem) => photo.shown_at.slice(0, 10);

export function daysOf(photos: readonly PhotoItem[]): Days {
  const days = new Map<number, number[]>();
  let day = "";
  let ids: number[] = [];
  for (const photo of photos) {
    if (dayOf(photo) !== day) {
      day = dayOf(photo);
      ids = [];
      days.set(photo.photo_id, ids);
    }
    ids.push(photo.photo_id);
  }
  return days;
}

/** Says over the first photo of a day which day begins; pressed it chooses all of it. */
export function DayMark({ photo, days, selection }: { photo: PhotoItem; days: Days; selection: Selection }) {
  const { t, i18n } = useTranslation("timeline");
  const ids = days.get(photo.photo_id);
  if (!ids) return null;
  const short = new Date(photo.shown_at).toLocaleDateString(i18n.language, {
    day: "numeric",
    month: "short",
  });
  const label = t("chooseDay", { date: longDate(photo.shown_at, i18n.language) });
  return (
    <button
      type="button"
      className={grid.day}
      tabIndex={-1}
      title={label}
      aria-label={`${short}: ${label}`}
      onClick={() => selection.toggleAll(ids)}
    >
      {short}
    </button>
  );
}

/** Beside the name of a month: chooses all of it. */
export function MonthMark({ items, selection }: { items: readonly PhotoItem[]; selection: Selection }) {
  const { t } = useTranslation("timeline");
  const ids = items.map((it) => it.photo_id);
  if (ids.length === 0) return null;
  const isAll = ids.every(selection.has);
  return (
    <button
      type="button"
      className={styles.month}
      aria-pressed={isAll}
      aria-label={t("chooseMonth")}
      title={t("chooseMonth")}
      onClick={() => selection.toggleAll(ids)}
    >
      <CircleCheck aria-hidden />
    </button>
  );
}
