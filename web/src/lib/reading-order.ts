interface Placed {
  box: { x: number; y: number; width: number; height: number };
}

/** As one reads a page: rows from above, each from the left. Who is within half a face below shares a row. */
export function inReadingOrder<It extends Placed>(all: readonly It[]): It[] {
  const down = [...all].sort((a, b) => middle(a) - middle(b));
  const rows: It[][] = [];
  let end = -Infinity;
  for (const it of down) {
    const row = rows.at(-1);
    if (row && middle(it) <= end) row.push(it);
    else {
      rows.push([it]);
      end = middle(it) + it.box.height / 2;
    }
  }
  return rows.flatMap((row) => row.sort((a, b) => a.box.x - b.box.x));
}

const middle = ({ box }: Placed) => box.y + box.height / 2;
