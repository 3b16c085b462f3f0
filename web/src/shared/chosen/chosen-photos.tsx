import { ArchiveRestore, GalleryHorizontalEnd, Heart, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Selection } from "@/lib/selection";
import { BulkBar } from "@/ui/bulk-bar";
import { Button, IconButton } from "@/ui/button";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { DeleteForGood } from "./delete-for-good";
import { RateButton } from "./rate-button";
import { ToGallery } from "./to-gallery";
import { commonRating, useChosenActs } from "./use-chosen-acts";
import { useChosenKeys } from "./use-chosen-keys";

interface ChosenProps {
  photos: readonly PhotoItem[];
  /** Where the keyboard is: keys are about this photo while none is chosen. */
  current: PhotoItem | null;
  selection: Selection;
  isTrash?: boolean;
}

/** What can be done with the photos of a grid that are chosen: by keys, and by the bar below. */
export function ChosenPhotos({ photos, current, selection, isTrash = false }: ChosenProps) {
  const { t } = useTranslation("chosen");
  const acts = useChosenActs();
  const [forGallery, setForGallery] = useState<readonly PhotoItem[]>([]);
  const chosen = photos.filter((it) => selection.has(it.photo_id));
  // As the photo is now, not as it was when the keyboard came to it; none where it is shown no more.
  const lit = photos.find((it) => it.photo_id === current?.photo_id) ?? null;
  const meant = chosen.length > 0 ? chosen : lit ? [lit] : [];
  const act = (run: (them: readonly PhotoItem[]) => void) => () => {
    if (meant.length === 0) return;
    run(meant);
    selection.clear();
  };
  const favour = act(acts.toggleFavourite);
  const trash = act(acts.trash);
  const rate = (rating: number | null) => act((them) => acts.rate(them, rating))();
  const toGallery = () => setForGallery(meant);
  useChosenKeys({ current: lit, selection, acts: isTrash ? null : { favour, trash, rate, toGallery } });
  return (
    <>
      {chosen.length > 0 && (
        <BulkBar
          label={t("chosenActions")}
          count={t("chosen", { count: chosen.length })}
          clearLabel={t("chooseNone")}
          onClear={selection.clear}
        >
          {isTrash ? (
            <>
              <Button look="quiet" icon={<ArchiveRestore />} onClick={act(acts.restore)}>
                {t("restore")}
              </Button>
              <DeleteForGood photos={chosen} onDone={selection.clear} />
            </>
          ) : (
            <>
              <IconButton label={t("favourite")} icon={<Heart />} onClick={favour} />
              <RateButton value={commonRating(chosen)} onRate={rate} />
              <IconButton label={t("gallery.put")} icon={<GalleryHorizontalEnd />} onClick={toGallery} />
              <IconButton label={t("toTrash")} icon={<Trash2 />} onClick={trash} />
            </>
          )}
        </BulkBar>
      )}
      {forGallery.length > 0 && (
        <ToGallery photos={forGallery} onClose={() => setForGallery([])} onDone={selection.clear} />
      )}
    </>
  );
}
