import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useUndo } from "@/api/decisions";
import { reviewQuery, useAnswer, type Question } from "@/api/review";
import { cropOf } from "@/lib/media";
import { Problem } from "@/lib/problem";
import { say } from "@/ui/toasts";
import { useTakingBack } from "@/ui/taking-back";

interface Past {
  question: Question;
  /** What the answer became; a question that was left for later has none. */
  decision: Promise<number | null>;
  isSkip: boolean;
}

const NO_IDS: ReadonlySet<string> = new Set();
const FEW = 4;

/**
 * The questions as they are answered: the next is there at once, what was answered is saved behind it.
 *
 * A question once shown stays until it is answered, however the queue changes meanwhile.
 */
export function useReview() {
  const { t } = useTranslation();
  const [skipped, setSkipped] = useState(NO_IDS);
  const [answered, setAnswered] = useState(NO_IDS);
  const [past, setPast] = useState<readonly Past[]>([]);
  const [held, setHeld] = useState<Question | null>(null);
  // Which were skipped is told to the server only as the others run out, so that skipping waits for nothing.
  const [told, setTold] = useState<readonly string[]>([]);
  const review = useQuery(reviewQuery(told));
  const { mutateAsync: save } = useAnswer();
  const undoing = useUndo();
  const { takeBack } = useTakingBack((decisionId) => undoing.mutateAsync({ decisionId }));

  const isOpen = (it: Question) => !skipped.has(it.question_id) && !answered.has(it.question_id);
  const open = (review.data?.items ?? []).filter(isOpen);
  const question = held && isOpen(held) ? held : (open[0] ?? null);
  const following = open.filter((it) => it !== question && it.question_id !== question?.question_id);
  const isShort = review.isSuccess && !review.isFetching && following.length < FEW;
  const untold = skipped.size > told.length;

  // What comes next is loaded while somebody looks at this one.
  useEffect(() => {
    for (const it of following.slice(0, 2)) {
      for (const face of [...it.faces, ...(it.person.cover ? [it.person.cover] : [])]) {
        new Image().src = cropOf(face);
      }
    }
  });
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the queue is what runs short, not the page
    if (isShort && untold) setTold([...skipped].slice(-200));
  }, [isShort, untold, skipped]);

  const goOn = (from: Question, entry: Past) => {
    setPast((now) => [...now, entry]);
    setHeld(following.find((it) => it.question_id !== from.question_id) ?? null);
  };
  const settle = async (asked: Question, same: boolean): Promise<number | null> => {
    try {
      const { decision } = await save({ questionId: asked.question_id, same });
      return decision?.decision_id ?? null;
    } catch (error) {
      // Somebody else has settled it: nothing is left to say.
      if (error instanceof Problem && (error.status === 404 || error.status === 409)) {
        say({ text: t("problem.question_settled") });
        return null;
      }
      setAnswered((now) => without(now, asked.question_id));
      setPast((now) => now.filter((it) => it.question !== asked));
      setHeld(asked);
      const text = t("problem.offline");
      say({ text, isProblem: true });
      return null;
    }
  };
  const undo = async () => {
    const last = past.at(-1);
    if (!last) return;
    const { question: asked } = last;
    setPast((now) => now.filter((it) => it !== last));
    setSkipped((now) => without(now, asked.question_id));
    setTold((now) => now.filter((it) => it !== asked.question_id));
    setAnswered((now) => without(now, asked.question_id));
    setHeld(asked);
    const decisionId = await last.decision;
    if (decisionId !== null) await takeBack([decisionId]);
  };
  const left = review.data;
  // Answers on their way are not counted by the server yet.
  const pending = (left?.items ?? []).filter((it) => answered.has(it.question_id)).length;
  const questions = Math.max(0, (left?.left.questions ?? 0) - pending - skipped.size);
  const each = left && left.left.questions > 0 ? left.seconds_left_estimate / left.left.questions : 0;
  return {
    review,
    question,
    isReading: review.isFetching && (left?.left.questions ?? 0) > answered.size + skipped.size,
    left: { questions: question ? Math.max(1, questions) : questions, seconds: each * questions },
    answered: past.filter((it) => !it.isSkip).length,
    skipped: skipped.size,
    canUndo: past.length > 0,
    undo: () => void undo(),
    answer: (same: boolean) => {
      if (!question) return;
      setAnswered((now) => new Set(now).add(question.question_id));
      goOn(question, { question, decision: settle(question, same), isSkip: false });
    },
    skip: () => {
      if (!question) return;
      setSkipped((now) => new Set(now).add(question.question_id));
      goOn(question, { question, decision: Promise.resolve(null), isSkip: true });
    },
    /** Asks again what was left for later. */
    askSkipped: () => {
      setSkipped(NO_IDS);
      setTold([]);
      setPast((now) => now.filter((it) => !it.isSkip));
    },
  };
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  next.delete(id);
  return next;
}
