import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { onOffer, type Offer } from "@/lib/adding";
import { say } from "@/ui/toasts";
import { DropZone } from "./drop-zone";

const Panel = lazy(async () => ({ default: (await import("./panel")).Panel }));

/** Takes files in wherever one is; what sends them is fetched with the first of them. */
export function Uploads() {
  const { t } = useTranslation("uploads");
  const mayAdd = useMay("index");
  const [first, setFirst] = useState<Offer | null>(null);
  useEffect(
    () =>
      onOffer((offer) => {
        if (mayAdd) setFirst((now) => now ?? offer);
        else say({ text: t("mayNot"), isProblem: true });
      }),
    [mayAdd, t],
  );
  return (
    <>
      <DropZone isAllowed={mayAdd} />
      {first && (
        <Suspense>
          <Panel first={first} mayAdd={mayAdd} />
        </Suspense>
      )}
    </>
  );
}
