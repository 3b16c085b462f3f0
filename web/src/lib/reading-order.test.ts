import { expect, it } from "vitest";
import { inReadingOrder } from "./reading-order";

const at = (name: string, x: number, y: number) => ({ name, box: { x, y, width: 0.1, height: 0.1 } });

it("goes row by row, from the left", () => {
  const all = [at("d", 0.6, 0.52), at("b", 0.5, 0.1), at("c", 0.1, 0.5), at("a", 0.2, 0.13)];
  expect(inReadingOrder(all).map((it) => it.name)).toEqual(["a", "b", "c", "d"]);
});

it("has an order for nobody", () => {
  expect(inReadingOrder([])).toEqual([]);
});
