import { useTranslation } from "react-i18next";
import { Problem } from "@/lib/problem";
import { useSaying } from "./toasts";

/**
 * How a page tells of what was decided, with a way back. `undo` takes one decision back.
 *
 * Another tab may have been first, which is no failure: it is as wanted.
 */
export function useTakingBack(undo: (decisionId: number) => Promise<unknown>) {
  const { t } = useTranslation();
  const saying = useSaying();
  const takeBack = async (decisionIds: readonly number[]): Promise<boolean> => {
    try {
      for (const id of [...decisionIds].reverse()) await undo(id);
      saying.done(t("undone"));
      return true;
    } catch (error) {
      const isDone = error instanceof Problem && error.code === "nothing_to_undo";
      if (isDone) saying.done(t("problem.nothing_to_undo"));
      else saying.failed(error, () => void takeBack(decisionIds));
      return isDone;
    }
  };
  return {
    takeBack,
    failed: saying.failed,
    done: (text: string, ...decisionIds: readonly number[]) =>
      saying.done(text, decisionIds.length > 0 ? () => void takeBack(decisionIds) : undefined),
  };
}
