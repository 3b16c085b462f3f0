import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { KeySecret } from "@/api/keys";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import styles from "./settings-page.module.css";

/** Shows the secret of a key, the one time it can be seen. */
export function SecretDialog({ shown, onClose }: { shown: KeySecret | null; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  return (
    <Dialog
      title={t("keys.secret", { name: shown?.name ?? "" })}
      isOpen={shown !== null}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {t("keys.kept")}
        </Button>
      }
    >
      <p>{t("keys.secretExplained")}</p>
      {shown && <Secret key={shown.secret} secret={shown.secret} />}
    </Dialog>
  );
}

function Secret({ secret }: { secret: string }) {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  // Browsers give the clipboard to secure pages only; elsewhere a click selects all of it.
  const copy = () => void navigator.clipboard.writeText(secret).then(() => setCopied(true));
  return (
    <div className={styles.secret}>
      <code>{secret}</code>
      {isSecureContext && (
        <IconButton
          look="plain"
          label={t(isCopied ? "copied" : "copy")}
          icon={isCopied ? <Check /> : <Copy />}
          onClick={copy}
        />
      )}
    </div>
  );
}
