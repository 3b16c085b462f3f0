import { describe, expect, it } from "vitest";
import { fit, FITTED, settle, zoomAt } from "./zoom";

const stage = { width: 800, height: 600 };

describe("fit", () => {
  it("shows all of a photo", () => {
    expect(fit({ width: 4000, height: 2000 }, stage)).toEqual({ width: 800, height: 400 });
    expect(fit({ width: 1000, height: 4000 }, stage)).toEqual({ width: 150, height: 600 });
  });

  it("does not blow up what is small", () => {
    expect(fit({ width: 100, height: 100 }, stage)).toEqual({ width: 250, height: 250 });
  });
});

describe("zoomAt", () => {
  it("leaves the point where it is", () => {
    const view = zoomAt(FITTED, 2, 100, -50);
    expect(view).toEqual({ scale: 2, x: -100, y: 50 });
    expect(zoomAt(view, 1, 100, -50)).toEqual(FITTED);
  });
});

describe("settle", () => {
  const fitted = { width: 800, height: 400 };

  it("keeps what is smaller in the middle", () => {
    expect(settle({ scale: 1, x: 90, y: -20 }, fitted, stage, 8)).toEqual({ scale: 1, x: 0, y: 0 });
  });

  it("goes no farther than the edges", () => {
    expect(settle({ scale: 2, x: 999, y: -999 }, fitted, stage, 8)).toEqual({ scale: 2, x: 400, y: -100 });
  });

  it("goes no nearer than it may", () => {
    expect(settle({ scale: 20, x: 0, y: 0 }, fitted, stage, 8).scale).toBe(8);
    expect(settle({ scale: 0.2, x: 0, y: 0 }, fitted, stage, 8)).toEqual(FITTED);
  });
});
