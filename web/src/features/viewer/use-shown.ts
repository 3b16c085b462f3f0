import { useState } from "react";
import { readStored, writeStored } from "@/lib/stored";

export interface Shown {
  isShown: boolean;
  set: (isShown: boolean) => void;
  toggle: () => void;
}

/** Whether something is shown; this browser remembers. */
export function useShown(name: string, usually: boolean): Shown {
  const [isShown, setShown] = useState(() => {
    const stored = readStored(name);
    return stored === null ? usually : stored === "yes";
  });
  const set = (next: boolean) => {
    setShown(next);
    writeStored(name, next ? "yes" : "no");
  };
  return { isShown, set, toggle: () => set(!isShown) };
}
