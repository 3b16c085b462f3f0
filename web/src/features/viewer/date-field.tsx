import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Photo } from "@/api/photos";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { longDateTime } from "./facts";
import styles from "./info-panel.module.css";

interface DateProps {
  photo: Photo;
  onSave: (takenAt: string, seen: string | null) => Promise<unknown>;
}

/** When it was taken, by the clock at the place. */
export function DateField({ photo, onSave }: DateProps) {
  const { t, i18n } = useTranslation("viewer");
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { t: common } = useTranslation();
  if (draft === null) {
    const shown = photo.taken_at
      ? longDateTime(photo.taken_at, i18n.language)
      : t("date.unknown", { added: longDateTime(photo.created_at, i18n.language) });
    return (
      <button
        type="button"
        className={styles.date}
        aria-label={t("date.edit", { date: shown })}
        onClick={() => setDraft((photo.taken_at ?? photo.shown_at).slice(0, 19))}
      >
        {shown}
      </button>
    );
  }
  const leave = () => {
    setDraft(null);
    setProblem(null);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        leave();
        onSave(draft, photo.taken_at).catch((error: unknown) => {
          setDraft(draft);
          setProblem(describeProblem(error, common));
        });
      }}
    >
      <TextField
        label={t("date.label")}
        type="datetime-local"
        step={1}
        required
        // It comes because somebody has asked for it.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={draft}
        problem={problem}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          leave();
        }}
      />
      <div className={styles.buttons}>
        <Button type="submit" look="primary">
          {common("save")}
        </Button>
        <Button look="quiet" onClick={leave}>
          {common("cancel")}
        </Button>
      </div>
    </form>
  );
}
