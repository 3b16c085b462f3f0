import { WifiOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { describeProblem, OFFLINE, Problem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/states";

export function Offline({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation("guest");
  const { t: common } = useTranslation();
  const isOffline = error instanceof Problem && error.code === OFFLINE;
  return (
    <div role="alert">
      <Empty icon={<WifiOff />} title={isOffline ? t("offline.title") : t("offline.refused")}>
        <p>{isOffline ? t("offline.explained") : describeProblem(error, common)}</p>
        <Button onClick={retry}>{common("retry")}</Button>
      </Empty>
    </div>
  );
}
