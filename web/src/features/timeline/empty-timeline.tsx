import { Heart, Images, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PhotoFilter } from "@/lib/photo-filter";
import { Empty } from "@/ui/states";

/** What to do where there are no photos. */
export function EmptyTimeline({ filter }: { filter: PhotoFilter }) {
  const { t } = useTranslation("timeline");
  if (filter.trashed) return <Empty icon={<Trash2 />} title={t("empty.trash")} />;
  if (filter.favourite) {
    return (
      <Empty icon={<Heart />} title={t("empty.favourites")}>
        <p>{t("empty.favouritesNext")}</p>
      </Empty>
    );
  }
  return (
    <Empty icon={<Images />} title={t("empty.library")}>
      <p>{t("empty.drop")}</p>
      <p>
        {t("empty.command")} <code>kith import ~/Pictures</code>
      </p>
    </Empty>
  );
}
