import { useWindowVirtualizer, type VirtualItem, type Virtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef } from "react";
import type { GridRow } from "./rows";

export interface GridWindow {
  virtual: Virtualizer<Window, Element>;
  visible: readonly VirtualItem[];
}

/** Which rows are near what is seen. Rows that change their height above it do not move what is seen. */
export function useGridWindow(rows: readonly GridRow[], margin: number): GridWindow {
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => rows[index]?.height ?? 0,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 4,
    scrollMargin: margin,
  });
  useKeepPlace(rows, virtual, margin);
  return { virtual, visible: virtual.getVirtualItems() };
}

function useKeepPlace(rows: readonly GridRow[], virtual: Virtualizer<Window, Element>, margin: number): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    if (before.current === rows) return;
    const anchors = window.scrollY > margin ? anchorsIn(before.current, window.scrollY - margin) : [];
    before.current = rows;
    virtual.measure();
    const moved = movedBy(rows, anchors);
    if (Math.abs(moved) > 0.5) window.scrollBy(0, moved);
  }, [rows, virtual, margin]);
}

interface Anchor {
  key: string;
  top: number;
}

/** The first row in view, and the head of its section for when that row will be gone. */
function anchorsIn(rows: readonly GridRow[], scrolled: number): Anchor[] {
  let top = 0;
  let head: Anchor | undefined;
  for (const row of rows) {
    if (row.kind === "head") head = { key: row.key, top };
    if (top + row.height > scrolled) return [{ key: row.key, top }, ...(head ? [head] : [])];
    top += row.height;
  }
  return [];
}

function movedBy(rows: readonly GridRow[], anchors: readonly Anchor[]): number {
  for (const anchor of anchors) {
    let top = 0;
    for (const row of rows) {
      if (row.key === anchor.key) return top - anchor.top;
      top += row.height;
    }
  }
  return 0;
}
