import { useCallback, useState } from "react";
import { fit, FITTED, settle, zoomAt, type Size, type View } from "@/lib/zoom";

// However small a photo is, one may look closer.
const CLOSE = 6;
const STEP = 1.5;

export interface Seen {
  view: View;
  fitted: Size;
  zoom: (factor: number, x?: number, y?: number) => void;
  pan: (dx: number, dy: number) => void;
  /** To its own pixels, or back to all of it. */
  toggle: (x: number, y: number) => void;
  nearer: () => void;
  farther: () => void;
  reset: () => void;
}

/** How a photo is seen on its stage. */
export function useView(photo: Size, stage: Size): Seen {
  const [view, setView] = useState(FITTED);
  const fitted = fit(photo, stage);
  const most = Math.max(CLOSE, (photo.width / fitted.width) * 2);
  const now = settle(view, fitted, stage, most);
  const change = useCallback(
    (next: (now: View) => View) =>
      setView((it) => settle(next(settle(it, fitted, stage, most)), fitted, stage, most)),
    // What is fitted follows from the photo and the stage.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [fitted.width, fitted.height, stage.width, stage.height, most],
  );
  const zoom = useCallback(
    (factor: number, x = 0, y = 0) =>
      change((it) => zoomAt(it, Math.min(Math.max(it.scale * factor, 1), most), x, y)),
    [change, most],
  );
  const own = Math.max(photo.width / fitted.width / window.devicePixelRatio, 2);
  return {
    view: now,
    fitted,
    zoom,
    pan: useCallback(
      (dx: number, dy: number) => change((it) => ({ ...it, x: it.x + dx, y: it.y + dy })),
      [change],
    ),
    toggle: (x, y) => (now.scale > 1 ? setView(FITTED) : zoom(own, x, y)),
    nearer: () => zoom(STEP),
    farther: () => zoom(1 / STEP),
    reset: () => setView(FITTED),
  };
}
