import { useTranslation } from "react-i18next";
import { shownSince } from "@/lib/format";

/** A moment: how long ago, and on hovering exactly when. */
export function When({ at }: { at: string | null }) {
  const { t, i18n } = useTranslation();
  if (at === null) return <>{t("never")}</>;
  const moment = new Date(at);
  const exact = moment.toLocaleString(i18n.language, { dateStyle: "long", timeStyle: "short" });
  return (
    <time dateTime={at} title={exact}>
      {shownSince(moment, new Date(), i18n.language)}
    </time>
  );
}
