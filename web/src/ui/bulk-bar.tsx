import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./button";
import styles from "./bulk-bar.module.css";

interface BulkBarProps {
  label: string;
  /** How many are chosen, in words. */
  count: string;
  clearLabel: string;
  onClear: () => void;
  children: ReactNode;
}

/** What can be done with the things that are chosen, at the lower edge of the window. */
export function BulkBar({ label, count, clearLabel, onClear, children }: BulkBarProps) {
  return (
    <div className={styles.bar} role="toolbar" aria-label={label}>
      <span className={styles.count} aria-live="polite">
        {count}
      </span>
      {children}
      <IconButton label={clearLabel} icon={<X />} onClick={onClear} />
    </div>
  );
}
