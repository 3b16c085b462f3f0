import { dayOf } from "./dates";

/** What a word at the end of the search box asks for: somebody, with a role, or a time. */
export type Asked =
  { kind: "person"; role: Role; text: string; rest: string } | { kind: "time"; text: string; rest: string };

/** In every photo; in any of these; in none. */
export type Role = "all" | "any" | "none";

const ROLES: Readonly<Record<string, Role>> = { "": "all", "|": "any", "-": "none" };

/** The word that is being written, if it begins with a sign: `@ann`, `-@ann`, `|@ann`, `#may 2024`. */
export function askedIn(text: string): Asked | null {
  const found = /(?:^|\s)([-|]?)([@#])([^@#]*)$/.exec(text);
  if (!found) return null;
  const [, sign = "", mark, word = ""] = found;
  const rest = text.slice(0, found.index).trimEnd();
  if (mark === "#") return { kind: "time", text: word.trim(), rest };
  return { kind: "person", role: ROLES[sign] ?? "all", text: word.trim(), rest };
}

export interface Days {
  from: string;
  to: string;
}

/** The days that a text means: `2024`, `2024-05`, `2024-05-03`, `may 2024`, or from one to another with `..`. */
export function daysIn(text: string, language: string): Days | null {
  const [first = "", last] = text.split("..").map((it) => it.trim());
  const start = spanOf(first, language);
  const end = last === undefined ? start : spanOf(last, language);
  return start && end && start.from <= end.to ? { from: start.from, to: end.to } : null;
}

function spanOf(text: string, language: string): Days | null {
  const found = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text);
  if (found) return span(Number(found[1]), numberOf(found[2]), numberOf(found[3]));
  const named = /^(\p{L}{3,})\.?\s+(?:\p{L}{2}\s+)?(\d{4})$/u.exec(text);
  const month = named && monthOf(named[1] ?? "", language);
  return month ? span(Number(named[2]), month) : null;
}

const numberOf = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));

function span(year: number, month?: number, day?: number): Days | null {
  if (year < 1000 || (month !== undefined && (month < 1 || month > 12))) return null;
  const from = new Date(year, (month ?? 1) - 1, day ?? 1);
  if (day !== undefined && from.getDate() !== day) return null;
  const to =
    day !== undefined ? from : month === undefined ? new Date(year, 11, 31) : new Date(year, month, 0);
  return { from: dayOf(from.toISOString()), to: dayOf(to.toISOString()) };
}

function monthOf(name: string, language: string): number | undefined {
  const wanted = plain(name);
  for (const tag of [language, "en"]) {
    for (let month = 1; month <= 12; month += 1) {
      const day = new Date(2024, month - 1, 1);
      const names = [
        day.toLocaleDateString(tag, { month: "long" }),
        day.toLocaleDateString(tag, { month: "long", day: "numeric" }).replace(/[\d\s.]|de/g, ""),
      ];
      if (names.some((it) => plain(it).startsWith(wanted))) return month;
    }
  }
  return undefined;
}

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Days as people write them: a year, a month, a day, or from one to another. */
export function shownDays({ from, to }: Partial<Days>, language: string): string {
  const noon = (day: string) => new Date(`${day}T12:00:00`);
  const full = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
  if (from === undefined) return to === undefined ? "" : `… ${full.format(noon(to))}`;
  if (to === undefined) return `${full.format(noon(from))} …`;
  if (from.endsWith("-01-01") && to === `${from.slice(0, 4)}-12-31`) return from.slice(0, 4);
  const month = span(Number(from.slice(0, 4)), Number(from.slice(5, 7)));
  if (month?.from === from && month.to === to) {
    return noon(from).toLocaleDateString(language, { month: "long", year: "numeric" });
  }
  return from === to ? full.format(noon(from)) : full.formatRange(noon(from), noon(to));
}
