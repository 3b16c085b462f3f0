import { CalendarClock } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Gallery } from "@/api/galleries";
import { shownDay } from "@/lib/dates";

/** When a gallery ends, or that it has. */
export function Ending({ gallery }: { gallery: Gallery }) {
  const { t, i18n } = useTranslation("galleries");
  const moment = gallery.expired_at ?? gallery.expires_at;
  if (moment === null) return null;
  const date = shownDay(moment, i18n.language);
  return (
    <span>
      <CalendarClock aria-hidden /> {gallery.expired_at ? t("ended", { date }) : t("ends", { date })}
    </span>
  );
}
