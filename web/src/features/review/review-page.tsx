import { useTranslation } from "react-i18next";
import { Link } from "@tanstack/react-router";
import { PartyPopper, ScanFace } from "lucide-react";
import { Button } from "@/ui/button";
import { Empty, Failed, Waiting } from "@/ui/states";
import { QuestionView } from "./question-view";
import styles from "./review-page.module.css";
import { useReview } from "./use-review";

/** Is this the same person? One question after the other, by keyboard if wanted. */
export function ReviewPage() {
  const { t, i18n } = useTranslation("review");
  const it = useReview();
  if (it.review.isError && !it.review.data) {
    return <Failed error={it.review.error} retry={() => void it.review.refetch()} />;
  }
  if (it.review.isPending) return <Waiting />;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{t("title")}</h1>
        {it.left.questions > 0 && (
          <p className={styles.left} aria-live="polite">
            {t("left", {
              count: it.left.questions,
              shown: it.left.questions.toLocaleString(i18n.language),
            })}
            {" · "}
            {t("time", { count: Math.max(1, Math.round(it.left.seconds / 60)) })}
          </p>
        )}
      </header>
      {it.question ? (
        <QuestionView
          key={it.question.question_id}
          question={it.question}
          onAnswer={it.answer}
          onSkip={it.skip}
          onUndo={it.undo}
          canUndo={it.canUndo}
        />
      ) : it.isReading ? (
        <Waiting />
      ) : (
        <Done
          answered={it.answered}
          skipped={it.skipped}
          onAgain={it.askSkipped}
          onUndo={it.undo}
          canUndo={it.canUndo}
        />
      )}
    </div>
  );
}

interface DoneProps {
  answered: number;
  skipped: number;
  onAgain: () => void;
  onUndo: () => void;
  canUndo: boolean;
}

function Done({ answered, skipped, onAgain, onUndo, canUndo }: DoneProps) {
  const { t } = useTranslation(["review", "common"]);
  const isWorkDone = answered > 0 || skipped > 0;
  return (
    <Empty icon={isWorkDone ? <PartyPopper /> : <ScanFace />} title={t(isWorkDone ? "done" : "nothing")}>
      <p>{answered > 0 ? t("answered", { count: answered }) : t("nothingNext")}</p>
      <div className={styles.next}>
        {skipped > 0 && <Button onClick={onAgain}>{t("again", { count: skipped })}</Button>}
        {canUndo && <Button onClick={onUndo}>{t("common:undo")}</Button>}
        <Link to="/people" className={styles.link}>
          {t("common:rooms.people")}
        </Link>
      </div>
    </Empty>
  );
}
