import { Heart, Images, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import type { PhotoFilter } from "@/lib/photo-filter";
import { AddPhotos } from "@/ui/add-photos";
import { Empty } from "@/ui/states";

/** What to do where there are no photos. */
export function EmptyTimeline({ filter }: { filter: PhotoFilter }) {
  const { t } = useTranslation("timeline");
  const mayAdd = useMay("index");
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
      {mayAdd && (
        <>
          <p>{t("empty.drop")}</p>
          <AddPhotos look="primary" isWordy />
        </>
      )}
      <p>
        {t("empty.command")} <code>kith import ~/Pictures</code>
      </p>
    </Empty>
  );
}
