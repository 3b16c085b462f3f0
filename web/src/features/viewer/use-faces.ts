import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PhotoFace } from "@/api/decisions";
import type { Photo } from "@/api/photos";
import { describeProblem } from "@/lib/problem";
import { inReadingOrder } from "@/lib/reading-order";
import { useFaceActs, type FaceActs } from "./use-face-acts";

interface Naming {
  faceId: number;
  text: string;
  problem: string | null;
}

export interface Faces {
  /** In reading order. */
  seen: readonly PhotoFace[];
  /** What somebody has said is no face. */
  aside: readonly PhotoFace[];
  /** The face that is pointed at, or has the keyboard. */
  litId: number | null;
  light: (faceId: number | null) => void;
  /** The one beside it, that many steps on. */
  step: (by: 1 | -1) => void;
  naming: Naming | null;
  setNaming: (naming: Naming | null) => void;
  acts: FaceActs;
}

/** The faces of a photo, and what one does with them. */
export function useFaces(photo: Photo | undefined): Faces {
  const { t } = useTranslation();
  const all = photo?.faces;
  const ordered = useMemo(() => inReadingOrder(all ?? []), [all]);
  const [litId, light] = useState<number | null>(null);
  const [naming, setNaming] = useState<Naming | null>(null);
  const seen = useMemo(() => ordered.filter((it) => !it.is_ignored), [ordered]);
  const acts = useFaceActs({
    onNaming: (face) => setNaming((now) => (now?.faceId === face.face_id ? null : now)),
    onUnnamed: (face, text, error) =>
      setNaming((now) => now ?? { faceId: face.face_id, text, problem: describeProblem(error, t) }),
  });
  const step = (by: 1 | -1) => {
    const at = seen.findIndex((it) => it.face_id === litId);
    const start = by > 0 ? -1 : 0;
    const next = seen[((at < 0 ? start : at) + by + seen.length) % seen.length];
    if (!next) return;
    light(next.face_id);
    focusFace(next.face_id);
  };
  return {
    seen,
    aside: useMemo(() => ordered.filter((it) => it.is_ignored), [ordered]),
    litId,
    light,
    step,
    naming,
    setNaming,
    acts,
  };
}

/** Gives a face the keyboard: in the list where that is open, else on the photo. */
export function focusFace(faceId: number): void {
  const marks = [...document.querySelectorAll<HTMLElement>(`[data-face="${faceId}"]`)];
  (marks.find((it) => it.dataset.place === "list") ?? marks[0])?.focus();
}
