import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, type KeyboardEvent, type ReactNode } from "react";
import { usePlace } from "./photo-grid/use-place";
import styles from "./tile-grid.module.css";

interface TileGridProps<Item> {
  items: readonly Item[];
  keyOf: (item: Item) => number;
  /** How wide tiles are at least; they are square but for what stands `below` the picture. */
  narrowest: number;
  below?: number;
  children: (item: Item, size: number) => ReactNode;
  /** Told when the end comes near. */
  onEnd?: () => void;
}

const GAP_PX = 12;

/**
 * Tiles of one size, of which only those near the window exist. Arrows go from one to the next: to the element in
 * it that bears `data-tile` with its key.
 */
export function TileGrid<Item>({ items, keyOf, narrowest, below = 0, children, onEnd }: TileGridProps<Item>) {
  const [grid, { width, top }] = usePlace();
  const least = width < 600 ? Math.min(narrowest, 104) : narrowest;
  const columns = Math.max(1, Math.floor((width + GAP_PX) / (least + GAP_PX)));
  const size = Math.floor((width - GAP_PX * (columns - 1)) / columns);
  const height = size + below + GAP_PX;
  const rows = width > 0 ? Math.ceil(items.length / columns) : 0;
  const virtual = useWindowVirtualizer({
    count: rows,
    estimateSize: () => height,
    overscan: 4,
    scrollMargin: top,
  });
  const visible = virtual.getVirtualItems();
  const isNearEnd = width > 0 && (visible.at(-1)?.index ?? -1) >= rows - 1;

  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, onEnd, items.length]);

  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const from = event.target instanceof HTMLElement ? event.target.dataset.tile : undefined;
    if (step === undefined || from === undefined || event.altKey || event.metaKey || event.ctrlKey) return;
    const index = items.findIndex((it) => String(keyOf(it)) === from);
    const next = items[index + step];
    if (index < 0 || next === undefined) return;
    event.preventDefault();
    event.currentTarget.querySelector<HTMLElement>(`[data-tile="${keyOf(next)}"]`)?.focus();
  };
  return (
    // The keys belong to what is inside; the grid only hears them on their way up.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={grid} className={styles.grid} style={{ height: virtual.getTotalSize() }} onKeyDown={move}>
      {visible.map((row) => (
        <div
          key={row.key}
          className={styles.row}
          style={{ gap: GAP_PX, transform: `translateY(${row.start - top}px)` }}
        >
          {items.slice(row.index * columns, (row.index + 1) * columns).map((item) => (
            <div key={keyOf(item)} className={styles.tile} style={{ width: size, height: size + below }}>
              {children(item, size)}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
