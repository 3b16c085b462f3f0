import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pulseQuery } from "@/api/pulse";
import { Progress } from "@/ui/states";
import styles from "./shell.module.css";

/** While photos are being analysed: how far that is. */
export function AnalysisLine() {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(pulseQuery);
  if (!data || data.photos.pending === 0) return null;
  const { total, pending } = data.photos;
  const numbers = { done: total - pending, all: total };
  const shown = {
    done: numbers.done.toLocaleString(i18n.language),
    all: numbers.all.toLocaleString(i18n.language),
  };
  const text = t("analysing", { count: total, ...shown });
  return (
    <div className={styles.analysis}>
      <p>{text}</p>
      <Progress done={numbers.done} of={numbers.all} label={text} />
    </div>
  );
}
