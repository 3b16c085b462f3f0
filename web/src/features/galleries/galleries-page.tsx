import { useInfiniteQuery } from "@tanstack/react-query";
import { GalleryHorizontalEnd, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { galleriesQuery } from "@/api/galleries";
import { useShortcuts } from "@/lib/shortcuts";
import { Button } from "@/ui/button";
import { Empty, Failed, Waiting } from "@/ui/states";
import styles from "./galleries.module.css";
import { GalleryCard } from "./gallery-card";
import { NewGallery } from "./gallery-form";

/** All galleries that are shared with guests. */
export function GalleriesPage() {
  const { t } = useTranslation(["galleries", "common"]);
  const [isMaking, setMaking] = useState(false);
  const galleries = useInfiniteQuery(galleriesQuery);
  useShortcuts([{ keys: "n", label: t("new"), run: () => setMaking(true) }]);
  if (galleries.isPending) return <Waiting />;
  if (galleries.isError) return <Failed error={galleries.error} retry={() => void galleries.refetch()} />;
  const shown = galleries.data.pages.flatMap((it) => it.items);
  const make = (
    <Button look="primary" icon={<Plus />} onClick={() => setMaking(true)}>
      {t("new")}
    </Button>
  );
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{t("common:rooms.galleries")}</h1>
        {shown.length > 0 && <div className={styles.acts}>{make}</div>}
      </header>
      {shown.length === 0 ? (
        <Empty icon={<GalleryHorizontalEnd />} title={t("empty.title")}>
          <p>{t("empty.explained")}</p>
          {make}
        </Empty>
      ) : (
        <ul className={styles.cards}>
          {shown.map((it) => (
            <GalleryCard key={it.gallery_id} gallery={it} />
          ))}
        </ul>
      )}
      {galleries.hasNextPage && (
        <Button
          className={styles.more}
          disabled={galleries.isFetchingNextPage}
          onClick={() => void galleries.fetchNextPage()}
        >
          {t("more")}
        </Button>
      )}
      <NewGallery isOpen={isMaking} onClose={() => setMaking(false)} />
    </div>
  );
}
