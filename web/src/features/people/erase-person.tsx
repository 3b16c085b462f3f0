import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useErasePerson } from "@/api/changing-people";
import type { PersonDetail } from "@/api/people";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { CheckField } from "@/ui/field";
import { useSaying } from "@/ui/toasts";
import { useNames } from "./names";

/** The one act of people without a way back, so it asks, and says what goes. */
export function ErasePerson({ person, onClose }: { person: PersonDetail; onClose: () => void }) {
  const { t } = useTranslation(["people", "common"]);
  const names = useNames();
  const navigate = useNavigate();
  const saying = useSaying();
  const erase = useErasePerson();
  const [withFaces, setWithFaces] = useState(false);
  const name = names.of(person);
  const onDone = () => {
    onClose();
    saying.done(t("erase.done", { name }));
    void navigate({ to: "/people", replace: true });
  };
  return (
    <Dialog
      title={t("erase.ask", { name })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            look="danger"
            disabled={erase.isPending}
            onClick={() =>
              erase.mutate(
                { personId: person.person_id, withFaces, onDone },
                { onError: (error) => saying.failed(error) },
              )
            }
          >
            {t("erase.title")}
          </Button>
        </>
      }
    >
      <p>{t("erase.explained", { count: person.face_count })}</p>
      <CheckField
        label={t("erase.withFaces")}
        hint={t("erase.withFacesHint")}
        checked={withFaces}
        onChange={(event) => setWithFaces(event.target.checked)}
      />
    </Dialog>
  );
}
