import { describe, expect, it } from "vitest";
import { estimateRows, justify } from "./justify";

const shape = { width: 1000, gap: 4, target: 200 };

const mixed = Array.from({ length: 60 }, (_, index) => [1.5, 0.67, 1.78, 1, 0.75][index % 5] ?? 1);

describe("justify", () => {
  it("makes no row of nothing", () => {
    expect(justify([], shape)).toEqual([]);
  });

  it("keeps every picture, once and in order", () => {
    const rows = justify(mixed, shape);
    expect(rows.flatMap((row) => row.widths.map((_, index) => row.first + index))).toEqual(
      mixed.map((_, index) => index),
    );
  });

  it("fills the width with every row but the last", () => {
    for (const row of justify(mixed, shape).slice(0, -1)) {
      const filled = row.widths.reduce((sum, it) => sum + it, 0) + shape.gap * (row.widths.length - 1);
      expect(filled).toBeCloseTo(shape.width, 6);
    }
  });

  it("keeps rows near the height asked for", () => {
    for (const row of justify(mixed, shape)) {
      expect(row.height).toBeGreaterThan(120);
      expect(row.height).toBeLessThan(280);
    }
  });

  it("does not stretch a lonely picture", () => {
    expect(justify([1.5], shape)).toEqual([{ first: 0, widths: [300], height: 200 }]);
  });

  it.each([0, Number.NaN, 0.001, 1000])("bears a ratio of %s", (ratio) => {
    for (const row of justify([ratio, 1.5, ratio], shape)) {
      expect(row.height).toBeGreaterThan(0);
      expect(row.height).toBeLessThanOrEqual(320);
    }
  });

  it("fits on a narrow screen", () => {
    for (const row of justify([3, 3, 0.5], { width: 340, gap: 2, target: 110 })) {
      expect(row.widths.reduce((sum, it) => sum + it, 0)).toBeLessThanOrEqual(340.001);
    }
  });
});

describe("estimateRows", () => {
  it("is about what comes out", () => {
    const rows = justify(mixed, shape).length;
    expect(Math.abs(estimateRows(mixed.length, shape) - rows)).toBeLessThanOrEqual(4);
  });
});
