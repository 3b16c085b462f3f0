import { useQuery } from "@tanstack/react-query";
import { CalendarDays, Heart, Star, UserRoundCheck, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { searchedPersonQuery } from "@/api/search";
import { cropOf } from "@/lib/media";
import { shownDays, type Role } from "@/lib/search-words";
import { FacePicture } from "@/ui/face";
import { DatesDialog } from "./dates-dialog";
import styles from "./search.module.css";
import type { SearchState } from "./use-search-filter";

type SearchProps = { search: SearchState };

/** What is asked for beside the words: people with their roles, days, favourites, rating. */
export function Chips({ search }: SearchProps) {
  const { t, i18n } = useTranslation("search");
  const [isDating, setDating] = useState(false);
  const { filter, change } = search;
  const hasPeople = filter.all !== undefined || filter.any !== undefined;
  const days = shownDays(filter, i18n.language);
  return (
    <div className={styles.chips} role="group" aria-label={t("filters")}>
      {(["all", "any", "none"] as const).flatMap((role) =>
        (filter[role] ?? []).map((id) => <PersonChip key={id} personId={id} role={role} search={search} />),
      )}
      {hasPeople && (
        <button
          type="button"
          className={styles.chip}
          aria-pressed={filter.only ?? false}
          onClick={() => change({ only: !filter.only })}
        >
          <UserRoundCheck aria-hidden /> {t("only")}
        </button>
      )}
      <span className={styles.pair}>
        <button
          type="button"
          className={styles.chip}
          aria-pressed={days !== ""}
          onClick={() => setDating(true)}
        >
          <CalendarDays aria-hidden /> {days || t("dates")}
        </button>
        {days !== "" && (
          <button
            type="button"
            className={styles.remove}
            aria-label={t("remove", { name: days })}
            onClick={() => change({ from: undefined, to: undefined })}
          >
            <X aria-hidden />
          </button>
        )}
      </span>
      <button
        type="button"
        className={styles.chip}
        aria-pressed={filter.favourite ?? false}
        onClick={() => change({ favourite: !filter.favourite })}
      >
        <Heart aria-hidden /> {t("favourites")}
      </button>
      <label className={styles.chip} data-on={filter.rating_min !== undefined}>
        <Star aria-hidden />
        <span className="visually-hidden">{t("rating")}</span>
        <select
          value={filter.rating_min ?? ""}
          onChange={(event) => change({ rating_min: Number(event.target.value) || undefined })}
        >
          <option value="">{t("anyRating")}</option>
          {[1, 2, 3, 4, 5].map((it) => (
            <option key={it} value={it}>
              {t("ratingFrom", { count: it })}
            </option>
          ))}
        </select>
      </label>
      <DatesDialog search={search} isOpen={isDating} onClose={() => setDating(false)} />
    </div>
  );
}

function PersonChip({ personId, role, search }: SearchProps & { personId: number; role: Role }) {
  const { t } = useTranslation("search");
  const person = useQuery(searchedPersonQuery(personId));
  const name = person.data?.name ?? (person.isPending ? "…" : t("unnamed"));
  return (
    <span className={styles.person} data-role={role}>
      <FacePicture src={person.data?.cover ? cropOf(person.data.cover) : null} size={28} alt="" />
      <select
        aria-label={t("role", { name })}
        value={role}
        onChange={(event) => search.put(personId, event.target.value as Role)}
      >
        <option value="all">{t("roles.all")}</option>
        <option value="any">{t("roles.any")}</option>
        <option value="none">{t("roles.none")}</option>
      </select>
      <span className={styles.name} dir="auto" title={name}>
        {name}
      </span>
      <button
        type="button"
        className={styles.remove}
        aria-label={t("remove", { name })}
        onClick={() => search.put(personId, null)}
      >
        <X aria-hidden />
      </button>
    </span>
  );
}
