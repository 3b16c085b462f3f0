import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useUndo, type PhotoFace } from "@/api/decisions";
import { Problem } from "@/lib/problem";
import { useShortcuts } from "@/lib/shortcuts";
import { useSaying } from "@/ui/toasts";

interface Decided {
  decisionId: number;
  /** The faces as they were before. */
  faces: readonly PhotoFace[];
}

/** Tells what was decided, with the way back: a button for a while, and a key for the last of them. */
export function useUndoSaying() {
  const { t } = useTranslation();
  const saying = useSaying();
  const undo = useUndo();
  const last = useRef<Decided | null>(null);

  const takeBack = (decided: Decided): void => {
    if (last.current === decided) last.current = null;
    undo.mutateAsync(decided).then(
      () => saying.done(t("undone")),
      (error: unknown) => {
        // Another tab was first: it is as they wanted.
        if (error instanceof Problem && error.code === "nothing_to_undo") {
          saying.done(t("problem.nothing_to_undo"));
        } else saying.failed(error, () => takeBack(decided));
      },
    );
  };
  useShortcuts([{ keys: "Mod+z", label: t("undo"), run: () => last.current && takeBack(last.current) }]);
  return (text: string, decided: Decided) => {
    last.current = decided;
    saying.done(text, () => takeBack(decided));
  };
}
