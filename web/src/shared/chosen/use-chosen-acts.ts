import { useTranslation } from "react-i18next";
import { useEditPhotos, useTrashPhotos, type Edit } from "@/api/photos";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { useSaying } from "@/ui/toasts";

/** What can be done with photos, each with a way back. */
export function useChosenActs() {
  const { t } = useTranslation("chosen");
  const saying = useSaying();
  const edit = useEditPhotos();
  const move = useTrashPhotos();

  const put = (photoIds: readonly number[], told: Edit) =>
    edit.mutate({ photoIds, edit: told }, { onError: (error) => saying.failed(error) });
  const bring = (photoIds: readonly number[], to: "trash" | "restore", say: boolean) =>
    move.mutate(
      { photoIds, to },
      {
        onError: (error) => saying.failed(error),
        onSuccess: () => {
          if (!say) return;
          const back = to === "trash" ? "restore" : "trash";
          saying.done(t(`done.${to}`, { count: photoIds.length }), () => bring(photoIds, back, false));
        },
      },
    );

  return {
    /** All become favourites, unless all are. */
    toggleFavourite: (photos: readonly PhotoItem[]) => {
      const is = !photos.every((it) => it.is_favourite);
      const changed = idsOf(photos.filter((it) => it.is_favourite !== is));
      put(changed, { is_favourite: is });
      saying.done(t(is ? "done.favourite" : "done.noFavourite", { count: changed.length }), () =>
        put(changed, { is_favourite: !is }),
      );
    },
    /** So many stars for all, or none. */
    rate: (photos: readonly PhotoItem[], rating: number | null) => {
      put(idsOf(photos), { rating });
      saying.done(t("done.rate", { count: photos.length }), () => {
        for (const before of new Set(photos.map(ratingOf)))
          put(idsOf(photos.filter((it) => ratingOf(it) === before)), { rating: before });
      });
    },
    trash: (photos: readonly PhotoItem[]) => bring(idsOf(photos), "trash", true),
    restore: (photos: readonly PhotoItem[]) => bring(idsOf(photos), "restore", true),
  };
}

/** The stars all of these have, null where they have different ones or none. */
export function commonRating(photos: readonly PhotoItem[]): number | null {
  const [first, ...others] = new Set(photos.map(ratingOf));
  return others.length === 0 ? (first ?? null) : null;
}

const ratingOf = (photo: PhotoItem) => photo.rating ?? null;
const idsOf = (photos: readonly PhotoItem[]) => photos.map((it) => it.photo_id);
