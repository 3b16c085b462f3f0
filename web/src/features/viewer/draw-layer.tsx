import { useRef, type PointerEvent } from "react";
import type { Box } from "@/api/decisions";
import styles from "./draw.module.css";
import { placeOf } from "./face-boxes";
import type { Drawn } from "./use-drawing";

/** Lies over the photo while a face is drawn. */
export function DrawLayer({ drawn }: { drawn: Drawn }) {
  const start = useRef<{ x: number; y: number } | null>(null);
  const { drawing, isTooSmall, change } = drawn;
  if (!drawing) return null;
  return (
    <div
      className={styles.layer}
      data-place="draw"
      onPointerDown={(event) => {
        event.stopPropagation();
        if (event.button !== 0) return;
        // The field of the name would else take the focus away in the middle of it.
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = ratiosOf(event);
        change({ box: null, isAsking: false });
      }}
      onPointerMove={(event) => {
        if (start.current) change({ box: between(start.current, ratiosOf(event)) });
      }}
      onPointerUp={() => {
        start.current = null;
        change(drawing.box && !isTooSmall ? { isAsking: true } : { box: null });
      }}
      onPointerCancel={() => {
        start.current = null;
        change({ box: null });
      }}
    >
      {drawing.box && <div className={styles.box} data-small={isTooSmall} style={placeOf(drawing.box)} />}
    </div>
  );
}

function ratiosOf(event: PointerEvent): { x: number; y: number } {
  const box = event.currentTarget.getBoundingClientRect();
  const share = (at: number, from: number, length: number) => Math.min(Math.max((at - from) / length, 0), 1);
  return { x: share(event.clientX, box.left, box.width), y: share(event.clientY, box.top, box.height) };
}

function between(a: { x: number; y: number }, b: { x: number; y: number }): Box {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}
