import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { AUDIT_ACTIONS, auditFile, auditQuery, type AuditEntry, type AuditFilter } from "@/api/audit";
import { Button } from "@/ui/button";
import { SelectField, TextField } from "@/ui/field";
import { Badge, Entries, Entry, Section } from "@/ui/section";
import { Failed, Waiting } from "@/ui/states";
import { When } from "@/ui/when";
import styles from "./settings-page.module.css";

/** Who had to do with faces: every access, kept where nobody can change it. */
export function AuditPage() {
  const { t } = useTranslation(["settings", "common"]);
  const filter = useSearch({ from: "/owner/shell/settings/audit" });
  const audit = useInfiniteQuery(auditQuery(filter));
  const all = audit.data?.pages.flatMap((it) => it.items) ?? [];
  return (
    <Section
      title={t("tabs.audit")}
      explain={t("audit.explain")}
      actions={(["csv", "jsonl"] as const).map((it) => (
        <a key={it} className={styles.link} href={auditFile(filter, it)} download={`audit.${it}`}>
          <Download size={16} aria-hidden /> {t("audit.export", { format: it.toUpperCase() })}
        </a>
      ))}
    >
      <Filters filter={filter} />
      {audit.isPending && <Waiting />}
      {audit.isError && <Failed error={audit.error} retry={() => void audit.refetch()} />}
      {audit.isSuccess && all.length === 0 && <p>{t("audit.none")}</p>}
      {all.length > 0 && (
        <Entries>
          {all.map((it) => (
            <AuditLine key={it.entry_id} entry={it} />
          ))}
        </Entries>
      )}
      {audit.hasNextPage && (
        <Button
          className={styles.more}
          disabled={audit.isFetchingNextPage}
          onClick={() => void audit.fetchNextPage()}
        >
          {t("common:more")}
        </Button>
      )}
    </Section>
  );
}

function Filters({ filter }: { filter: AuditFilter }) {
  const { t } = useTranslation("settings");
  const navigate = useNavigate({ from: "/settings/audit" });
  const put = (name: keyof AuditFilter) => (event: { target: { value: string } }) =>
    void navigate({ search: { ...filter, [name]: event.target.value || undefined }, replace: true });
  return (
    <div className={styles.filters}>
      <SelectField label={t("audit.action")} value={filter.action ?? ""} onChange={put("action")}>
        <option value="">{t("audit.any")}</option>
        {AUDIT_ACTIONS.map((it) => (
          <option key={it} value={it}>
            {t(`audit.actions.${it}`)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t("audit.actor")}
        value={filter.actor ?? ""}
        maxLength={200}
        onChange={put("actor")}
      />
      <TextField label={t("audit.from")} type="date" value={filter.from ?? ""} onChange={put("from")} />
      <TextField label={t("audit.to")} type="date" value={filter.to ?? ""} onChange={put("to")} />
    </div>
  );
}

function AuditLine({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation("settings");
  const counts = Object.entries(entry.counts);
  const isFine = entry.result === "success" || entry.result === "ok";
  return (
    <Entry
      title={t(`audit.actions.${entry.action}`)}
      badge={<Badge tone={isFine ? "plain" : "warn"}>{entry.result}</Badge>}
    >
      <p className={styles.facts}>
        <When at={entry.at} />
        <span dir="auto">{entry.actor}</span>
        <span>
          {entry.subject} {entry.subject_id}
        </span>
        {entry.address && <span>{entry.address}</span>}
        {counts.length > 0 && <span>{counts.map(([name, count]) => `${name} ${count}`).join(", ")}</span>}
      </p>
    </Entry>
  );
}
