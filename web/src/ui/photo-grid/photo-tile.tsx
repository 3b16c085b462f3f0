import { Check, Heart } from "lucide-react";
import { memo, type MouseEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./photo-grid.module.css";
import type { PhotoItem } from "./photo-item";

interface TileProps {
  photo: PhotoItem;
  src: string;
  href: string;
  width: number;
  height: number;
  /** Whether Tab stops here; arrows go on from there. */
  isCurrent: boolean;
  isChosen: boolean;
  isChoosing: boolean;
  onOpen: (photo: PhotoItem) => void;
  onChoose?: (photo: PhotoItem, upTo: boolean) => void;
  onFocus: (photo: PhotoItem) => void;
  children?: ReactNode;
}

/** One photo of the grid: a link to it, and a mark that chooses it. */
export const PhotoTile = memo(function PhotoTile(props: TileProps) {
  const { photo, src, href, width, height, isCurrent, isChosen, isChoosing, onOpen, onChoose, onFocus } =
    props;
  const { t, i18n } = useTranslation("grid");
  const name = photo.title ?? t("photoOf", { date: longDate(photo.shown_at, i18n.language) });
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    if (onChoose && (event.shiftKey || isChoosing)) onChoose(photo, event.shiftKey);
    else onOpen(photo);
  };
  return (
    <div className={styles.tile} style={{ width, height }} data-chosen={isChosen} data-choosing={isChoosing}>
      <a
        href={href}
        data-photo={photo.photo_id}
        tabIndex={isCurrent ? 0 : -1}
        onClick={follow}
        onFocus={() => onFocus(photo)}
        draggable={false}
      >
        <img src={src} alt={name} loading="lazy" decoding="async" draggable={false} />
      </a>
      {onChoose && (
        <button
          type="button"
          className={styles.mark}
          aria-pressed={isChosen}
          aria-label={t("choose", { name })}
          tabIndex={-1}
          onClick={(event) => onChoose(photo, event.shiftKey)}
        >
          <Check aria-hidden />
        </button>
      )}
      {photo.is_favourite && <Heart className={styles.heart} aria-label={t("favourite")} role="img" />}
      {props.children}
    </div>
  );
});

export function longDate(moment: string, language: string): string {
  return new Date(moment).toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric" });
}
