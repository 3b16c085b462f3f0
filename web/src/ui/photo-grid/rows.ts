import type { PhotoItem } from "./photo-item";
import { estimateRows, justify, type Row } from "@/lib/justify";

/** Photos under one heading. `items` is missing while they are not read; they keep their place then. */
export interface Section {
  key: string;
  title?: string;
  count: number;
  items?: readonly PhotoItem[];
}

export interface GridShape {
  width: number;
  gap: number;
  target: number;
}

interface At {
  key: string;
  section: Section;
  height: number;
}

export type GridRow =
  | (At & { kind: "head" })
  | (At & { kind: "blank" })
  | (At & { kind: "photos"; row: Row; items: readonly PhotoItem[] });

const HEAD_PX = 52;

/** How wide the rows may be and how high they should be, on this screen. */
export function shapeFor(width: number): GridShape {
  const phone = width < 600;
  return { width, gap: phone ? 2 : 4, target: phone ? 118 : Math.min(260, 150 + width / 24) };
}

/** All rows of all sections, from top to bottom, with their exact heights. */
export function layOut(sections: readonly Section[], shape: GridShape): GridRow[] {
  if (shape.width <= 0) return [];
  return sections.flatMap((section) => {
    const rows = section.items ? photoRows(section, section.items, shape) : [blank(section, shape)];
    return section.title === undefined ? rows : [head(section), ...rows];
  });
}

function head(section: Section): GridRow {
  return { kind: "head", key: section.key, section, height: HEAD_PX };
}

function blank(section: Section, shape: GridShape): GridRow {
  const height = estimateRows(section.count, shape) * (shape.target + shape.gap);
  return { kind: "blank", key: `${section.key} blank`, section, height };
}

function photoRows(section: Section, items: readonly PhotoItem[], shape: GridShape): GridRow[] {
  return rowsOf(items, shape).map((row) => {
    const shown = items.slice(row.first, row.first + row.widths.length);
    const key = `${section.key} ${shown[0]?.photo_id ?? 0}`;
    return { kind: "photos", key, section, row, items: shown, height: row.height + shape.gap };
  });
}

// A month is laid out once for a width, however often others are read.
const laidOut = new WeakMap<readonly PhotoItem[], { width: number; rows: Row[] }>();

function rowsOf(items: readonly PhotoItem[], shape: GridShape): Row[] {
  const known = laidOut.get(items);
  if (known?.width === shape.width) return known.rows;
  const rows = justify(
    items.map((it) => it.width_px / it.height_px),
    shape,
  );
  laidOut.set(items, { width: shape.width, rows });
  return rows;
}

/** The photo beside one in a direction: along the rows, or in the row above or below at the same place. */
export function beside(rows: readonly GridRow[], photoId: number, key: string): number | undefined {
  const photos = rows.filter((it) => it.kind === "photos");
  const at = photos.findIndex((row) => row.items.some((it) => it.photo_id === photoId));
  const row = photos[at];
  if (!row) return undefined;
  const index = row.items.findIndex((it) => it.photo_id === photoId);
  if (key === "ArrowLeft") return (row.items[index - 1] ?? photos[at - 1]?.items.at(-1))?.photo_id;
  if (key === "ArrowRight") return (row.items[index + 1] ?? photos[at + 1]?.items[0])?.photo_id;
  const other = photos[key === "ArrowUp" ? at - 1 : at + 1];
  return other && under(other, middleOf(row.row, index));
}

function middleOf(row: Row, index: number): number {
  const before = row.widths.slice(0, index).reduce((sum, it) => sum + it, 0);
  return before + (row.widths[index] ?? 0) / 2;
}

function under(row: GridRow & { kind: "photos" }, x: number): number | undefined {
  let end = 0;
  const found = row.items.findIndex((_, index) => {
    end += row.row.widths[index] ?? 0;
    return x <= end;
  });
  return (row.items[found] ?? row.items.at(-1))?.photo_id;
}
