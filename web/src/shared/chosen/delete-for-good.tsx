import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useErasePhotos } from "@/api/photos";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { useSaying } from "@/ui/toasts";

/** The one act without a way back, so it asks first. */
export function DeleteForGood({ photos, onDone }: { photos: readonly PhotoItem[]; onDone: () => void }) {
  const { t } = useTranslation(["chosen", "common"]);
  const [isAsking, setAsking] = useState(false);
  const saying = useSaying();
  const erase = useErasePhotos();
  const go = () =>
    erase.mutate(
      photos.map((it) => it.photo_id),
      {
        onSuccess: () => {
          setAsking(false);
          onDone();
        },
        onError: (error) => saying.failed(error),
      },
    );
  return (
    <>
      <Button look="danger" icon={<Trash2 />} onClick={() => setAsking(true)}>
        {t("deleteForGood")}
      </Button>
      <Dialog
        title={t("deleteAsk", { count: photos.length })}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("common:cancel")}</Button>
            <Button look="danger" onClick={go} disabled={erase.isPending}>
              {t("deleteForGood")}
            </Button>
          </>
        }
      >
        <p>{t("deleteExplained")}</p>
      </Dialog>
    </>
  );
}
