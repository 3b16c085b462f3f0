import { useLayoutEffect, useRef, useState, type RefObject } from "react";

export interface Place {
  width: number;
  /** How far it begins below the top of the page. */
  top: number;
}

/** Where an element is on the page, as long as it is there; nowhere before it is. */
export function usePlace(): [RefObject<HTMLDivElement | null>, Place] {
  const element = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place>({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const it = element.current;
    if (!it) return;
    const measure = () => {
      const box = it.getBoundingClientRect();
      const [width, top] = [Math.floor(it.clientWidth), Math.round(box.top + window.scrollY)];
      setPlace((now) => (now.width === width && now.top === top ? now : { width, top }));
    };
    measure();
    // What stands above it may grow without changing its width.
    const observer = new ResizeObserver(measure);
    for (const watched of [it, document.body]) observer.observe(watched);
    return () => observer.disconnect();
  }, []);
  return [element, place];
}
