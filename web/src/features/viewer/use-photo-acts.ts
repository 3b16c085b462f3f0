import { useTranslation } from "react-i18next";
import { useChangePhoto, type Said } from "@/api/photo-change";
import { useEditPhotos, useTrashPhotos, type Edit, type Photo } from "@/api/photos";
import { useSaying } from "@/ui/toasts";
import type { Way } from "./use-way";

export interface PhotoActs {
  toggleFavourite: () => void;
  rate: (rating: number | null) => void;
  /** To the next photo, or out where there is none. */
  trash: () => void;
  restore: () => void;
  say: (said: Partial<Said>, seen?: Partial<Said>) => Promise<unknown>;
}

/** What can be done with the photo that is shown, each with a way back. */
export function usePhotoActs(photoId: number, photo: Photo | undefined, way: Way): PhotoActs {
  const { t } = useTranslation("viewer");
  const saying = useSaying();
  const edit = useEditPhotos();
  const move = useTrashPhotos();
  const change = useChangePhoto(photoId);

  const put = (told: Edit, text: string, before: Edit | null): void => {
    edit.mutateAsync({ photoIds: [photoId], edit: told }).then(
      () => before && saying.done(text, () => put(before, text, null)),
      (error: unknown) => saying.failed(error, () => put(told, text, before)),
    );
  };
  const bring = (to: "trash" | "restore", after?: () => void): void => {
    move.mutateAsync({ photoIds: [photoId], to }).then(
      () => {
        after?.();
        const back = to === "trash" ? "restore" : "trash";
        saying.done(t(to === "trash" ? "done.trash" : "done.restorePhoto"), () =>
          bringBack(back, () => back === "restore" && way.show(photoId)),
        );
      },
      (error: unknown) => {
        way.show(photoId);
        saying.failed(error, () => bring(to, after));
      },
    );
  };
  const bringBack = (to: "trash" | "restore", after: () => void): void => {
    move
      .mutateAsync({ photoIds: [photoId], to })
      .then(after, (error: unknown) => saying.failed(error, () => bringBack(to, after)));
  };
  const leave = () => {
    const beside = way.nextId ?? way.previousId;
    if (beside) way.show(beside);
    else way.close();
  };
  return {
    toggleFavourite: () => {
      if (!photo) return;
      const is_favourite = !photo.is_favourite;
      put({ is_favourite }, t(is_favourite ? "done.favourite" : "done.noFavourite"), {
        is_favourite: !is_favourite,
      });
    },
    rate: (rating) => {
      if (photo) put({ rating }, t("done.rated", { count: rating ?? 0 }), { rating: photo.rating });
    },
    trash: () => {
      leave();
      bring("trash");
    },
    restore: () => {
      leave();
      bring("restore");
    },
    say: (said, seen) => change.mutateAsync({ said, ...(seen && { seen }) }),
  };
}
