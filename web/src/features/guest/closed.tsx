import { Hourglass, Link2Off } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/ui/states";

/** A link that leads nowhere: it never did, no longer does, or its time is over. */
export function Closed({ reason }: { reason: "missing" | "expired" }) {
  const { t } = useTranslation("guest");
  return (
    <div role="alert">
      <Empty icon={reason === "expired" ? <Hourglass /> : <Link2Off />} title={t(`closed.${reason}`)}>
        <p>{t(`closed.${reason}Explained`)}</p>
      </Empty>
    </div>
  );
}
