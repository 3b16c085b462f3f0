import { useTranslation } from "react-i18next";
import type { Gallery } from "@/api/galleries";
import { Progress } from "@/ui/states";
import styles from "./galleries.module.css";

/** How far a gallery is looked at; nothing when it is done. */
export function Analysis({ gallery }: { gallery: Gallery }) {
  const { t, i18n } = useTranslation("galleries");
  if (gallery.expired_at) return null;
  const done = gallery.analysed_count + gallery.failed_count;
  const label = t("analysed", {
    count: gallery.photo_count,
    done: done.toLocaleString(i18n.language),
    all: gallery.photo_count.toLocaleString(i18n.language),
  });
  return (
    <>
      {done < gallery.photo_count && (
        <div className={styles.progress}>
          <Progress done={done} of={gallery.photo_count} label={label} />
          <span>{label}</span>
        </div>
      )}
      {gallery.failed_count > 0 && (
        <p className={styles.failed}>{t("failed", { count: gallery.failed_count })}</p>
      )}
    </>
  );
}
