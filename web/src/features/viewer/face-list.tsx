import { SquareDashedMousePointer } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { AsideRow, FaceRow } from "./face-row";
import styles from "./face-list.module.css";
import type { Faces } from "./use-faces";

/** Who is in the photo, in reading order. */
export function FaceList({ faces, onDraw }: { faces: Faces; onDraw: () => void }) {
  const { t } = useTranslation("viewer");
  return (
    <section className={styles.faces} aria-label={t("faces.label")}>
      <header className={styles.head}>
        <h2>{t("faces.title", { count: faces.seen.length })}</h2>
        <Button look="quiet" icon={<SquareDashedMousePointer aria-hidden />} onClick={onDraw}>
          {t("draw.do")}
        </Button>
      </header>
      <ul>
        {faces.seen.map((it) => (
          <FaceRow key={it.face_id} face={it} faces={faces} />
        ))}
        {faces.aside.map((it) => (
          <AsideRow key={it.face_id} face={it} faces={faces} />
        ))}
      </ul>
    </section>
  );
}
