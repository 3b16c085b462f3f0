import { useTranslation } from "react-i18next";
import { useAnalyse } from "@/api/jobs";
import type { Photo } from "@/api/photos";
import { Button } from "@/ui/button";
import { useSaying } from "@/ui/toasts";
import styles from "./info-panel.module.css";

/** How far the search for faces is; nothing where it is done. */
export function Analysis({ photo }: { photo: Photo }) {
  const { t } = useTranslation("viewer");
  const saying = useSaying();
  const again = useAnalyse();
  const tryAgain = (): void => {
    again.mutateAsync({ which: "failed", photo_ids: [photo.photo_id] }).then(
      () => saying.done(t("analysis.queued")),
      (error: unknown) => saying.failed(error, tryAgain),
    );
  };
  if (photo.state === "analysed") return null;
  if (photo.state !== "failed") return <p className={styles.note}>{t("analysis.pending")}</p>;
  return (
    <section className={styles.failed}>
      <h2>{t("analysis.failed")}</h2>
      <p>{photo.error_detail ?? t("analysis.unexplained")}</p>
      {photo.error_code && <code>{photo.error_code}</code>}
      <Button disabled={again.isPending} onClick={tryAgain}>
        {t("analysis.again")}
      </Button>
    </section>
  );
}
