import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { photoQuery } from "@/api/photos";
import type { Question } from "@/api/review";
import { previewOf } from "@/lib/media";
import styles from "./review-page.module.css";

/** The whole photo that a face is from, with the face marked. */
export function WholePhoto({ face }: { face: Question["faces"][number] }) {
  const { t } = useTranslation("review");
  const photo = useQuery(photoQuery(face.photo_id));
  const box = photo.data?.faces.find((it) => it.face_id === face.face_id)?.box;
  const ratio = photo.data ? photo.data.width_px / photo.data.height_px : 1;
  return (
    <div className={styles.whole}>
      <div
        className={styles.frame}
        style={{ aspectRatio: ratio, width: `min(100%, calc((100dvh - 210px) * ${ratio}))` }}
      >
        <img src={previewOf(face)} alt={t("wholeOf")} />
        {box && (
          <span
            className={styles.box}
            style={{
              left: `${100 * box.x}%`,
              top: `${100 * box.y}%`,
              width: `${100 * box.width}%`,
              height: `${100 * box.height}%`,
            }}
          />
        )}
      </div>
    </div>
  );
}
