import { useEffect, useRef, useState, type MouseEvent, type PointerEvent, type RefObject } from "react";
import type { Seen } from "./use-view";

const STILL = 5;
const FAR = 60;

interface Moves {
  stage: RefObject<HTMLElement | null>;
  seen: Seen;
  isOff: boolean;
  onSwipe: (step: 1 | -1) => void;
  onDown: () => void;
}

/** Wheel, fingers and the double click: zoom, pan, and swipes to the next photo or out. */
export function useGestures({ stage, seen, isOff, onSwipe, onDown }: Moves) {
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const [drag, setDrag] = useState({ x: 0, y: 0 });
  const { zoom } = seen;
  const isZoomed = seen.view.scale > 1;

  useEffect(() => {
    const it = stage.current;
    if (!it || isOff) return;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const [x, y] = fromMiddle(it, event);
      // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
      zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0022)), x, y);
    };
    // React's own listener may not keep the page from scrolling.
    it.addEventListener("wheel", turn, { passive: false });
    return () => it.removeEventListener("wheel", turn);
  }, [stage, zoom, isOff]);

  const down = (event: PointerEvent) => {
    if (isOff || event.button !== 0) return;
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    const isCaught = event.currentTarget.hasPointerCapture(event.pointerId);
    // A click on a face within must stay a click there.
    if (!isCaught && Math.hypot(dx, dy) < STILL) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const grown = distance(other, { x: event.clientX, y: event.clientY }) / distance(other, before);
      const [x, y] = fromMiddle(event.currentTarget, event);
      zoom(grown, x - dx / 2, y - dy / 2);
      seen.pan(dx / 2, dy / 2);
    } else if (isZoomed) seen.pan(dx, dy);
    else if (event.pointerType === "touch") setDrag({ x: dx, y: dy });
    if (other || isZoomed) fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  const up = (event: PointerEvent) => {
    fingers.current.delete(event.pointerId);
    if (Math.abs(drag.x) > FAR && Math.abs(drag.x) > Math.abs(drag.y)) onSwipe(drag.x < 0 ? 1 : -1);
    else if (drag.y > 2 * FAR) onDown();
    setDrag({ x: 0, y: 0 });
  };
  return {
    drag,
    handlers: {
      onPointerDown: down,
      onPointerMove: move,
      onPointerUp: up,
      onPointerCancel: (event: PointerEvent) => {
        fingers.current.delete(event.pointerId);
        setDrag({ x: 0, y: 0 });
      },
      onDoubleClick: (event: MouseEvent<HTMLElement>) => {
        const onFace = event.target instanceof Element && event.target.closest("button");
        if (!isOff && !onFace) seen.toggle(...fromMiddle(event.currentTarget, event));
      },
    },
  };
}

function fromMiddle(it: Element, at: { clientX: number; clientY: number }): [number, number] {
  const box = it.getBoundingClientRect();
  return [at.clientX - box.left - box.width / 2, at.clientY - box.top - box.height / 2];
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
}
