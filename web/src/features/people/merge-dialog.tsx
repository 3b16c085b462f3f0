import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { personQuery, type Person } from "@/api/people";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { MergeSides } from "./merge-sides";
import { usePeopleActs } from "./use-people-acts";
import { WhoField } from "./who-field";

interface MergeProps {
  /** Who are one; with a single one it is asked who else. */
  personIds: readonly number[];
  onClose: () => void;
  /** Told who remains, before those who are gone are read anew. */
  onMerged?: (into: number) => void;
}

/** Makes several persons one, in a clear direction. */
export function MergeDialog({ personIds, onClose, onMerged }: MergeProps) {
  const { t } = useTranslation(["people", "common"]);
  const [other, setOther] = useState<number | null>(null);
  const [wanted, setWanted] = useState<number | null>(null);
  const acts = usePeopleActs();
  const ids = other === null ? personIds : [...personIds, other];
  const people = useQueries({ queries: ids.map(personQuery), combine: known });

  const into = people.find((it) => it.person_id === wanted) ?? survivorOf(people, other);
  const from = people.filter((it) => it !== into);
  const isReady = into !== undefined && from.length > 0 && people.length === ids.length;
  const go = () => {
    if (!isReady) return;
    onClose();
    void acts.merge(into, from, () => onMerged?.(into.person_id));
  };
  return (
    <Dialog
      title={t("merge.title")}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            key={String(isReady)}
            look="primary"
            onClick={go}
            disabled={!isReady}
            // Enter goes on where the field for the name was.
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus={isReady}
          >
            {t("merge.go")}
          </Button>
        </>
      }
    >
      {ids.length === 1 ? (
        <>
          <p>{t("merge.ask")}</p>
          <WhoField
            label={t("merge.other")}
            without={ids}
            isKnownOnly
            onName={({ personId }) => setOther(personId)}
            onLeave={onClose}
          />
        </>
      ) : (
        into && <MergeSides into={into} from={from} onInto={setWanted} />
      )}
    </Dialog>
  );
}

function known(results: readonly { data?: Person | undefined }[]): Person[] {
  return results.map((it) => it.data).filter((it) => it !== undefined);
}

/** Who was chosen for it remains, else whoever has a name, and of those whoever has most photos. */
function survivorOf(people: readonly Person[], other: number | null): Person | undefined {
  const rank = (it: Person) =>
    (it.person_id === other ? 2e9 : 0) + (it.name === null ? 0 : 1e9) + it.photo_count;
  return [...people].sort((a, b) => rank(b) - rank(a))[0];
}
