import { Link, useNavigate } from "@tanstack/react-router";
import { ScanFace } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { People } from "@/api/people";
import { KINDS, SORTS, type PersonFilter } from "@/lib/person-filter";
import styles from "./people-page.module.css";

interface HeadProps {
  filter: PersonFilter;
  counts: People["counts"] | undefined;
  search: RefObject<HTMLInputElement | null>;
}

/** The kinds of persons with their numbers, and which of them to show in what order. */
export function PeopleHead({ filter, counts, search }: HeadProps) {
  const { t, i18n } = useTranslation(["people", "common"]);
  const navigate = useNavigate();
  const go = (next: PersonFilter) =>
    void navigate({ to: "/people", search: next, replace: true, resetScroll: false });
  const { kind, sort, q, ...rest } = filter;
  return (
    <header className={styles.head}>
      <h1>{t("common:rooms.people")}</h1>
      <nav className={styles.tabs} aria-label={t("kinds")}>
        {KINDS.map((it) => (
          <Link
            key={it}
            to="/people"
            search={{ ...(sort && { sort }), ...(q && { q }), ...(it !== "named" && { kind: it }) }}
            activeOptions={{ exact: true }}
            className={styles.tab}
          >
            {t(`kind.${it}`)}
            <span className={styles.number}>{counts?.[it].toLocaleString(i18n.language) ?? " "}</span>
          </Link>
        ))}
      </nav>
      <div className={styles.tools}>
        <Link to="/review" className={styles.review}>
          <ScanFace aria-hidden /> {t("common:rooms.review")}
        </Link>
        {kind !== "unnamed" && (
          <input
            ref={search}
            key={kind}
            type="search"
            className={styles.search}
            aria-label={t("filter")}
            placeholder={t("filter")}
            defaultValue={q}
            dir="auto"
            maxLength={200}
            onChange={(event) => {
              const text = event.target.value;
              go({ ...rest, ...(kind && { kind }), ...(sort && { sort }), ...(text && { q: text }) });
            }}
          />
        )}
        <select
          className={styles.sort}
          aria-label={t("sort.label")}
          value={sort ?? "count"}
          onChange={(event) => {
            const next = SORTS.find((it) => it === event.target.value);
            go({
              ...(kind && { kind }),
              ...(q && { q }),
              ...(next && next !== "count" && { sort: next }),
            });
          }}
        >
          {SORTS.filter((it) => it !== "name" || kind !== "unnamed").map((it) => (
            <option key={it} value={it}>
              {t(`sort.${it}`)}
            </option>
          ))}
        </select>
      </div>
    </header>
  );
}
