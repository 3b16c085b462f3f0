import { useTranslation } from "react-i18next";
import type { PhotoFace } from "@/api/decisions";
import type { Photo } from "@/api/photos";
import { useShortcuts, type Shortcut } from "@/lib/shortcuts";
import { guessOf } from "./use-face-acts";
import type { Faces } from "./use-faces";
import type { PhotoActs } from "./use-photo-acts";
import type { Shown } from "./use-shown";
import type { Way } from "./use-way";

interface Keyed {
  photo: Photo | undefined;
  way: Way;
  go: (step: 1 | -1) => void;
  acts: PhotoActs;
  faces: Faces;
  info: Shown;
  boxes: Shown;
  draw: () => void;
  openFace: (face: PhotoFace) => void;
}

/** The keys of the viewer. */
export function useViewerKeys({ photo, way, go, acts, faces, info, boxes, draw, openFace }: Keyed): void {
  const { t } = useTranslation("viewer");
  const { t: common } = useTranslation();
  const lit = faces.seen.find((it) => it.face_id === faces.litId);
  const ofFace = (run: (face: PhotoFace) => void) => () => lit && run(lit);
  const guessed = (run: (face: PhotoFace) => void) => ofFace((it) => guessOf(it) && run(it));
  const keys: Shortcut[] = [
    { keys: "ArrowRight", label: t("next"), run: () => go(1) },
    { keys: "ArrowLeft", label: t("previous"), run: () => go(-1) },
    { keys: "Escape", label: common("close"), run: way.close },
    { keys: "i", label: t("info.show"), run: info.toggle },
    { keys: "f", label: t("favourite"), run: acts.toggleFavourite },
    ...[1, 2, 3, 4, 5].map((rating) => ({
      keys: String(rating),
      label: common("rating.stars", { count: rating }),
      run: () => acts.rate(photo?.rating === rating ? null : rating),
    })),
    { keys: "p", label: t("faces.show"), run: boxes.toggle },
    { keys: "n", label: t("keys.nextFace"), run: () => faces.step(1) },
    { keys: "N", label: t("keys.previousFace"), run: () => faces.step(-1) },
    { keys: "e", label: t("keys.name"), run: ofFace(openFace) },
    { keys: "c", label: t("keys.confirm"), run: guessed(faces.acts.confirm) },
    { keys: "r", label: t("keys.reject"), run: guessed(faces.acts.reject) },
    { keys: "u", label: t("keys.unassign"), run: guessed(faces.acts.unassign) },
    { keys: "h", label: t("faces.ignore"), run: ofFace(faces.acts.ignore) },
    { keys: "b", label: t("draw.do"), run: draw },
    photo?.trashed_at != null
      ? { keys: "Delete", label: t("restore"), run: acts.restore }
      : { keys: "Delete", label: t("toTrash"), run: acts.trash },
  ];
  useShortcuts(keys);
}
