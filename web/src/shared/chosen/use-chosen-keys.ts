import { useTranslation } from "react-i18next";
import type { Selection } from "@/lib/selection";
import { useShortcuts, type Shortcut } from "@/lib/shortcuts";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";

interface Keyed {
  current: PhotoItem | null;
  selection: Selection;
  /** None in the trash. */
  acts: {
    favour: () => void;
    trash: () => void;
    rate: (rating: number | null) => void;
    toGallery: () => void;
  } | null;
}

const MOST_STARS = 5;

/** The keys for photos of a grid: choosing them, and what is done with them. */
export function useChosenKeys({ current, selection, acts }: Keyed): void {
  const { t } = useTranslation(["chosen", "common"]);
  const keys: Shortcut[] = [
    { keys: "x", label: t("keys.choose"), run: () => current && selection.toggle(current.photo_id) },
    {
      keys: "X",
      label: t("keys.chooseRange"),
      run: () => current && selection.toggle(current.photo_id, true),
    },
  ];
  if (acts) {
    keys.push(
      { keys: "f", label: t("favourite"), run: acts.favour },
      { keys: "l", label: t("gallery.put"), run: acts.toGallery },
      { keys: "Delete", label: t("toTrash"), run: acts.trash },
    );
    for (let stars = 1; stars <= MOST_STARS; stars++) {
      const label = t("common:rating.stars", { count: stars });
      keys.push({ keys: String(stars), label, run: () => acts.rate(stars) });
    }
    keys.push({ keys: "0", label: t("common:rating.none"), run: () => acts.rate(null) });
  }
  if (selection.ids.size > 0) keys.push({ keys: "Escape", label: t("chooseNone"), run: selection.clear });
  useShortcuts(keys);
}
