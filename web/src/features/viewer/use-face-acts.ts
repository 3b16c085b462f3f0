import { useTranslation } from "react-i18next";
import {
  isKnown,
  useDecide,
  useDrawFace,
  type Box,
  type FaceAction,
  type PhotoFace,
  type Whose,
} from "@/api/decisions";
import { useSaying } from "@/ui/toasts";
import { useUndoSaying } from "./use-undo-saying";

export interface FaceActs {
  name: (face: PhotoFace, whose: Whose) => void;
  confirm: (face: PhotoFace) => void;
  reject: (face: PhotoFace) => void;
  ignore: (face: PhotoFace) => void;
  restore: (face: PhotoFace) => void;
  unassign: (face: PhotoFace) => void;
  draw: (photoId: number, box: Box, whose?: Whose) => void;
}

interface Told {
  onNaming: (face: PhotoFace) => void;
  /** A name could not be saved; what was written is given back. */
  onUnnamed: (face: PhotoFace, text: string, error: unknown) => void;
}

/** What can be decided about a face, each with a way back. */
export function useFaceActs({ onNaming, onUnnamed }: Told): FaceActs {
  const { t } = useTranslation("viewer");
  const saying = useSaying();
  const decide = useDecide();
  const drawing = useDrawFace();
  const decided = useUndoSaying();

  // Promises rather than callbacks: those of an earlier decision are forgotten when the next one comes.
  const act = (face: PhotoFace, action: FaceAction, text: string, whose?: Whose): void => {
    if (!isKnown(face.face_id)) return;
    if (whose) onNaming(face);
    decide.mutateAsync({ faceIds: [face.face_id], action, ...(whose && { whose }) }).then(
      ({ decision_id }) => decided(text, { decisionId: decision_id, faces: [face] }),
      (error: unknown) => {
        if (whose) onUnnamed(face, whose.name, error);
        saying.failed(error, () => act(face, action, text, whose));
      },
    );
  };
  const draw = (photoId: number, box: Box, whose?: Whose): void => {
    const text = whose ? t("done.assign", { name: whose.name }) : t("done.draw");
    drawing.mutateAsync({ photoId, box, ...(whose && { whose }) }).then(
      ({ decision_id }) => decided(text, { decisionId: decision_id, faces: [] }),
      (error: unknown) => saying.failed(error, () => draw(photoId, box, whose)),
    );
  };
  return {
    name: (face, whose) => act(face, "assign", t("done.assign", { name: whose.name }), whose),
    confirm: (face) => act(face, "confirm", t("done.confirm", { name: guessOf(face)?.name ?? "" })),
    reject: (face) => act(face, "reject", t("done.reject", { name: guessOf(face)?.name ?? "" })),
    ignore: (face) => act(face, "ignore", t("done.ignore")),
    restore: (face) => act(face, "restore", t("done.restore")),
    unassign: (face) => act(face, "unassign", t("done.unassign")),
    draw,
  };
}

/** Whom Kith takes the face for, or may take it for; a group without a name is nobody yet. */
export function guessOf(face: PhotoFace): { personId: number; name: string; isSure: boolean } | null {
  const person = face.person?.name ? face.person : face.suggested;
  if (!person?.name) return null;
  return { personId: person.person_id, name: person.name, isSure: face.state === "confirmed" };
}
