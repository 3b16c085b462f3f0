import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shareStatisticsQuery, type ShareStatistics } from "@/api/galleries";
import { dayOf } from "@/lib/dates";
import styles from "./share.module.css";

const COUNTS = ["visits", "consents", "searches", "found", "downloads"] as const;
type Count = (typeof COUNTS)[number];
const DAYS = 14;

/** What guests did by a link: numbers in all, and one of them by the day. */
export function ShareNumbers({ shareId }: { shareId: number }) {
  const { t, i18n } = useTranslation("galleries");
  const [shown, setShown] = useState<Count>("visits");
  const statistics = useQuery(shareStatisticsQuery(shareId));
  const data = statistics.data;
  return (
    <div className={styles.numbers}>
      <div className={styles.counts} role="group" aria-label={t("numbers.label")}>
        {COUNTS.map((it) => (
          <button key={it} type="button" aria-pressed={shown === it} onClick={() => setShown(it)}>
            <strong>{data ? data[it].toLocaleString(i18n.language) : "–"}</strong>
            <span>{t(`numbers.${it}`)}</span>
          </button>
        ))}
      </div>
      {data && <Days days={lastDays(data, shown)} name={t(`numbers.${shown}`)} />}
    </div>
  );
}

interface Day {
  day: string;
  count: number;
}

function Days({ days, name }: { days: readonly Day[]; name: string }) {
  const { t, i18n } = useTranslation("galleries");
  const most = Math.max(...days.map((it) => it.count));
  const short = (day: string) =>
    new Date(`${day}T12:00:00`).toLocaleDateString(i18n.language, { day: "numeric", month: "short" });
  if (most === 0) return <p className={styles.quiet}>{t("numbers.none", { name })}</p>;
  return (
    <figure className={styles.days}>
      <figcaption>{t("numbers.byDay", { name, days: DAYS })}</figcaption>
      <ol>
        {days.map(({ day, count }) => (
          <li key={day} title={`${short(day)}: ${count}`}>
            <span className={styles.amount}>{count > 0 ? count.toLocaleString(i18n.language) : ""}</span>
            <span className={styles.column} style={{ height: `${(count / most) * 56}px` }} aria-hidden />
            <span className={styles.day}>{short(day)}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
}

/** The last two weeks, days without anything too; days are counted in UTC. */
function lastDays(data: ShareStatistics, shown: Count): Day[] {
  const known = new Map(data.days.map((it) => [it.day, it[shown]]));
  const end = new Date(`${new Date().toISOString().slice(0, 10)}T12:00:00`);
  return Array.from({ length: DAYS }, (_, index) => {
    const day = new Date(end);
    day.setDate(end.getDate() - (DAYS - 1 - index));
    const key = dayOf(day.toISOString());
    return { day: key, count: known.get(key) ?? 0 };
  });
}
