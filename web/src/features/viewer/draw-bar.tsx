import { Check, X } from "lucide-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Whose } from "@/api/decisions";
import { useCompletions } from "@/api/names";
import { IconButton } from "@/ui/button";
import { NameField } from "@/ui/name-field";
import styles from "./draw.module.css";
import type { Drawn } from "./use-drawing";

interface BarProps {
  drawn: Drawn;
  onDone: (whose?: Whose) => void;
}

/** Says how to draw a face, and then asks whose it is. */
export function DrawBar({ drawn, onDone }: BarProps) {
  const { t } = useTranslation("viewer");
  const { drawing, change, end } = drawn;
  const { choices, isSettled } = useCompletions(drawing?.text ?? "");
  const leave = useCallback(() => end(), [end]);
  const take = useCallback((whose: Whose) => onDone(whose), [onDone]);
  if (!drawing) return null;
  return (
    <div className={styles.bar} role="group" aria-label={t("draw.do")}>
      {drawing.isAsking ? (
        <NameField
          label={t("draw.ask")}
          placeholder={t("draw.ask")}
          text={drawing.text}
          onText={(text) => change({ text })}
          choices={choices}
          isSettled={isSettled}
          onName={take}
          onLeave={leave}
          onEmpty={() => onDone()}
        />
      ) : (
        <p role="status">{t("draw.how")}</p>
      )}
      {drawing.isAsking && (
        <IconButton look="plain" label={t("draw.unnamed")} icon={<Check />} onClick={() => onDone()} />
      )}
      <IconButton label={t("draw.leave")} icon={<X />} onClick={end} />
    </div>
  );
}
