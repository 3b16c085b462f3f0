import { useSyncExternalStore } from "react";

/** How far down the page is scrolled, 0 to 1. */
export function useScrolledTo(): number {
  return useSyncExternalStore(subscribe, read);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("scroll", changed, { passive: true });
  window.addEventListener("resize", changed);
  return () => {
    window.removeEventListener("scroll", changed);
    window.removeEventListener("resize", changed);
  };
}

function read(): number {
  const room = document.documentElement.scrollHeight - window.innerHeight;
  return room > 0 ? Math.round((1000 * window.scrollY) / room) / 1000 : 0;
}
