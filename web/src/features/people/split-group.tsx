import { useTranslation } from "react-i18next";
import type { Group } from "@/api/people";
import { API } from "@/lib/media";
import styles from "./split-page.module.css";

interface GroupProps {
  group: Group;
  /** Its key, as far as there are keys. */
  number: number;
  /** When the first and the last photo of all groups were taken. */
  span: readonly [number, number];
  isTaken: boolean;
  onToggle: () => void;
}

const SHOWN = 12;
// What is of one day has no order in time worth showing.
const DAY_MS = 24 * 3600 * 1000;

/** Faces that are alike, with their time; pressed they are somebody else's. */
export function SplitGroup({ group, number, span, isTaken, onToggle }: GroupProps) {
  const { t, i18n } = useTranslation("people");
  const more = group.size - SHOWN;
  const dates = datesOf(group, i18n.language);
  const title = group.kind === "rest" ? t("split.rest") : t("split.group", { number });
  return (
    <li>
      <button type="button" className={styles.group} aria-pressed={isTaken} onClick={onToggle}>
        <span className={styles.head}>
          <kbd>{number <= 9 ? number : "·"}</kbd>
          <strong>{title}</strong>
          <span>{t("faces.count", { count: group.size })}</span>
          <span className={styles.dates}>{dates}</span>
          <span className={styles.to}>{isTaken ? t("split.other") : t("split.stays")}</span>
        </span>
        <span className={styles.faces} aria-hidden>
          {group.face_ids.slice(0, SHOWN).map((it) => (
            <img key={it} src={`${API}/faces/${it}/crop`} alt="" width={72} height={72} loading="lazy" />
          ))}
          {more > 0 && <span className={styles.more}>+{more.toLocaleString(i18n.language)}</span>}
        </span>
        {span[1] - span[0] > DAY_MS && (
          <span className={styles.axis} aria-hidden>
            <span style={placeOf(group, span)} />
          </span>
        )}
      </button>
    </li>
  );
}

function placeOf(group: Group, [from, to]: readonly [number, number]) {
  if (group.first_photo_at === null || group.last_photo_at === null || to <= from)
    return { left: 0, right: 0 };
  const share = (moment: string) => (100 * (Date.parse(moment) - from)) / (to - from);
  return {
    left: `${share(group.first_photo_at)}%`,
    width: `${Math.max(0, share(group.last_photo_at) - share(group.first_photo_at))}%`,
  };
}

function datesOf({ first_photo_at, last_photo_at }: Group, language: string): string {
  if (first_photo_at === null || last_photo_at === null) return "";
  const format = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
  return format.formatRange(new Date(first_photo_at), new Date(last_photo_at));
}
