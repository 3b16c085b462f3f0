import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";
import { Dialog } from "./dialog";

interface AskProps {
  /** What it is called, on the button and in the question. */
  label: string;
  question: string;
  children: ReactNode;
  icon?: ReactNode;
  isDanger?: boolean;
  disabled?: boolean;
  onYes: () => void;
}

/** A button for what cannot be taken back, or takes long: it asks first. */
export function AskFirst({ label, question, children, icon, isDanger, disabled, onYes }: AskProps) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const yes = () => {
    setAsking(false);
    onYes();
  };
  return (
    <>
      <Button icon={icon} disabled={disabled} onClick={() => setAsking(true)}>
        {label}
      </Button>
      <Dialog
        title={question}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("cancel")}</Button>
            <Button look={isDanger ? "danger" : "primary"} onClick={yes}>
              {label}
            </Button>
          </>
        }
      >
        {children}
      </Dialog>
    </>
  );
}
