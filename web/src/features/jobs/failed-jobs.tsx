import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { failedJobsQuery, useRetryJobs, type FailedJob } from "@/api/jobs";
import { Problem, describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Badge, Entries, Entry, Section } from "@/ui/section";
import { Failed } from "@/ui/states";
import { useSaying } from "@/ui/toasts";
import { When } from "@/ui/when";
import styles from "./jobs-page.module.css";

/** What could not be done: why, what it was about, and another try. */
export function FailedJobs({ count, mayManage }: { count: number; mayManage: boolean }) {
  const { t } = useTranslation(["jobs", "common"]);
  const failed = useInfiniteQuery({ ...failedJobsQuery, enabled: count > 0 });
  const again = useAgain();
  if (count === 0) return null;
  return (
    <Section
      title={t("failedTitle")}
      explain={t("failedExplained")}
      actions={
        mayManage && (
          <Button icon={<RotateCw />} disabled={again.isPending} onClick={() => again.run(null)}>
            {t("retryAll")}
          </Button>
        )
      }
    >
      {failed.isError && <Failed error={failed.error} retry={() => void failed.refetch()} />}
      <Entries>
        {failed.data?.pages.flatMap((page) =>
          page.items.map((it) => (
            <FailedEntry
              key={it.job_id}
              job={it}
              retry={mayManage ? () => again.run([it.job_id]) : undefined}
            />
          )),
        )}
      </Entries>
      {failed.hasNextPage && (
        <Button
          className={styles.more}
          disabled={failed.isFetchingNextPage}
          onClick={() => void failed.fetchNextPage()}
        >
          {t("common:more")}
        </Button>
      )}
    </Section>
  );
}

function useAgain() {
  const { t } = useTranslation("jobs");
  const saying = useSaying();
  const retry = useRetryJobs();
  const run = (job_ids: number[] | null) =>
    retry.mutate(job_ids ? { job_ids } : {}, {
      onSuccess: ({ retried }) => saying.done(t("retried", { count: retried })),
      onError: (error) => saying.failed(error),
    });
  return { run, isPending: retry.isPending };
}

function FailedEntry({ job, retry }: { job: FailedJob; retry: (() => void) | undefined }) {
  const { t } = useTranslation("jobs");
  const { t: tCommon } = useTranslation();
  const problem = new Problem(job.error_code ?? "unexpected", 0, job.error_detail ?? "");
  const name = t(`kinds.${job.kind}` as "kinds.analyse", { defaultValue: job.kind });
  return (
    <Entry
      title={describeProblem(problem, tCommon)}
      badge={job.error_code && <Badge tone="bad">{job.error_code}</Badge>}
      actions={
        <>
          {job.photo_id !== null && (
            <Link to="/photos/$photoId" params={{ photoId: String(job.photo_id) }} search={{}}>
              {t("photo", { id: job.photo_id })}
            </Link>
          )}
          {retry && (
            <Button icon={<RotateCw />} onClick={retry} aria-label={t("retryOne", { id: job.job_id })}>
              {tCommon("retry")}
            </Button>
          )}
        </>
      }
    >
      {job.error_detail && <p dir="auto">{job.error_detail}</p>}
      <p className={styles.entryFacts}>
        <span>{name}</span>
        <span>{t("attempts", { count: job.attempts })}</span>
        <When at={job.created_at} />
      </p>
    </Entry>
  );
}
