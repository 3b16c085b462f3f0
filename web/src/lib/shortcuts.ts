import { useEffect, useRef, useSyncExternalStore } from "react";

/** A key (as KeyboardEvent.key; "Shift+" and "Mod+" before it) and what it does, in the reader's words. */
export interface Shortcut {
  keys: string;
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Also while somebody writes in a field. */
  whileTyping?: boolean;
}

interface Layer {
  current: readonly Shortcut[];
  /** Whether keys stop here: what lies below does not hear them. */
  isLast?: boolean;
}

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

/** Keeps keys from the page below, for as long as the component is there. */
export function useNoShortcutsBelow(): void {
  useEffect(() => {
    const mine: Layer = { current: [], isLast: true };
    change([...layers, mine]);
    return () => change(layers.filter((it) => it !== mine));
  }, []);
}

/** All keys that do something now, of the topmost layers first. */
export function useActiveShortcuts(): readonly Shortcut[] {
  const current = useSyncExternalStore(subscribe, () => layers);
  return heard(current).flatMap((it) => it.current);
}

/** The layers that hear keys, the topmost first. */
function heard(all: readonly Layer[]): readonly Layer[] {
  return all
    .slice(
      Math.max(
        0,
        all.findLastIndex((it) => it.isLast),
      ),
    )
    .reverse();
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
    for (const layer of heard(layers)) {
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
