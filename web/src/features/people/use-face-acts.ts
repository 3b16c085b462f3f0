import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSplitPerson, withoutFaces } from "@/api/changing-people";
import { useDecide, type Deciding, type Decision } from "@/api/decisions";
import type { PersonDetail } from "@/api/people";
import type { Named } from "@/ui/name-field";
import { useNames } from "./names";
import { usePeopleActs } from "./use-people-acts";

export type FaceActs = ReturnType<typeof useFaceActs>;

/** What can be decided of a person's faces: gone from the page at once, each with a way back. */
export function useFaceActs(person: PersonDetail) {
  const { t } = useTranslation("people");
  const names = useNames();
  const queries = useQueryClient();
  const people = usePeopleActs();
  const { mutateAsync: decide } = useDecide();
  const { mutateAsync: split } = useSplitPerson();
  const name = names.of(person);

  const away = async (faceIds: readonly number[], act: () => Promise<Decision>, said: string) => {
    const putBack = await withoutFaces(queries, faceIds);
    try {
      const decision = await act();
      people.done(said, decision.decision_id);
    } catch (error) {
      putBack();
      people.failed(error, () => void away(faceIds, act, said));
    }
  };
  const decided = (deciding: Deciding, said: string) => away(deciding.faceIds, () => decide(deciding), said);

  return {
    confirm: (faceIds: readonly number[]) =>
      decided({ action: "confirm", faceIds }, t("faces.confirmed", { count: faceIds.length, name })),
    reject: (faceIds: readonly number[]) =>
      decided(
        { action: "reject", faceIds, whose: { personId: person.person_id, name } },
        t("faces.rejected", { count: faceIds.length, name }),
      ),
    assign: (faceIds: readonly number[], whose: Named) =>
      decided(
        { action: "assign", faceIds, whose },
        t("faces.assigned", { count: faceIds.length, name: whose.name }),
      ),
    splitOff: (faceIds: readonly number[]) =>
      away(
        faceIds,
        () => split({ personId: person.person_id, face_ids: [...faceIds] }),
        t("split.done", { count: faceIds.length }),
      ),
    makeCover: (cover_face_id: number) => people.patch(person, { cover_face_id }, t("faces.cover")),
  };
}
