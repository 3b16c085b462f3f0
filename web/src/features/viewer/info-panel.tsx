import { Download, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Photo } from "@/api/photos";
import { fileOf } from "@/lib/media";
import { IconButton } from "@/ui/button";
import { Rating } from "@/ui/rating";
import { Analysis } from "./analysis";
import { DateField } from "./date-field";
import { FaceList } from "./face-list";
import { Facts } from "./fact-list";
import styles from "./info-panel.module.css";
import { InlineText } from "./inline-text";
import type { Faces } from "./use-faces";
import type { PhotoActs } from "./use-photo-acts";

interface PanelProps {
  photo: Photo;
  faces: Faces;
  acts: PhotoActs;
  onDraw: () => void;
  onClose: () => void;
}

/** All there is to know and to say of the photo. */
export function InfoPanel({ photo, faces, acts, onDraw, onClose }: PanelProps) {
  const { t } = useTranslation("viewer");
  const save = (name: "title" | "caption") => (text: string | null, seen: string | null, force: boolean) =>
    acts.say({ [name]: text }, force ? undefined : { [name]: seen });
  return (
    <aside className={styles.panel} aria-label={t("info.label")}>
      <header className={styles.head}>
        <h1>{t("info.label")}</h1>
        <IconButton label={t("info.hide")} icon={<X />} onClick={onClose} />
      </header>
      <div key={photo.photo_id} className={styles.body}>
        <section>
          <InlineText
            label={t("info.title")}
            placeholder={t("info.addTitle")}
            value={photo.title}
            longest={500}
            isLarge
            onSave={save("title")}
          />
          <InlineText
            label={t("info.caption")}
            placeholder={t("info.addCaption")}
            value={photo.caption}
            longest={2000}
            isMultiline
            onSave={save("caption")}
          />
          <Rating value={photo.rating} onRate={acts.rate} />
        </section>
        <FaceList faces={faces} onDraw={onDraw} />
        <Analysis photo={photo} />
        <section>
          <h2>{t("info.details")}</h2>
          <DateField photo={photo} onSave={(taken_at, seen) => acts.say({ taken_at }, { taken_at: seen })} />
          <Facts photo={photo} />
          <a className={styles.download} href={fileOf(photo)} download={photo.original_name}>
            <Download aria-hidden /> {t("download")}
          </a>
        </section>
      </div>
    </aside>
  );
}
