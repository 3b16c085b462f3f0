import { describe, expect, it } from "vitest";
import type { PhotoItem } from "./photo-item";
import { beside, layOut, shapeFor, type Section } from "./rows";

const photo = (photo_id: number): PhotoItem => ({
  photo_id,
  version: "abc",
  width_px: 300,
  height_px: 200,
  shown_at: "2024-05-01T12:00:00",
  is_favourite: false,
});

const photos = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => photo(first + index));
const shape = { width: 1000, gap: 4, target: 200 };

const sections: Section[] = [
  { key: "2024-06", title: "June", count: 7, items: photos(1, 7) },
  { key: "2024-05", title: "May", count: 400 },
];

describe("layOut", () => {
  it("keeps the place of what is not read yet", () => {
    const rows = layOut(sections, shape);
    expect(rows.map((it) => it.kind)).toEqual(["head", "photos", "photos", "photos", "head", "blank"]);
    expect(rows.at(-1)?.height).toBeGreaterThan(10_000);
  });

  it("has keys of its own for every row", () => {
    const keys = layOut(sections, shape).map((it) => it.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("waits for a width", () => {
    expect(layOut(sections, shapeFor(0))).toEqual([]);
  });
});

describe("beside", () => {
  const rows = layOut(sections, shape);
  const first = rows.find((it) => it.kind === "photos")?.items.length ?? 0;

  it("goes along the rows", () => {
    expect(beside(rows, 1, "ArrowRight")).toBe(2);
    expect(beside(rows, first, "ArrowRight")).toBe(first + 1);
    expect(beside(rows, first + 1, "ArrowLeft")).toBe(first);
  });

  it("goes up and down at the same place", () => {
    expect(beside(rows, 1, "ArrowDown")).toBe(first + 1);
    expect(beside(rows, first + 2, "ArrowUp")).toBe(2);
  });

  it("stays inside", () => {
    expect(beside(rows, 1, "ArrowLeft")).toBeUndefined();
    expect(beside(rows, 1, "ArrowUp")).toBeUndefined();
    expect(beside(rows, 7, "ArrowDown")).toBeUndefined();
    expect(beside(rows, 99, "ArrowDown")).toBeUndefined();
  });
});
