import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { describeProblem, Problem } from "@/lib/problem";
import { Button } from "./button";
import styles from "./states.module.css";

interface EmptyProps {
  icon: ReactNode;
  title: string;
  /** What to do next. */
  children?: ReactNode;
}

/** What a page without content shows instead. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div className={styles.state}>
      <div className={styles.icon}>{icon}</div>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What a page shows that could not be read: what happened, and a way out. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.state} role="alert">
      <div className={styles.icon}>
        <CircleAlert />
      </div>
      <p>{describeProblem(error, t)}</p>
      {error instanceof Problem && <code className={styles.code}>{error.code}</code>}
      {retry && <Button onClick={retry}>{t("retry")}</Button>}
    </div>
  );
}

/** Says that something is being read, to those who do not see it; what is there keeps its place. */
export function Waiting() {
  const { t } = useTranslation();
  return (
    <div className={styles.waiting} role="status">
      <span className="visually-hidden">{t("loading")}</span>
    </div>
  );
}

export function Progress({ done, of, label }: { done: number; of: number; label: string }) {
  return <progress className={styles.progress} value={done} max={Math.max(of, 1)} aria-label={label} />;
}
