import { Copy } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";
import styles from "./copy-field.module.css";
import { say } from "./toasts";

/** A text to take along: shown in full, copied by a button. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    if (await copied(value)) say({ text: t("copied") });
  };
  return (
    <div className={styles.copy}>
      <input
        ref={field}
        readOnly
        aria-label={label}
        value={value}
        onFocus={(event) => event.target.select()}
      />
      <Button look="primary" icon={<Copy />} onClick={() => void copy()}>
        {t("copy")}
      </Button>
    </div>
  );
}

/** Pages without https have no clipboard; what is selected they may still copy. */
async function copied(value: string): Promise<boolean> {
  const { clipboard } = navigator as Partial<Navigator>;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is nothing else on such pages
  if (!clipboard) return document.execCommand("copy");
  try {
    await clipboard.writeText(value);
    return true;
  } catch {
    return false; // it stays selected, for the keyboard
  }
}
