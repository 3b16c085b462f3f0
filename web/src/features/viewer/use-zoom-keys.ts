import { useTranslation } from "react-i18next";
import { useShortcuts } from "@/lib/shortcuts";
import type { Seen } from "./use-view";

export function useZoomKeys(seen: Seen): void {
  const { t } = useTranslation("viewer");
  useShortcuts([
    { keys: "+", label: t("keys.nearer"), run: seen.nearer },
    { keys: "-", label: t("keys.farther"), run: seen.farther },
    { keys: "0", label: t("keys.fit"), run: seen.reset },
  ]);
}
