import { UserRound } from "lucide-react";
import styles from "./face.module.css";

interface FaceProps {
  /** Where its picture is; without one a sign stands for it. */
  src: string | null;
  size: number;
  /** Empty where the name stands beside it. */
  alt: string;
}

/** A round picture of a face. */
export function FacePicture({ src, size, alt }: FaceProps) {
  if (src === null) {
    return (
      <span className={styles.face} style={{ width: size, height: size }}>
        <UserRound aria-hidden />
      </span>
    );
  }
  return <img className={styles.face} src={src} alt={alt} width={size} height={size} loading="lazy" />;
}
