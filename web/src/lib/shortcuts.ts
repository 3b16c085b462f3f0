import { useEffect, useRef, useSyncExternalStore } from "react";

/** A key (as KeyboardEvent.key; "Shift+" and "Mod+" before it) and what it does, in the reader's words. */
export interface Shortcut {
  keys: string;
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Also while somebody writes in a field. */
  whileTyping?: boolean;
}

type Layer = { current: readonly Shortcut[] };

// The last to come hears first: a dialog before the page below it.
let layers: readonly Layer[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Layer[]): void {
  layers = next;
  for (const listener of listeners) listener();
}

/** Listens to these keys for as long as the component is there. */
export function useShortcuts(shortcuts: readonly Shortcut[], isActive = true): void {
  const layer = useRef(shortcuts);
  useEffect(() => {
    layer.current = shortcuts;
  });
  useEffect(() => {
    if (!isActive) return;
    const mine: Layer = layer;
    change([...layers, mine]);
    return () => change(layers.filter((it) => it !== mine));
  }, [isActive]);
}

/** All keys that do something now, of the topmost layers first. */
export function useActiveShortcuts(): readonly Shortcut[] {
  const current = useSyncExternalStore(subscribe, () => layers);
  return [...current].reverse().flatMap((it) => it.current);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function nameOf(event: KeyboardEvent): string {
  const mod = event.metaKey || event.ctrlKey ? "Mod+" : "";
  // Letters and signs say by themselves that Shift is held; arrows and the like do not.
  const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : "";
  return `${mod}${shift}${event.key}`;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  ) {
    return true;
  }
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(target.type)
  );
}

export function listenToKeys(): () => void {
  const hear = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const keys = nameOf(event);
    const typing = isTyping(event.target);
    for (const layer of [...layers].reverse()) {
      const found = layer.current.find((it) => it.keys === keys && (!typing || it.whileTyping));
      if (found) {
        event.preventDefault();
        found.run(event);
        return;
      }
    }
  };
  window.addEventListener("keydown", hear);
  return () => window.removeEventListener("keydown", hear);
}
