import { useNavigate } from "@tanstack/react-router";
import { Eye, EyeOff, Merge, Split, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonDetail } from "@/api/people";
import { useShortcuts } from "@/lib/shortcuts";
import { Button, IconButton } from "@/ui/button";
import { ErasePerson } from "./erase-person";
import { MergeDialog } from "./merge-dialog";
import styles from "./person-page.module.css";
import { usePeopleActs } from "./use-people-acts";

/** What can be done with a person as a whole. */
export function PersonMenu({ person }: { person: PersonDetail }) {
  const { t } = useTranslation("people");
  const navigate = useNavigate();
  const acts = usePeopleActs();
  const [asked, setAsked] = useState<"merge" | "erase" | null>(null);
  const personId = String(person.person_id);
  const split = () => void navigate({ to: "/people/$personId/split", params: { personId } });
  const hide = () => void acts.hide([person], !person.is_hidden);
  useShortcuts([
    { keys: "m", label: t("merge.title"), run: () => setAsked("merge") },
    { keys: "s", label: t("split.title"), run: split },
    { keys: "h", label: t(person.is_hidden ? "show" : "hide"), run: hide },
  ]);
  return (
    <div className={styles.acts}>
      <Button icon={<Merge />} onClick={() => setAsked("merge")}>
        {t("merge.title")}
      </Button>
      {person.face_count > 1 && (
        <Button icon={<Split />} onClick={split}>
          {t("split.title")}
        </Button>
      )}
      <IconButton
        look="plain"
        label={t(person.is_hidden ? "show" : "hide")}
        icon={person.is_hidden ? <Eye /> : <EyeOff />}
        onClick={hide}
      />
      <IconButton look="plain" label={t("erase.title")} icon={<Trash2 />} onClick={() => setAsked("erase")} />
      {asked === "merge" && (
        <MergeDialog
          personIds={[person.person_id]}
          onClose={() => setAsked(null)}
          onMerged={(into) => {
            if (into === person.person_id) return;
            void navigate({ to: "/people/$personId", params: { personId: String(into) }, replace: true });
          }}
        />
      )}
      {asked === "erase" && <ErasePerson person={person} onClose={() => setAsked(null)} />}
    </div>
  );
}
