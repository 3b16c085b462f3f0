import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import type { GridHandle } from "@/ui/photo-grid/photo-grid";
import type { Section } from "@/ui/photo-grid/rows";
import styles from "./scrubber.module.css";
import { useScrolledTo } from "./use-scrolled-to";

interface ScrubberProps {
  sections: readonly Section[];
  grid: RefObject<GridHandle | null>;
  label: string;
}

/** The whole time at the edge: years at their places, and a thumb to go through them. */
export function Scrubber({ sections, grid, label }: ScrubberProps) {
  const track = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const scrolled = useScrolledTo();
  const ends = useMemo(() => endsOf(sections), [sections]);
  const years = useMemo(() => yearsOf(sections, ends), [sections, ends]);
  if (sections.length < 2) return null;

  const share = dragged ?? scrolled;
  const index = at(ends, share);
  const go = (to: number) => {
    const next = at(ends, to);
    const start = ends[next - 1] ?? 0;
    const size = (ends[next] ?? 1) - start;
    const section = sections[next];
    if (section) grid.current?.showSection(section.key, size > 0 ? (to - start) / size : 0);
  };
  const shareOf = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    return box ? Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) : 0;
  };
  const drag = (event: PointerEvent) => {
    const to = shareOf(event);
    setDragged(to);
    go(to);
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -Infinity, End: Infinity }[
      event.key
    ];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(sections.length - 1, Math.max(0, index + step));
    const section = sections[next];
    if (section) grid.current?.showSection(section.key);
  };
  return (
    <div
      ref={track}
      className={styles.track}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={sections.length - 1}
      aria-valuenow={index}
      aria-valuetext={sections[index]?.title}
      data-dragged={dragged !== null}
      onKeyDown={key}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={(event) => dragged !== null && drag(event)}
      onPointerUp={() => setDragged(null)}
      onPointerCancel={() => setDragged(null)}
    >
      {years.map((it) => (
        <span key={it.year} className={styles.year} style={{ top: `${it.share * 100}%` }} aria-hidden>
          {it.year}
        </span>
      ))}
      <span className={styles.thumb} style={{ top: `${share * 100}%` }} aria-hidden>
        <span className={styles.month}>{sections[index]?.title}</span>
      </span>
    </div>
  );
}

/** Where each month ends, as a share of all photos. */
function endsOf(sections: readonly Section[]): number[] {
  const total = sections.reduce((sum, it) => sum + it.count, 0);
  let before = 0;
  return sections.map((it) => (before += it.count) / Math.max(total, 1));
}

function at(ends: readonly number[], share: number): number {
  const found = ends.findIndex((end) => share < end);
  return found < 0 ? ends.length - 1 : found;
}

// Labels nearer than this would lie on each other.
const APART = 0.04;

function yearsOf(sections: readonly Section[], ends: readonly number[]): { year: string; share: number }[] {
  const years: { year: string; share: number }[] = [];
  sections.forEach((section, index) => {
    const year = section.key.slice(0, 4);
    const share = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const last = years.at(-1);
    if (last?.year !== year && (!last || share - last.share >= APART)) years.push({ year, share });
  });
  return years;
}
