import { Check, Split, UserRoundPen, UserRoundX, Image } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonDetail } from "@/api/people";
import { BulkBar } from "@/ui/bulk-bar";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import type { FaceActs } from "./use-face-acts";
import { WhoField } from "./who-field";

interface BarProps {
  person: PersonDetail;
  isSuggested: boolean;
  faceIds: readonly number[];
  acts: FaceActs;
  onDone: () => void;
}

/** What can be done with the faces that are chosen. */
export function FacesBar({ person, isSuggested, faceIds, acts, onDone }: BarProps) {
  const { t } = useTranslation("people");
  const [isAsked, setAsked] = useState(false);
  const [only] = faceIds;
  const after = (act: Promise<unknown>) => {
    void act;
    onDone();
  };
  return (
    <BulkBar
      label={t("chosenActions")}
      count={t("chosen", { count: faceIds.length })}
      clearLabel={t("chooseNone")}
      onClear={onDone}
    >
      {isSuggested && (
        <Button look="quiet" icon={<Check />} onClick={() => after(acts.confirm(faceIds))}>
          {t("faces.confirm")}
        </Button>
      )}
      <Button look="quiet" icon={<UserRoundX />} onClick={() => after(acts.reject(faceIds))}>
        {t("faces.reject")}
      </Button>
      <Button look="quiet" icon={<UserRoundPen />} onClick={() => setAsked(true)}>
        {t("faces.assign")}
      </Button>
      {!isSuggested && (
        <Button look="quiet" icon={<Split />} onClick={() => after(acts.splitOff(faceIds))}>
          {t("faces.splitOff")}
        </Button>
      )}
      {!isSuggested && faceIds.length === 1 && only !== undefined && (
        <Button look="quiet" icon={<Image />} onClick={() => after(acts.makeCover(only))}>
          {t("faces.makeCover")}
        </Button>
      )}
      <Dialog
        title={t("faces.assignTitle", { count: faceIds.length })}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
      >
        <WhoField
          label={t("who")}
          without={[person.person_id]}
          onLeave={() => setAsked(false)}
          onName={(named) => {
            setAsked(false);
            after(acts.assign(faceIds, named));
          }}
        />
      </Dialog>
    </BulkBar>
  );
}
