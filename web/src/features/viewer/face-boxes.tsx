import { useTranslation } from "react-i18next";
import type { PhotoFace } from "@/api/decisions";
import styles from "./face-boxes.module.css";
import { guessOf } from "./use-face-acts";
import type { Faces } from "./use-faces";

interface BoxesProps {
  faces: Faces;
  /** All of them, or only the one that is pointed at. */
  areShown: boolean;
  onOpen: (face: PhotoFace) => void;
}

/** Where the faces are, with their names. */
export function FaceBoxes({ faces, areShown, onOpen }: BoxesProps) {
  const { t } = useTranslation("viewer");
  const { seen, litId, light } = faces;
  const shown = areShown ? seen : seen.filter((it) => it.face_id === litId);
  return (
    <ul className={styles.boxes} aria-label={t("faces.label")}>
      {shown.map((face) => {
        const guess = guessOf(face);
        const isLit = face.face_id === litId;
        const text =
          guess && (guess.isSure || face.person ? guess.name : t("faces.maybe", { name: guess.name }));
        return (
          <li
            key={face.face_id}
            className={styles.place}
            style={placeOf(face.box)}
            data-lit={isLit}
            data-low={face.box.y + face.box.height > 0.9}
          >
            <button
              type="button"
              className={styles.box}
              data-face={face.face_id}
              data-place="photo"
              data-known={guess !== null && face.person !== null}
              aria-label={text ?? t("faces.unknown")}
              onPointerEnter={(event) => event.pointerType === "mouse" && light(face.face_id)}
              onPointerLeave={(event) => event.pointerType === "mouse" && light(null)}
              onFocus={() => light(face.face_id)}
              onClick={() => onOpen(face)}
            />
            {(text ?? isLit) && (
              <span className={styles.name} dir="auto" aria-hidden>
                {text ?? t("faces.unknown")}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

export function placeOf(box: { x: number; y: number; width: number; height: number }) {
  const share = (it: number) => `${it * 100}%`;
  return { left: share(box.x), top: share(box.y), width: share(box.width), height: share(box.height) };
}
