import { useId, type ReactNode } from "react";
import styles from "./section.module.css";

interface SectionProps {
  title: string;
  /** What it is for, in a sentence. */
  explain?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page under a heading of its own. */
export function Section({ title, explain, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {explain && <p className={styles.explain}>{explain}</p>}
      {children}
    </section>
  );
}

interface EntryProps {
  title: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

/** One thing of a list: its name, what there is to say, and what can be done with it. */
export function Entry({ title, badge, actions, children }: EntryProps) {
  return (
    <li className={styles.entry}>
      <div className={styles.what}>
        <div className={styles.title}>
          <h3>{title}</h3>
          {badge}
        </div>
        {children && <div className={styles.facts}>{children}</div>}
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </li>
  );
}

export function Entries({ children }: { children: ReactNode }) {
  return <ul className={styles.entries}>{children}</ul>;
}

export function Badge({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "good" | "warn" | "bad";
  children: ReactNode;
}) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}
