import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNoShortcutsBelow } from "@/lib/shortcuts";
import { IconButton } from "./button";
import styles from "./dialog.module.css";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the bottom, the one that goes on last. */
  actions?: ReactNode;
  isWide?: boolean;
}

/** A window over the page: it holds the keyboard, and Escape or a click beside it closes it. */
export function Dialog({ title, isOpen, onClose, children, actions, isWide = false }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={[styles.popup, isWide && styles.wide].join(" ")}>
          <KeysStayHere />
          <header className={styles.head}>
            <Base.Title>{title}</Base.Title>
            <Base.Close render={<IconButton label={t("close")} icon={<X />} />} />
          </header>
          <div className={styles.body}>{children}</div>
          {actions && <footer className={styles.actions}>{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The first child, so that what stands in the dialog still hears its own keys. */
function KeysStayHere() {
  useNoShortcutsBelow();
  return null;
}
