import { describe, expect, it } from "vitest";
import { ageAt } from "./age";

describe("ageAt", () => {
  it.each([
    ["1980-05-03", "2024-05-02", 43],
    ["1980-05-03", "2024-05-03", 44],
    ["2020-02-29", "2021-02-28", 0],
    ["2020-02-29", "2021-03-01", 1],
    ["2024-01-01", "2023-12-31", null],
  ])("of somebody born on %s is on %s %s", (born, day, age) => {
    expect(ageAt(born, day)).toBe(age);
  });
});
