import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useActiveShortcuts, useShortcuts, type Shortcut } from "@/lib/shortcuts";
import { Dialog } from "./dialog";
import styles from "./shortcut-sheet.module.css";

/** The sheet of all keys that do something on this page; `?` opens it. */
export function ShortcutSheet() {
  const { t } = useTranslation();
  const [shown, setShown] = useState<readonly Shortcut[] | null>(null);
  const active = useActiveShortcuts();
  useShortcuts([{ keys: "?", label: t("shortcuts.open"), run: () => setShown(active) }]);
  return (
    <Dialog title={t("shortcuts.title")} isOpen={shown !== null} onClose={() => setShown(null)}>
      <dl className={styles.list}>
        {(shown ?? []).map((it) => (
          <div key={it.keys + it.label} className={styles.row}>
            <dt>
              {it.keys.split(/\+(?=.)/).map((key) => (
                <kbd key={key}>{shownKey(key)}</kbd>
              ))}
            </dt>
            <dd>{it.label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
  Mod: "Ctrl",
  " ": "Space",
};

function shownKey(key: string): string {
  return SIGNS[key] ?? key;
}
