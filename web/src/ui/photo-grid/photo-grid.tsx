import {
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from "react";
import { thumbnailOf } from "@/lib/media";
import type { Selection } from "@/lib/selection";
import styles from "./photo-grid.module.css";
import type { PhotoItem } from "./photo-item";
import { PhotoTile } from "./photo-tile";
import { beside, layOut, shapeFor, type GridRow, type Section } from "./rows";
import { useGridWindow } from "./use-window";
import { usePlace } from "./use-place";

/** How a page moves the grid. */
export interface GridHandle {
  /** Shows a section, or a place within it: 0 its beginning, 1 its end. */
  showSection: (key: string, part?: number) => void;
  /** Gives a photo that is read the keyboard, and shows it. */
  showPhoto: (photoId: number) => void;
}

interface GridProps {
  handle?: RefObject<GridHandle | null>;
  sections: readonly Section[];
  hrefOf: (photo: PhotoItem) => string;
  onOpen: (photo: PhotoItem) => void;
  /** Told which sections are near what is seen. */
  onNear?: (keys: readonly string[]) => void;
  selection?: Selection;
  /** What stands in a section's head, beside its title. */
  headOf?: (section: Section) => ReactNode;
  /** What lies over a photo. */
  overlayOf?: (photo: PhotoItem) => ReactNode;
  thumbnail?: (photo: PhotoItem) => string;
  /** Told which photo has the keyboard. */
  onCurrent?: (photo: PhotoItem) => void;
}

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Photos in justified rows under headings, of which only those near the window exist. */
export function PhotoGrid(props: GridProps) {
  const { sections, onNear, selection, headOf, onCurrent } = props;
  const [list, { width, top: margin }] = usePlace();
  const rows = useMemo(() => layOut(sections, shapeFor(width)), [sections, width]);
  const { virtual, visible } = useGridWindow(rows, margin);
  const near = [...new Set(visible.map((it) => rows[it.index]?.section.key ?? ""))].join(" ");
  const [current, setCurrent] = useState<number | null>(null);
  const wanted = useRef<number | null>(null);

  useEffect(() => onNear?.(near.split(" ").filter(Boolean)), [near, onNear]);

  useEffect(() => {
    if (wanted.current === null) return;
    const link = list.current?.querySelector<HTMLElement>(`[data-photo="${wanted.current}"]`);
    if (link) {
      link.focus({ preventScroll: true });
      wanted.current = null;
    }
  });

  const showPhoto = (photoId: number) => {
    const index = rows.findIndex((it) => holds(it, photoId));
    if (index < 0) return;
    wanted.current = photoId;
    setCurrent(photoId);
    virtual.scrollToIndex(index, { align: "auto" });
  };
  useImperativeHandle(props.handle, () => ({
    showPhoto,
    showSection: (key, part = 0) => window.scrollTo({ top: placeOf(rows, key, part) + (part ? margin : 0) }),
  }));

  const move = (event: KeyboardEvent) => {
    if (!ARROWS.has(event.key) || current === null || event.altKey || event.metaKey || event.ctrlKey) return;
    const next = beside(rows, current, event.key);
    if (next === undefined) return;
    event.preventDefault();
    showPhoto(next);
  };

  const first = rows.find((it) => it.kind === "photos")?.items[0]?.photo_id;
  const focused = (photo: PhotoItem) => {
    setCurrent(photo.photo_id);
    onCurrent?.(photo);
  };
  return (
    // The keys belong to the links inside; the list only hears them on their way up.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={list} className={styles.grid} style={{ height: virtual.getTotalSize() }} onKeyDown={move}>
      {visible.map((it) => {
        const row = rows[it.index];
        if (!row) return null;
        const place = { height: row.height, transform: `translateY(${it.start - margin}px)` };
        if (row.kind === "blank")
          return <div key={row.key} className={`${styles.row} ${styles.blank}`} style={place} />;
        if (row.kind === "head") {
          return (
            <div key={row.key} className={`${styles.row} ${styles.head}`} style={place}>
              <h2>{row.section.title}</h2>
              {headOf?.(row.section)}
            </div>
          );
        }
        return (
          <div key={row.key} className={styles.row} style={{ ...place, gap: shapeFor(width).gap }}>
            {row.items.map((photo, index) => (
              <PhotoTile
                key={photo.photo_id}
                photo={photo}
                src={(props.thumbnail ?? thumbnailOf)(photo)}
                href={props.hrefOf(photo)}
                width={row.row.widths[index] ?? 0}
                height={row.row.height}
                isCurrent={photo.photo_id === (current ?? first)}
                isChosen={selection?.has(photo.photo_id) ?? false}
                isChoosing={(selection?.ids.size ?? 0) > 0}
                onOpen={props.onOpen}
                onChoose={selection && ((chosen, upTo) => selection.toggle(chosen.photo_id, upTo))}
                onFocus={focused}
              >
                {props.overlayOf?.(photo)}
              </PhotoTile>
            ))}
          </div>
        );
      })}
    </div>
  );
}

function placeOf(rows: readonly GridRow[], key: string, part: number): number {
  const heights = (some: readonly GridRow[]) => some.reduce((sum, it) => sum + it.height, 0);
  const first = rows.findIndex((it) => it.section.key === key);
  const own = rows.filter((it) => it.section.key === key);
  return heights(rows.slice(0, Math.max(first, 0))) + part * heights(own);
}

function holds(row: GridRow, photoId: number): boolean {
  return row.kind === "photos" && row.items.some((it) => it.photo_id === photoId);
}
