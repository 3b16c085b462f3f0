import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ImageOff } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { searchQuery } from "@/api/search";
import { mergeIn } from "@/lib/problem";
import { useSelection } from "@/lib/selection";
import { ChosenPhotos } from "@/shared/chosen/chosen-photos";
import { PhotoGrid } from "@/ui/photo-grid/photo-grid";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import type { Section } from "@/ui/photo-grid/rows";
import { Empty, Failed, Waiting } from "@/ui/states";
import styles from "./search.module.css";
import { useFollowMerge, type SearchState } from "./use-search-filter";

const REST = "rest";

/** The photos that are found, the newest first; more of them come as one scrolls near. */
export function Results({ search }: { search: SearchState }) {
  const { filter } = search;
  const { t, i18n } = useTranslation("search");
  const navigate = useNavigate();
  const found = useInfiniteQuery({
    ...searchQuery(filter),
    // What was found stays while another word is written.
    placeholderData: (before) => before,
  });
  const pages = found.data?.pages;
  const total = pages?.[0]?.total ?? 0;
  const items = useMemo(() => pages?.flatMap((it) => it.items) ?? [], [pages]);
  const sections = useMemo<Section[]>(() => {
    const rest = Math.max(0, total - items.length);
    const all = [{ key: "found", count: items.length, items }];
    return rest > 0 ? [...all, { key: REST, count: rest }] : all;
  }, [items, total]);
  const selection = useSelection(useMemo(() => items.map((it) => it.photo_id), [items]));
  const [current, setCurrent] = useState<PhotoItem | null>(null);

  useFollowMerge(found.error, search);
  if (found.error && mergeIn(found.error)) return <Waiting />;
  if (found.isError && !found.data) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (!pages) return <Waiting />;
  if (total === 0) {
    return (
      <Empty icon={<ImageOff />} title={t("nothing")}>
        <p>{t("nothingNext")}</p>
      </Empty>
    );
  }
  const shown = total.toLocaleString(i18n.language);
  return (
    <section aria-busy={found.isFetching}>
      <p className={styles.total} role="status">
        {pages[0]?.total_is_more ? t("more", { shown }) : t("found", { count: total, shown })}
      </p>
      <PhotoGrid
        sections={sections}
        hrefOf={(photo) => `/photos/${photo.photo_id}`}
        onOpen={(photo) =>
          void navigate({ to: "/photos/$photoId", params: { photoId: String(photo.photo_id) } })
        }
        onNear={(keys) => {
          if (keys.includes(REST) && found.hasNextPage && !found.isFetchingNextPage)
            void found.fetchNextPage();
        }}
        onCurrent={setCurrent}
        selection={selection}
      />
      <ChosenPhotos photos={items} current={current} selection={selection} />
    </section>
  );
}
