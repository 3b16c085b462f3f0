import { Link } from "@tanstack/react-router";
import { Check, ImageIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PersonFace } from "@/api/people";
import { cropOf } from "@/lib/media";
import styles from "./face-tile.module.css";

interface FaceTileProps {
  face: PersonFace;
  size: number;
  isChosen: boolean;
  onChoose: (upTo: boolean) => void;
  onFocus: () => void;
}

/** A face to choose, with a way to its whole photo. */
export function FaceTile({ face, size, isChosen, onChoose, onFocus }: FaceTileProps) {
  const { t } = useTranslation("people");
  return (
    <>
      <button
        type="button"
        className={styles.face}
        data-tile={face.face_id}
        aria-pressed={isChosen}
        aria-label={t("faces.one", { number: face.face_id })}
        onClick={(event) => onChoose(event.shiftKey)}
        onFocus={onFocus}
      >
        <img src={cropOf(face)} alt="" width={size} height={size} loading="lazy" draggable={false} />
        <Check aria-hidden />
      </button>
      <Link
        to="/photos/$photoId"
        params={{ photoId: String(face.photo_id) }}
        className={styles.photo}
        aria-label={t("faces.photo")}
        title={t("faces.photo")}
        tabIndex={-1}
      >
        <ImageIcon aria-hidden />
      </Link>
    </>
  );
}
