import { useLayoutEffect, type RefObject } from "react";

const GAP = 4;
// Narrower, names could not be told from each other.
const LEAST = 280;

/**
 * Keeps a popover at the lower edge of an element, or above it where there is more room, as long as it is open.
 *
 * It lies over everything, so that nothing that scrolls cuts it off.
 */
export function useBelow(
  anchor: RefObject<HTMLElement | null>,
  popover: RefObject<HTMLElement | null>,
  isOpen: boolean,
): void {
  useLayoutEffect(() => {
    const [of, it] = [anchor.current, popover.current];
    if (!isOpen || !of || !it) return;
    it.showPopover();
    const place = () => {
      const box = of.getBoundingClientRect();
      const [below, above] = [window.innerHeight - box.bottom, box.top];
      const isAbove = below < Math.min(it.scrollHeight, 240) && above > below;
      it.style.maxHeight = `${Math.max(80, (isAbove ? above : below) - 3 * GAP)}px`;
      it.style.width = `${Math.max(box.width, LEAST)}px`;
      it.style.left = `${Math.max(GAP, Math.min(box.left, window.innerWidth - Math.max(box.width, LEAST) - GAP))}px`;
      it.style.top = isAbove ? "auto" : `${box.bottom + GAP}px`;
      it.style.bottom = isAbove ? `${window.innerHeight - box.top + GAP}px` : "auto";
    };
    place();
    window.addEventListener("scroll", place, { capture: true, passive: true });
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place, { capture: true });
      window.removeEventListener("resize", place);
      it.hidePopover();
    };
  }, [anchor, popover, isOpen]);
}
