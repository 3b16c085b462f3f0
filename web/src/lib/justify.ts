/** One row of a justified layout: items from `first`, each with its width, all as high as the row. */
export interface Row {
  first: number;
  widths: readonly number[];
  height: number;
}

interface Shape {
  width: number;
  gap: number;
  /** How high rows should be, about. */
  target: number;
}

// Panoramas and strips of receipts would else leave their neighbours nothing, or grow without end.
const NARROWEST = 0.45;
const WIDEST = 3.2;

/**
 * Puts pictures of these ratios (width / height) into rows that fill the width.
 *
 * Greedy: a row is closed where its height is nearest to the target, before or after the next picture. The last
 * row is not stretched.
 */
export function justify(ratios: readonly number[], { width, gap, target }: Shape): Row[] {
  const rows: Row[] = [];
  let first = 0;
  let sum = 0;
  for (let index = 0; index < ratios.length; index += 1) {
    const ratio = clamp(ratios[index] ?? 1);
    const count = index - first;
    const before = count > 0 ? heightOf(width, gap, sum, count) : Infinity;
    const after = heightOf(width, gap, sum + ratio, count + 1);
    if (after <= target && Math.abs(before - target) < Math.abs(after - target)) {
      rows.push(rowOf(ratios, first, index, before));
      first = index;
      sum = 0;
    }
    sum += ratio;
    if (heightOf(width, gap, sum, index - first + 1) <= target) {
      rows.push(rowOf(ratios, first, index + 1, heightOf(width, gap, sum, index - first + 1)));
      first = index + 1;
      sum = 0;
    }
  }
  if (first < ratios.length) {
    const height = heightOf(width, gap, sum, ratios.length - first);
    rows.push(rowOf(ratios, first, ratios.length, Math.min(target, height)));
  }
  return rows;
}

/** About how many rows that many pictures will take. */
export function estimateRows(count: number, { width, gap, target }: Shape): number {
  const perRow = Math.max(1, (width + gap) / (target * 1.3 + gap));
  return Math.ceil(count / perRow);
}

function heightOf(width: number, gap: number, sum: number, count: number): number {
  return (width - gap * (count - 1)) / sum;
}

function rowOf(ratios: readonly number[], first: number, end: number, height: number): Row {
  return { first, widths: ratios.slice(first, end).map((it) => clamp(it) * height), height };
}

function clamp(ratio: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, ratio || 1));
}
