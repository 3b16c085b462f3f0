import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { PhotoFace } from "@/api/decisions";
import { useCompletions } from "@/api/names";
import { NameField, type Named } from "@/ui/name-field";
import type { Faces } from "./use-faces";

interface NamingProps {
  face: PhotoFace;
  faces: Faces;
  onLeft: () => void;
}

/** Asks whose face it is. */
export function FaceNaming({ face, faces, onLeft }: NamingProps) {
  const { t } = useTranslation("viewer");
  const { naming, setNaming, acts } = faces;
  const text = naming?.text ?? "";
  const { choices, isSettled } = useCompletions(text);
  // The row comes back in place of the field, and with it the keyboard.
  const leave = useCallback(() => {
    setNaming(null);
    requestAnimationFrame(onLeft);
  }, [setNaming, onLeft]);
  const take = useCallback(
    (named: Named) => {
      acts.name(face, named);
      requestAnimationFrame(onLeft);
    },
    [acts, face, onLeft],
  );
  return (
    <NameField
      label={t("faces.ask")}
      placeholder={t("faces.ask")}
      text={text}
      onText={(it) => setNaming({ faceId: face.face_id, text: it, problem: null })}
      choices={choices}
      isSettled={isSettled}
      onName={take}
      onLeave={leave}
      problem={naming?.problem ?? null}
    />
  );
}
