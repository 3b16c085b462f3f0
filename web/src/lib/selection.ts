import { useCallback, useMemo, useState } from "react";

export interface Selection {
  ids: ReadonlySet<number>;
  has: (id: number) => boolean;
  /** Takes one in or out; `upTo` all from the last one to it. */
  toggle: (id: number, upTo?: boolean) => void;
  /** Takes all of these in, or out where all of them are in. */
  toggleAll: (ids: readonly number[]) => void;
  clear: () => void;
}

const NONE: ReadonlySet<number> = new Set();

/** Which of the things in this order are chosen; what has left it is not. */
export function useSelection(order: readonly number[]): Selection {
  const [all, setIds] = useState(NONE);
  const there = useMemo(() => new Set(order), [order]);
  const ids = useMemo(
    () => (all.size === 0 ? NONE : new Set([...all].filter((it) => there.has(it)))),
    [all, there],
  );
  const [last, setLast] = useState<number | null>(null);
  const toggle = useCallback(
    (id: number, upTo = false) => {
      setIds((now) => (upTo && last !== null ? withRange(now, order, last, id) : withToggled(now, id)));
      setLast(id);
    },
    [order, last],
  );
  const toggleAll = useCallback((these: readonly number[]) => {
    setIds((now) => {
      const all = these.every((it) => now.has(it));
      const next = new Set(now);
      for (const id of these) {
        if (all) next.delete(id);
        else next.add(id);
      }
      return next;
    });
  }, []);
  const clear = useCallback(() => {
    setIds(NONE);
    setLast(null);
  }, []);
  return useMemo(
    () => ({ ids, has: (id) => ids.has(id), toggle, toggleAll, clear }),
    [ids, toggle, toggleAll, clear],
  );
}

function withToggled(now: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const next = new Set(now);
  if (!next.delete(id)) next.add(id);
  return next;
}

function withRange(
  now: ReadonlySet<number>,
  order: readonly number[],
  from: number,
  to: number,
): ReadonlySet<number> {
  const ends = [order.indexOf(from), order.indexOf(to)].sort((a, b) => a - b);
  const [first = -1, end = -1] = ends;
  return first < 0 ? withToggled(now, to) : new Set([...now, ...order.slice(first, end + 1)]);
}
