import { Link } from "@tanstack/react-router";
import { Check, EyeOff, Images, RotateCcw, UserRoundMinus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isKnown, type PhotoFace } from "@/api/decisions";
import { cropOf } from "@/lib/media";
import { IconButton } from "@/ui/button";
import { FacePicture } from "@/ui/face";
import { FaceNaming } from "./face-naming";
import styles from "./face-list.module.css";
import { guessOf } from "./use-face-acts";
import { focusFace, type Faces } from "./use-faces";

interface RowProps {
  face: PhotoFace;
  faces: Faces;
}

/** A face with its name, and what can be said of it. */
export function FaceRow({ face, faces }: RowProps) {
  const { t } = useTranslation("viewer");
  const { litId, light, naming, setNaming } = faces;
  const guess = guessOf(face);
  const start = () => isKnown(face.face_id) && setNaming({ faceId: face.face_id, text: "", problem: null });
  return (
    <li
      className={styles.row}
      data-lit={face.face_id === litId}
      onPointerEnter={() => light(face.face_id)}
      onPointerLeave={() => light(null)}
      onFocus={() => light(face.face_id)}
    >
      <FacePicture src={isKnown(face.face_id) ? cropOf(face) : null} size={44} alt="" />
      {naming?.faceId === face.face_id ? (
        <FaceNaming face={face} faces={faces} onLeft={() => focusFace(face.face_id)} />
      ) : (
        <>
          <button
            type="button"
            className={styles.who}
            data-face={face.face_id}
            data-place="list"
            onClick={start}
          >
            <span className={styles.name} dir="auto" data-unknown={guess === null}>
              {guess?.name ?? t("faces.ask")}
            </span>
            <span className={styles.state}>{guess ? stateOf(face, t) : t("faces.unknownMore")}</span>
          </button>
          <RowActs face={face} faces={faces} />
        </>
      )}
    </li>
  );
}

function RowActs({ face, faces }: RowProps) {
  const { t } = useTranslation("viewer");
  const { acts } = faces;
  const guess = guessOf(face);
  const isSure = face.state === "confirmed";
  const name = guess?.name ?? "";
  return (
    <div className={styles.acts}>
      {guess && !isSure && (
        <>
          <IconButton
            look="plain"
            label={t("faces.confirm", { name })}
            icon={<Check />}
            onClick={() => acts.confirm(face)}
          />
          <IconButton
            look="plain"
            label={t("faces.reject", { name })}
            icon={<X />}
            onClick={() => acts.reject(face)}
          />
        </>
      )}
      {guess && isKnown(guess.personId) && (
        <Link
          to="/people/$personId"
          params={{ personId: String(guess.personId) }}
          className={styles.open}
          aria-label={t("faces.all", { name })}
          title={t("faces.all", { name })}
        >
          <Images aria-hidden />
        </Link>
      )}
      {guess && isSure && (
        <IconButton
          label={t("faces.unassign", { name })}
          icon={<UserRoundMinus />}
          onClick={() => acts.unassign(face)}
        />
      )}
      <IconButton label={t("faces.ignore")} icon={<EyeOff />} onClick={() => acts.ignore(face)} />
    </div>
  );
}

/** What somebody has said is no face, with the way back. */
export function AsideRow({ face, faces }: RowProps) {
  const { t } = useTranslation("viewer");
  return (
    <li className={`${styles.row} ${styles.aside}`}>
      <FacePicture src={cropOf(face)} size={44} alt="" />
      <span className={styles.state}>{t("faces.aside")}</span>
      <IconButton label={t("faces.restore")} icon={<RotateCcw />} onClick={() => faces.acts.restore(face)} />
    </li>
  );
}

function stateOf(face: PhotoFace, t: ReturnType<typeof useTranslation<"viewer">>["t"]): string {
  if (face.state === "confirmed") return t("faces.state.confirmed");
  return face.person ? t("faces.state.auto") : t("faces.state.suggested");
}
