import { useTranslation } from "react-i18next";
import type { Photo } from "@/api/photos";
import styles from "./info-panel.module.css";

/** How far the search for faces is; nothing where it is done. */
export function Analysis({ photo }: { photo: Photo }) {
  const { t } = useTranslation("viewer");
  if (photo.state === "analysed") return null;
  if (photo.state !== "failed") return <p className={styles.note}>{t("analysis.pending")}</p>;
  return (
    <section className={styles.failed}>
      <h2>{t("analysis.failed")}</h2>
      <p>{photo.error_detail ?? t("analysis.unexplained")}</p>
      {photo.error_code && <code>{photo.error_code}</code>}
    </section>
  );
}
