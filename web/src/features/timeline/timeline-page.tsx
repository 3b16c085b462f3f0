import { useNavigate } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhotoFilter } from "@/lib/photo-filter";
import { useSelection } from "@/lib/selection";
import { ChosenPhotos } from "@/shared/chosen/chosen-photos";
import { PhotoGrid, type GridHandle } from "@/ui/photo-grid/photo-grid";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { Failed, Waiting } from "@/ui/states";
import { DayMark, daysOf, MonthMark } from "./day-marks";
import { EmptyTimeline } from "./empty-timeline";
import { GoToDate } from "./go-to-date";
import { Scrubber } from "./scrubber";
import styles from "./timeline-page.module.css";
import { TimelineHead } from "./timeline-head";
import { useTimeline } from "@/api/use-timeline";
import { useTimelineKeys } from "./use-timeline-keys";

interface TimelineProps {
  filter: PhotoFilter;
  title: string;
}

/** Photos in the order of time, the newest first. */
export function TimelinePage({ filter, title }: TimelineProps) {
  const { t } = useTranslation("timeline");
  const navigate = useNavigate();
  const { timeline, sections, cameNear } = useTimeline(filter);
  const photos = useMemo(() => sections.flatMap((it) => it.items ?? []), [sections]);
  const order = useMemo(() => photos.map((it) => it.photo_id), [photos]);
  const days = useMemo(() => daysOf(photos), [photos]);
  const selection = useSelection(order);
  const [current, setCurrent] = useState<PhotoItem | null>(null);
  const [isGoing, setGoing] = useState(false);
  const grid = useRef<GridHandle>(null);

  const open = (photo: PhotoItem) =>
    void navigate({ to: "/photos/$photoId", params: { photoId: String(photo.photo_id) }, search: filter });
  useTimelineKeys({ photos, current, sections, grid, go: () => setGoing(true) });

  if (timeline.isError) return <Failed error={timeline.error} retry={() => void timeline.refetch()} />;
  if (timeline.isPending) return <Waiting />;
  return (
    <div className={styles.page}>
      <TimelineHead filter={filter} title={title} total={timeline.data.total} />
      {timeline.data.total === 0 && <EmptyTimeline filter={filter} />}
      <PhotoGrid
        sections={sections}
        hrefOf={(photo) => `/photos/${photo.photo_id}`}
        onOpen={open}
        onNear={cameNear}
        onCurrent={setCurrent}
        selection={selection}
        headOf={(section) => <MonthMark items={section.items ?? []} selection={selection} />}
        overlayOf={(photo) => <DayMark photo={photo} days={days} selection={selection} />}
        handle={grid}
      />
      <Scrubber sections={sections} grid={grid} label={t("scrubber")} />
      <ChosenPhotos
        photos={photos}
        current={current}
        selection={selection}
        isTrash={filter.trashed ?? false}
      />
      <GoToDate isOpen={isGoing} onClose={() => setGoing(false)} sections={sections} grid={grid} />
    </div>
  );
}
