import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useSelection } from "./selection";

const ORDER = [10, 20, 30, 40, 50];

function chosen(...acts: ((it: ReturnType<typeof useSelection>) => void)[]): number[] {
  const { result } = renderHook(() => useSelection(ORDER));
  for (const step of acts) act(() => step(result.current));
  return [...result.current.ids].sort((a, b) => a - b);
}

describe("useSelection", () => {
  it("takes in and out", () => {
    expect(
      chosen(
        (it) => it.toggle(20),
        (it) => it.toggle(40),
        (it) => it.toggle(20),
      ),
    ).toEqual([40]);
  });

  it("takes all in between, in both directions", () => {
    expect(
      chosen(
        (it) => it.toggle(40),
        (it) => it.toggle(20, true),
      ),
    ).toEqual([20, 30, 40]);
    expect(
      chosen(
        (it) => it.toggle(20),
        (it) => it.toggle(40, true),
      ),
    ).toEqual([20, 30, 40]);
  });

  it("lets go of what is there no more", () => {
    const { result, rerender } = renderHook(({ order }) => useSelection(order), {
      initialProps: { order: ORDER },
    });
    act(() => result.current.toggleAll([10, 30]));
    rerender({ order: [10, 20] });
    expect([...result.current.ids]).toEqual([10]);
    expect(result.current.has(30)).toBe(false);
  });

  it("takes one where there is none before it", () => {
    expect(chosen((it) => it.toggle(30, true))).toEqual([30]);
  });

  it("takes one where the other is no longer listed", () => {
    expect(
      chosen(
        (it) => it.toggle(99),
        (it) => it.toggle(30, true),
      ),
    ).toEqual([30]);
  });

  it("takes a day in, and out when all of it is in", () => {
    expect(
      chosen(
        (it) => it.toggle(10),
        (it) => it.toggleAll([10, 20]),
      ),
    ).toEqual([10, 20]);
    expect(
      chosen(
        (it) => it.toggleAll([10, 20]),
        (it) => it.toggleAll([10, 20]),
      ),
    ).toEqual([]);
  });

  it("forgets all", () => {
    expect(
      chosen(
        (it) => it.toggleAll(ORDER),
        (it) => it.clear(),
      ),
    ).toEqual([]);
  });
});
