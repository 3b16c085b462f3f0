import { describe, expect, it } from "vitest";
import { askedIn, daysIn, shownDays } from "./search-words";

describe("askedIn", () => {
  it.each([
    ["@ann", { kind: "person", role: "all", text: "ann", rest: "" }],
    ["beach -@bob ma", { kind: "person", role: "none", text: "bob ma", rest: "beach" }],
    ["|@", { kind: "person", role: "any", text: "", rest: "" }],
    ["beach #may 2024", { kind: "time", text: "may 2024", rest: "beach" }],
  ])("reads %s", (text, asked) => {
    expect(askedIn(text)).toEqual(asked);
  });

  it.each(["", "beach", "me@example.org", "a-@"])("finds nothing in %s", (text) => {
    expect(askedIn(text)).toBeNull();
  });
});

describe("daysIn", () => {
  it.each([
    ["2024", "2024-01-01", "2024-12-31"],
    ["2024-02", "2024-02-01", "2024-02-29"],
    ["2024-05-03", "2024-05-03", "2024-05-03"],
    ["may 2024", "2024-05-01", "2024-05-31"],
    ["Sept 2023", "2023-09-01", "2023-09-30"],
    ["2023-11..2024-02", "2023-11-01", "2024-02-29"],
  ])("knows %s", (text, from, to) => {
    expect(daysIn(text, "en")).toEqual({ from, to });
  });

  it.each([
    ["мая 2024", "ru"],
    ["май 2024", "ru"],
    ["mayo de 2024", "es"],
    ["maio 2024", "pt-BR"],
  ])("knows %s", (text, language) => {
    expect(daysIn(text, language)).toEqual({ from: "2024-05-01", to: "2024-05-31" });
  });

  it.each(["", "20", "2024-13", "2024-02-30", "foo 2024", "2024..2023"])("does not know %s", (text) => {
    expect(daysIn(text, "en")).toBeNull();
  });
});

describe("shownDays", () => {
  it("is as short as it may be", () => {
    expect(shownDays({ from: "2024-01-01", to: "2024-12-31" }, "en")).toBe("2024");
    expect(shownDays({ from: "2024-05-01", to: "2024-05-31" }, "en")).toBe("May 2024");
    expect(shownDays({ from: "2024-05-03", to: "2024-05-03" }, "en")).toBe("May 3, 2024");
    expect(shownDays({ from: "2024-05-03" }, "en")).toBe("May 3, 2024 …");
  });
});
