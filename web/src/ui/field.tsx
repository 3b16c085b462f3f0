import { useId, type ComponentProps, type ReactNode } from "react";
import styles from "./field.module.css";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  problem?: string | null;
}

export function TextField({ label, hint, problem, ...rest }: FieldProps & ComponentProps<"input">) {
  const id = useId();
  return (
    <Around {...{ id, label, hint, problem }}>
      <input
        id={id}
        className={styles.control}
        aria-invalid={!!problem}
        aria-describedby={`${id}-more`}
        {...rest}
      />
    </Around>
  );
}

export function TextArea({ label, hint, problem, ...rest }: FieldProps & ComponentProps<"textarea">) {
  const id = useId();
  return (
    <Around {...{ id, label, hint, problem }}>
      <textarea
        id={id}
        className={styles.control}
        rows={3}
        aria-invalid={!!problem}
        aria-describedby={`${id}-more`}
        {...rest}
      />
    </Around>
  );
}

export function SelectField({ label, hint, problem, ...rest }: FieldProps & ComponentProps<"select">) {
  const id = useId();
  return (
    <Around {...{ id, label, hint, problem }}>
      <select id={id} className={styles.control} aria-describedby={`${id}-more`} {...rest} />
    </Around>
  );
}

export function CheckField({ label, hint, ...rest }: Omit<FieldProps, "problem"> & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className={styles.check}>
      <input id={id} type="checkbox" aria-describedby={`${id}-more`} {...rest} />
      <label htmlFor={id}>{label}</label>
      <div id={`${id}-more`} className={styles.more}>
        {hint}
      </div>
    </div>
  );
}

function Around({ id, label, hint, problem, children }: FieldProps & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children}
      <div
        id={`${id}-more`}
        className={styles.more}
        role={problem ? "alert" : undefined}
        data-problem={!!problem}
      >
        {problem ?? hint}
      </div>
    </div>
  );
}
