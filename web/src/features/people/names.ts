import { useTranslation } from "react-i18next";
import { cropOf } from "@/lib/media";
import type { Person } from "@/api/people";

/** How persons are called on a page; one without a name is somebody. */
export function useNames() {
  const { t, i18n } = useTranslation("people");
  return {
    of: (person: { name: string | null }) => person.name ?? t("somebody"),
    /** Several as one phrase: Ann, Bo and Cy. */
    all: (people: readonly { name: string | null }[]) =>
      new Intl.ListFormat(i18n.language).format(people.map((it) => it.name ?? t("somebody"))),
  };
}

export const coverOf = (person: Pick<Person, "cover">) => person.cover && cropOf(person.cover);
