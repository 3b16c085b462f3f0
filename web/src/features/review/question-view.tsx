import { Link } from "@tanstack/react-router";
import { Check, Images, SkipForward, Undo2, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Question } from "@/api/review";
import { cropOf } from "@/lib/media";
import { useShortcuts } from "@/lib/shortcuts";
import { Button } from "@/ui/button";
import styles from "./review-page.module.css";
import { WholePhoto } from "./whole-photo";

interface QuestionProps {
  question: Question;
  onAnswer: (same: boolean) => void;
  onSkip: () => void;
  onUndo: () => void;
  canUndo: boolean;
}

/** One question: who it may be on the one side, the faces on the other. */
export function QuestionView({ question, onAnswer, onSkip, onUndo, canUndo }: QuestionProps) {
  const { t } = useTranslation(["review", "common"]);
  const [isWhole, setWhole] = useState(false);
  const [at, setAt] = useState(0);
  const { person, faces, settles } = question;
  const name = person.name ?? t("somebody");
  const face = faces[Math.min(at, faces.length - 1)];
  const step = (by: number) => setAt((now) => (now + by + faces.length) % Math.max(1, faces.length));
  useShortcuts([
    { keys: "y", label: t("same"), run: () => onAnswer(true) },
    { keys: "n", label: t("other"), run: () => onAnswer(false) },
    { keys: "s", label: t("skip"), run: onSkip },
    { keys: "u", label: t("common:undo"), run: onUndo },
    { keys: " ", label: t("whole"), run: () => setWhole((now) => !now) },
    { keys: "ArrowRight", label: t("nextFace"), run: () => step(1) },
    { keys: "ArrowLeft", label: t("previousFace"), run: () => step(-1) },
  ]);
  return (
    <>
      <div className={styles.question} data-whole={isWhole}>
        <figure className={styles.person}>
          {person.cover ? (
            <img src={cropOf(person.cover)} alt={t("knownAs", { name })} width={256} height={256} />
          ) : (
            <span className={styles.none} />
          )}
          <figcaption>
            <Link
              to="/people/$personId"
              params={{ personId: String(person.person_id) }}
              className={styles.name}
              dir="auto"
              title={name}
            >
              {name}
            </Link>
            <span>{t("photos", { count: person.photo_count })}</span>
          </figcaption>
        </figure>
        <div className={styles.candidates}>
          <p className={styles.ask} dir="auto">
            {faces.length === 1 ? t("isThis", { name }) : t("areThese", { name })}
          </p>
          <ul className={styles.faces} data-few={faces.length <= 2}>
            {faces.map((it, index) => (
              <li key={it.face_id}>
                <button
                  type="button"
                  aria-label={t("face", { number: index + 1 })}
                  aria-pressed={isWhole && index === at}
                  onClick={() => {
                    setWhole(!isWhole || index !== at);
                    setAt(index);
                  }}
                >
                  <img src={cropOf(it)} alt="" width={256} height={256} />
                </button>
              </li>
            ))}
          </ul>
          <p className={styles.settles}>
            {settles > faces.length
              ? t("settlesMore", { count: settles })
              : t("settles", { count: faces.length })}
          </p>
        </div>
        {isWhole && face && <WholePhoto face={face} />}
      </div>
      <div className={styles.answers} role="toolbar" aria-label={t("title")}>
        <Button className={styles.no} icon={<X />} aria-keyshortcuts="n" onClick={() => onAnswer(false)}>
          {t("other")} <kbd>n</kbd>
        </Button>
        <Button
          look="primary"
          className={styles.yes}
          icon={<Check />}
          aria-keyshortcuts="y"
          onClick={() => onAnswer(true)}
        >
          {t("same")} <kbd>y</kbd>
        </Button>
        <span className={styles.rest}>
          <Button look="quiet" icon={<SkipForward />} onClick={onSkip}>
            {t("skip")} <kbd>s</kbd>
          </Button>
          <Button look="quiet" icon={<Undo2 />} onClick={onUndo} disabled={!canUndo}>
            {t("common:undo")} <kbd>u</kbd>
          </Button>
          <Button look="quiet" icon={<Images />} aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
            {t("whole")} <kbd>{t("space")}</kbd>
          </Button>
        </span>
      </div>
    </>
  );
}
