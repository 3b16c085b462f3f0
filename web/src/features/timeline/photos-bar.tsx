import { ArchiveRestore, Heart, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PhotoFilter } from "@/lib/photo-filter";
import type { Selection } from "@/lib/selection";
import { BulkBar } from "@/ui/bulk-bar";
import { Button, IconButton } from "@/ui/button";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { DeleteForGood } from "./delete-for-good";
import { usePhotoActs } from "./use-photo-acts";

interface BarProps {
  filter: PhotoFilter;
  photos: readonly PhotoItem[];
  selection: Selection;
}

/** What can be done with the photos that are chosen. */
export function PhotosBar({ filter, photos, selection }: BarProps) {
  const { t } = useTranslation("timeline");
  const acts = usePhotoActs();
  if (selection.ids.size === 0) return null;
  const chosen = photos.filter((it) => selection.has(it.photo_id));
  const after = (act: (them: readonly PhotoItem[]) => void) => () => {
    act(chosen);
    selection.clear();
  };
  return (
    <BulkBar
      label={t("chosenActions")}
      count={t("chosen", { count: selection.ids.size })}
      clearLabel={t("chooseNone")}
      onClear={selection.clear}
    >
      {filter.trashed ? (
        <>
          <Button look="quiet" icon={<ArchiveRestore />} onClick={after(acts.restore)}>
            {t("restore")}
          </Button>
          <DeleteForGood photos={chosen} onDone={selection.clear} />
        </>
      ) : (
        <>
          <IconButton label={t("favourite")} icon={<Heart />} onClick={after(acts.toggleFavourite)} />
          <IconButton label={t("toTrash")} icon={<Trash2 />} onClick={after(acts.trash)} />
        </>
      )}
    </BulkBar>
  );
}
