import { useTranslation } from "react-i18next";
import { useChangePerson, useMergePeople } from "@/api/changing-people";
import { useUndo } from "@/api/decisions";
import type { PersonPatch } from "@/api/people";
import type { Named } from "@/ui/name-field";
import { useTakingBack } from "@/ui/taking-back";
import { useNames } from "./names";

export interface Known {
  person_id: number;
  name: string | null;
  photo_count: number;
}

/** How decisions are told of here, and taken back. */
export function useDeciding() {
  const undo = useUndo();
  return useTakingBack((decisionId) => undo.mutateAsync({ decisionId }));
}

/** What can be done with persons, each with a way back. */
export function usePeopleActs() {
  const { t } = useTranslation("people");
  const names = useNames();
  const deciding = useDeciding();
  const { mutateAsync: change } = useChangePerson();
  const { mutateAsync: join } = useMergePeople();

  const patch = async (person: Known, what: PersonPatch, said: string): Promise<boolean> => {
    try {
      const { decisions } = await change({ personId: person.person_id, patch: what });
      if (decisions.length > 0) deciding.done(said, ...decisions.map((it) => it.decision_id));
      return true;
    } catch (error) {
      deciding.failed(error, () => void patch(person, what, said));
      return false;
    }
  };
  const merge = async (into: Known, from: readonly Known[], onDone?: () => void): Promise<boolean> => {
    const count = from.reduce((sum, it) => sum + it.photo_count, 0);
    try {
      const fromIds = from.map((it) => it.person_id);
      const decision = await join({ into: into.person_id, from: fromIds, ...(onDone && { onDone }) });
      deciding.done(t("merged", { count, name: names.of(into) }), decision.decision_id);
      return true;
    } catch (error) {
      deciding.failed(error, () => void merge(into, from, onDone));
      return false;
    }
  };
  return {
    ...deciding,
    patch,
    merge,
    /** Gives somebody a name; the name of somebody known makes them one. */
    name: (person: Known, named: Named): Promise<boolean> => {
      const { personId, name } = named;
      if (personId === null) return patch(person, { name }, t("named", { name }));
      return merge({ person_id: personId, name, photo_count: 0 }, [person]);
    },
    hide: async (people: readonly Known[], is_hidden: boolean): Promise<void> => {
      const ids: number[] = [];
      try {
        for (const it of people) {
          const { decisions } = await change({ personId: it.person_id, patch: { is_hidden } });
          ids.push(...decisions.map((one) => one.decision_id));
        }
      } catch (error) {
        deciding.failed(error);
      }
      if (ids.length === 0) return;
      deciding.done(t(is_hidden ? "hidden" : "shown", { count: ids.length }), ...ids);
    },
  };
}
