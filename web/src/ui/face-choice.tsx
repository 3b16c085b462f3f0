import { useState, type CSSProperties } from "react";
import styles from "./face-choice.module.css";

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface SeenFace {
  face_index: number;
  box: Box;
}

interface ChoiceProps {
  src: string;
  alt: string;
  faces: readonly SeenFace[];
  /** What a face is called, by its place: "Face 2". */
  nameOf: (place: number) => string;
  chosen?: number | null;
  onChoose: (faceIndex: number) => void;
}

// More faces than this lie too near each other for a finger; they are shown one by one under the picture.
const MOST_IN_PICTURE = 4;

/** A picture whose faces can be chosen. */
export function FaceChoice({ src, alt, faces, nameOf, chosen = null, onChoose }: ChoiceProps) {
  const [ratio, setRatio] = useState(1);
  const isApart = faces.length > MOST_IN_PICTURE;
  const buttons = faces.map(({ face_index, box }, index) => (
    <button
      key={face_index}
      type="button"
      className={isApart ? styles.crop : styles.face}
      aria-label={nameOf(index + 1)}
      aria-pressed={chosen === face_index}
      onClick={() => onChoose(face_index)}
      style={isApart ? cropped(src, box, ratio) : placed(box)}
    >
      {!isApart && <span aria-hidden>{index + 1}</span>}
    </button>
  ));
  return (
    <div className={styles.choice}>
      <div className={styles.picture}>
        <img
          src={src}
          alt={alt}
          onLoad={({ currentTarget: it }) => setRatio(it.naturalWidth / Math.max(1, it.naturalHeight))}
        />
        {!isApart && buttons}
      </div>
      {isApart && <div className={styles.crops}>{buttons}</div>}
    </div>
  );
}

const percent = (ratio: number) => `${ratio * 100}%`;

function placed(box: Box): CSSProperties {
  return {
    left: percent(box.x),
    top: percent(box.y),
    width: percent(box.width),
    height: percent(box.height),
  };
}

/** The face alone; the tile is as wide as the face is in the picture. */
function cropped(src: string, box: Box, ratio: number): CSSProperties {
  return {
    aspectRatio: (box.width * ratio) / box.height,
    backgroundImage: `url("${src}")`,
    backgroundSize: `${percent(1 / box.width)} ${percent(1 / box.height)}`,
    backgroundPosition: `${percent(box.x / Math.max(1e-6, 1 - box.width))} ${percent(box.y / Math.max(1e-6, 1 - box.height))}`,
  };
}
