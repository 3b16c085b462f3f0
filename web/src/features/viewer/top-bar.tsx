import {
  ArchiveRestore,
  ArrowLeft,
  Download,
  Heart,
  Info,
  ScanFace,
  SquareDashedMousePointer,
  Trash2,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Photo, PhotoItem } from "@/api/photos";
import { fileOf } from "@/lib/media";
import { IconButton } from "@/ui/button";
import { longDateTime } from "./facts";
import styles from "./viewer-page.module.css";
import type { PhotoActs } from "./use-photo-acts";

interface BarProps {
  item: PhotoItem;
  photo: Photo | undefined;
  acts: PhotoActs;
  areFacesShown: boolean;
  isInfoShown: boolean;
  onFaces: () => void;
  onInfo: () => void;
  onDraw: () => void;
  onClose: () => void;
}

export function TopBar(props: BarProps) {
  const { item, photo, acts, areFacesShown, isInfoShown, onFaces, onInfo, onDraw, onClose } = props;
  const { t, i18n } = useTranslation("viewer");
  const { t: common } = useTranslation();
  const isTrashed = photo?.trashed_at != null;
  return (
    <header className={styles.bar}>
      <IconButton label={common("close")} icon={<ArrowLeft />} onClick={onClose} />
      <p className={styles.title}>
        {item.title && <strong dir="auto">{item.title}</strong>}
        <span>{longDateTime(item.shown_at, i18n.language)}</span>
      </p>
      <div className={styles.tools} role="toolbar" aria-label={t("tools")}>
        <IconButton
          label={t("favourite")}
          aria-pressed={item.is_favourite}
          className={styles.heart}
          icon={<Heart />}
          onClick={acts.toggleFavourite}
        />
        <IconButton
          label={t("faces.show")}
          aria-pressed={areFacesShown}
          icon={<ScanFace />}
          onClick={onFaces}
        />
        <IconButton
          label={t("draw.do")}
          className={styles.aside}
          icon={<SquareDashedMousePointer />}
          onClick={onDraw}
        />
        <a
          className={`${styles.link} ${styles.aside}`}
          href={fileOf(item)}
          download={photo?.original_name ?? true}
          aria-label={t("download")}
          title={t("download")}
        >
          <Download aria-hidden />
        </a>
        {isTrashed ? (
          <IconButton label={t("restore")} icon={<ArchiveRestore />} onClick={acts.restore} />
        ) : (
          <IconButton label={t("toTrash")} icon={<Trash2 />} onClick={acts.trash} />
        )}
        <IconButton label={t("info.show")} aria-pressed={isInfoShown} icon={<Info />} onClick={onInfo} />
      </div>
    </header>
  );
}
