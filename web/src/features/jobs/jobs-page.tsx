import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { jobsQuery, type KindOfWork } from "@/api/jobs";
import { useMay } from "@/api/session";
import { Badge, Entries, Entry, Section } from "@/ui/section";
import { Failed, Waiting } from "@/ui/states";
import { Analysis } from "./analysis";
import { FailedJobs } from "./failed-jobs";
import styles from "./jobs-page.module.css";
import { KindEntry } from "./kind-entry";

/** What Kith does in the background: how far it is, what waits, what could not be done. */
export function JobsPage() {
  const { t } = useTranslation(["jobs", "common"]);
  const jobs = useQuery(jobsQuery);
  const mayManage = useMay("manage");
  if (jobs.isError) return <Failed error={jobs.error} retry={() => void jobs.refetch()} />;
  if (jobs.isPending) return <Waiting />;
  const { kinds, workers, photos } = jobs.data;
  const shown = [...ALWAYS.filter((it) => !kinds.some(({ kind }) => kind === it.kind)), ...kinds]
    .filter(isWorthALine)
    .sort((a, b) => orderOf(a) - orderOf(b));
  return (
    <div className={styles.page}>
      <h1>{t("common:rooms.jobs")}</h1>
      {!mayManage && <p className={styles.note}>{t("mayNot")}</p>}
      <Analysis photos={photos} mayManage={mayManage} />
      <Section
        title={t("work")}
        explain={kinds.some((it) => it.queued + it.running > 0) ? undefined : t("emptyNext")}
      >
        <Entries>
          {shown.map((it) => (
            <KindEntry key={it.kind} kind={it} mayManage={mayManage} />
          ))}
        </Entries>
      </Section>
      {workers.length > 0 && (
        <Section title={t("workers")}>
          <Entries>
            {workers.map((it) => (
              <Entry
                key={`${it.worker} ${it.kind}`}
                title={it.worker}
                badge={<Badge>{t("inHand", { count: it.count })}</Badge>}
              >
                {t(`kinds.${it.kind}` as "kinds.analyse", { defaultValue: it.kind })}
              </Entry>
            ))}
          </Entries>
        </Section>
      )}
      <FailedJobs count={kinds.reduce((sum, it) => sum + it.failed, 0)} mayManage={mayManage} />
    </div>
  );
}

// What can be paused before there is any of it.
const ALWAYS: readonly KindOfWork[] = ["analyse", "identify"].map((kind) => ({
  kind,
  queued: 0,
  running: 0,
  failed: 0,
  paused: false,
  oldest_queued_at: null,
}));

/** In the order photos go through them; others as the server tells them. */
function orderOf({ kind }: KindOfWork): number {
  const index = ALWAYS.findIndex((it) => it.kind === kind);
  return index < 0 ? ALWAYS.length : index;
}

/** Housekeeping always waits for its next hour; it is of interest only where it fails. */
function isWorthALine({ kind, queued, running, failed, paused }: KindOfWork): boolean {
  if (ALWAYS.some((it) => it.kind === kind)) return true;
  return kind.startsWith("expire") ? failed > 0 : queued + running + failed > 0 || paused;
}
