import { useLayoutEffect, useState, type RefObject } from "react";
import type { Size } from "@/lib/zoom";

/** How large an element is; nothing before it is there. */
export function useSize(element: RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const it = element.current;
    if (!it) return;
    const measure = () => setSize({ width: it.clientWidth, height: it.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(it);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
