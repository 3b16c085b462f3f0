import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { describeProblem, Problem } from "@/lib/problem";
import { Button } from "@/ui/button";
import styles from "./inline-text.module.css";

interface InlineProps {
  label: string;
  value: string | null;
  placeholder: string;
  longest: number;
  isLarge?: boolean;
  isMultiline?: boolean;
  /** Saves it; `force` also over what somebody else has written meanwhile. */
  onSave: (text: string | null, seen: string | null, force: boolean) => Promise<unknown>;
}

/** A text that is edited where it stands: Enter saves, Escape leaves. What could not be saved is kept. */
export function InlineText(props: InlineProps) {
  const { label, value, placeholder, longest, isLarge, isMultiline = false, onSave } = props;
  const { t } = useTranslation("viewer");
  const [draft, setDraft] = useState<{ text: string; seen: string | null } | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const shown = useRef<HTMLButtonElement>(null);

  const leave = () => {
    setDraft(null);
    setProblem(null);
    requestAnimationFrame(() => shown.current?.focus());
  };
  const save = (force: boolean) => {
    if (!draft) return;
    const text = draft.text.trim() || null;
    leave();
    if (text === draft.seen && !force) return;
    onSave(text, draft.seen, force).catch((error: unknown) => {
      setDraft(draft);
      setProblem(error);
    });
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey) save(false);
    else return;
    event.preventDefault();
  };
  if (!draft) {
    return (
      <button
        ref={shown}
        type="button"
        className={styles.shown}
        data-large={isLarge}
        data-empty={!value}
        aria-label={value ? `${label}: ${value}` : placeholder}
        dir="auto"
        onClick={() => setDraft({ text: value ?? "", seen: value })}
      >
        {value ?? placeholder}
      </button>
    );
  }
  const isConflict = problem instanceof Problem && problem.code === "photo_changed";
  const field = {
    className: styles.field,
    "data-large": isLarge,
    "aria-label": label,
    "aria-invalid": problem !== null,
    dir: "auto",
    maxLength: longest,
    value: draft.text,
    // It comes because somebody has asked for it.
    autoFocus: true,
    onKeyDown: press,
    // A click elsewhere saves, unless there is something to answer first.
    onBlur: () => problem === null && save(false),
  } as const;
  const changed = (text: string) => setDraft({ ...draft, text });
  return (
    <div>
      {isMultiline ? (
        <textarea {...field} rows={3} onChange={(event) => changed(event.target.value)} />
      ) : (
        <input {...field} type="text" onChange={(event) => changed(event.target.value)} />
      )}
      {problem !== null && (
        <div className={styles.problem} role="alert">
          <p dir="auto">
            {isConflict
              ? t("conflict", { theirs: value ?? t("conflictEmpty") })
              : describeProblem(problem, t as never)}
          </p>
          <Button onClick={() => save(isConflict)}>{isConflict ? t("keepMine") : t("again")}</Button>
          <Button look="quiet" onClick={leave}>
            {isConflict ? t("takeTheirs") : t("discard")}
          </Button>
        </div>
      )}
    </div>
  );
}
