import { describe, expect, it } from "vitest";
import { shownBytes, shownShare, shownSince } from "./format";

describe("shownBytes", () => {
  it.each([
    [0, "0 byte"],
    [999, "999 byte"],
    [1_400_000, "1.4 MB"],
    [25_000_000_000, "25 GB"],
  ])("shows %d", (bytes, shown) => expect(shownBytes(bytes, "en")).toBe(shown));
});

it("shows a share", () => expect(shownShare(0.9987, "en")).toBe("99.9%"));

describe("shownSince", () => {
  const now = new Date("2026-05-03T12:00:00Z");
  it.each([
    ["2026-05-03T11:59:30Z", "30 seconds ago"],
    ["2026-05-03T09:00:00Z", "3 hours ago"],
    ["2026-05-02T11:00:00Z", "yesterday"],
    ["2026-05-10T12:00:00Z", "in 7 days"],
  ])("shows %s", (moment, shown) => expect(shownSince(new Date(moment), now, "en")).toBe(shown));
});
