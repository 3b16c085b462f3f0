import { useTranslation } from "react-i18next";
import { useEditPhotos, useTrashPhotos } from "@/api/photos";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { useSaying } from "@/ui/toasts";

/** What can be done with photos, each with a way back. */
export function usePhotoActs() {
  const { t } = useTranslation("timeline");
  const saying = useSaying();
  const edit = useEditPhotos();
  const move = useTrashPhotos();

  const favour = (photoIds: readonly number[], is_favourite: boolean) =>
    edit.mutate({ photoIds, edit: { is_favourite } }, { onError: (error) => saying.failed(error) });
  const put = (photoIds: readonly number[], to: "trash" | "restore", say: boolean) =>
    move.mutate(
      { photoIds, to },
      {
        onError: (error) => saying.failed(error),
        onSuccess: () => {
          if (!say) return;
          const back = to === "trash" ? "restore" : "trash";
          saying.done(t(`done.${to}`, { count: photoIds.length }), () => put(photoIds, back, false));
        },
      },
    );

  return {
    /** All become favourites, unless all are. */
    toggleFavourite: (photos: readonly PhotoItem[]) => {
      const is = !photos.every((it) => it.is_favourite);
      const changed = idsOf(photos.filter((it) => it.is_favourite !== is));
      favour(changed, is);
      saying.done(t(is ? "done.favourite" : "done.noFavourite", { count: changed.length }), () =>
        favour(changed, !is),
      );
    },
    trash: (photos: readonly PhotoItem[]) => put(idsOf(photos), "trash", true),
    restore: (photos: readonly PhotoItem[]) => put(idsOf(photos), "restore", true),
  };
}

const idsOf = (photos: readonly PhotoItem[]) => photos.map((it) => it.photo_id);
