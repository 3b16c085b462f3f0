import { Pause, Play, RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isPausable, usePauseJobs, useRetryJobs, type KindOfWork, type Pausable } from "@/api/jobs";
import { Button } from "@/ui/button";
import { Badge, Entry } from "@/ui/section";
import { useSaying } from "@/ui/toasts";
import { When } from "@/ui/when";
import styles from "./jobs-page.module.css";

/** One kind of work: how much of it waits, and whether it may go on. */
export function KindEntry({ kind, mayManage }: { kind: KindOfWork; mayManage: boolean }) {
  const { t } = useTranslation("jobs");
  const saying = useSaying();
  const retry = useRetryJobs();
  const name = t(`kinds.${kind.kind}` as "kinds.analyse", { defaultValue: kind.kind });
  const isIdle = kind.queued + kind.running + kind.failed === 0;
  const again = () =>
    retry.mutate(
      { kind: kind.kind },
      {
        onSuccess: ({ retried }) => saying.done(t("retried", { count: retried })),
        onError: (error) => saying.failed(error, again),
      },
    );
  return (
    <Entry
      title={name}
      badge={kind.paused && <Badge tone="warn">{t("paused")}</Badge>}
      actions={
        mayManage && (
          <>
            {kind.failed > 0 && (
              <Button icon={<RotateCw />} disabled={retry.isPending} onClick={again}>
                {t("retryKind")}
              </Button>
            )}
            {isPausable(kind.kind) && <PauseButton kind={kind.kind} isPaused={kind.paused} name={name} />}
          </>
        )
      }
    >
      <p className={styles.entryFacts}>
        {isIdle && <span>{t("empty")}</span>}
        {kind.queued > 0 && <span>{t("queued", { count: kind.queued })}</span>}
        {kind.running > 0 && <span>{t("running", { count: kind.running })}</span>}
        {kind.failed > 0 && <span>{t("failed", { count: kind.failed })}</span>}
        {kind.oldest_queued_at && (
          <span>
            {t("oldest")} <When at={kind.oldest_queued_at} />
          </span>
        )}
      </p>
    </Entry>
  );
}

function PauseButton({ kind, isPaused, name }: { kind: Pausable; isPaused: boolean; name: string }) {
  const { t } = useTranslation("jobs");
  const saying = useSaying();
  const pause = usePauseJobs();
  const put = (to: "pause" | "resume", say: boolean) =>
    pause.mutate(
      { kind, to },
      {
        onSuccess: () => {
          if (!say) return;
          const back = to === "pause" ? "resume" : "pause";
          saying.done(t(to === "pause" ? "isPaused" : "goesOn", { name }), () => put(back, false));
        },
        onError: (error) => saying.failed(error),
      },
    );
  const to = isPaused ? "resume" : "pause";
  return (
    <Button
      icon={isPaused ? <Play /> : <Pause />}
      aria-label={t(`${to}Kind`, { name })}
      onClick={() => put(to, true)}
    >
      {t(to)}
    </Button>
  );
}
