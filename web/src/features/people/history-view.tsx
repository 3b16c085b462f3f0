import { useInfiniteQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useTranslation } from "react-i18next";
import { decisionsQuery, type PastDecision } from "@/api/history";
import { Button } from "@/ui/button";
import { Empty, Failed, Waiting } from "@/ui/states";
import styles from "./person-page.module.css";
import { useDeciding } from "./use-people-acts";

/** What was decided about a person, the newest first; all of it can be taken back. */
export function HistoryView({ personId }: { personId: number }) {
  const { t } = useTranslation("people");
  const list = useInfiniteQuery(decisionsQuery({ person_id: personId }));
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <Waiting />;
  const decisions = list.data.pages.flatMap((it) => it.items);
  if (decisions.length === 0) {
    return (
      <Empty icon={<History />} title={t("empty.history")}>
        <p>{t("empty.historyNext")}</p>
      </Empty>
    );
  }
  return (
    <>
      <ol className={styles.history}>
        {decisions.map((it) => (
          <Past key={it.decision_id} decision={it} personId={personId} />
        ))}
      </ol>
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} disabled={list.isFetchingNextPage}>
          {t("more")}
        </Button>
      )}
    </>
  );
}

function Past({ decision, personId }: { decision: PastDecision; personId: number }) {
  const { t, i18n } = useTranslation(["people", "common"]);
  const { takeBack } = useDeciding();
  const isUndone = decision.undone_at !== null;
  const renamed = decision.names.find((it) => it.person_id === personId) ?? decision.names[0];
  const namesOf = ({ before, after }: PastDecision["names"][number]) =>
    before && after ? t("decided.names", { before, after }) : (after ?? before);
  const when = new Date(decision.created_at).toLocaleString(i18n.language, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return (
    <li className={styles.past} data-undone={isUndone}>
      <div className={styles.what}>
        <strong>{t(`decided.${decision.kind}`)}</strong>
        {renamed && decision.kind === "rename" && <span dir="auto"> {namesOf(renamed)}</span>}
        {decision.face_count > 0 && <span> · {t("faces.count", { count: decision.face_count })}</span>}
        <p className={styles.when}>
          <time dateTime={decision.created_at}>{when}</time> · <span dir="auto">{decision.actor}</span>
        </p>
      </div>
      {isUndone ? (
        <span className={styles.when}>{t("common:undone")}</span>
      ) : (
        <Button onClick={() => void takeBack([decision.decision_id])}>{t("common:undo")}</Button>
      )}
    </li>
  );
}
