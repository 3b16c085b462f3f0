import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useForget } from "@/api/guest";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useSaying } from "@/ui/toasts";

export function Forget({ token, onForgotten }: { token: string; onForgotten: () => void }) {
  const { t } = useTranslation(["guest", "common"]);
  const [isAsking, setAsking] = useState(false);
  const saying = useSaying();
  const forget = useForget(token);
  const go = () => {
    onForgotten();
    forget.mutate(undefined, { onError: (error) => saying.failed(error, go) });
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("forget.me")}</Button>
      <Dialog
        title={t("forget.ask")}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("common:cancel")}</Button>
            <Button look="danger" onClick={go} disabled={forget.isPending}>
              {t("forget.me")}
            </Button>
          </>
        }
      >
        <p>{t("forget.explained")}</p>
      </Dialog>
    </>
  );
}
