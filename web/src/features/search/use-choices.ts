import { useTranslation } from "react-i18next";
import { useCompletions } from "@/api/names";
import { daysIn, shownDays, type Asked, type Days, type Role } from "@/lib/search-words";

export type Choice =
  | { kind: "person"; role: Role; personId: number; name: string; count: number; picture: string | null }
  | { kind: "time"; days: Days; name: string };

/** What a word with a sign may become. */
export function useChoices(asked: Asked | null): readonly Choice[] {
  const { i18n } = useTranslation();
  const people = useCompletions(asked?.kind === "person" ? asked.text : "");
  if (asked === null) return [];
  if (asked.kind === "person")
    return people.choices.map((it) => ({ kind: "person", role: asked.role, ...it }));
  const days = daysIn(asked.text, i18n.language);
  return days ? [{ kind: "time", days, name: shownDays(days, i18n.language) }] : [];
}
