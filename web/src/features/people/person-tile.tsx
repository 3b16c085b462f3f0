import { Link } from "@tanstack/react-router";
import { Check, Eye, EyeOff, UserRound } from "lucide-react";
import { useState, type MouseEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Person } from "@/api/people";
import type { Selection } from "@/lib/selection";
import type { Named } from "@/ui/name-field";
import { coverOf, useNames } from "./names";
import styles from "./person-tile.module.css";
import { WhoField } from "./who-field";

interface TileProps {
  person: Person;
  size: number;
  selection: Selection;
  onFocus: () => void;
  children: ReactNode;
}

/** A person of the list: the cover leads to them, a mark chooses them. */
export function PersonTile({ person, size, selection, onFocus, children }: TileProps) {
  const { t } = useTranslation("people");
  const names = useNames();
  const cover = coverOf(person);
  const isChosen = selection.has(person.person_id);
  const follow = (event: MouseEvent) => {
    if (!event.shiftKey && selection.ids.size === 0) return;
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    selection.toggle(person.person_id, event.shiftKey);
  };
  return (
    <div className={styles.tile} data-chosen={isChosen} data-choosing={selection.ids.size > 0}>
      <Link
        to="/people/$personId"
        params={{ personId: String(person.person_id) }}
        className={styles.cover}
        style={{ height: size }}
        data-tile={person.person_id}
        aria-label={names.of(person)}
        onClick={follow}
        onFocus={onFocus}
        draggable={false}
      >
        {cover ? (
          <img src={cover} alt="" width={size} height={size} loading="lazy" draggable={false} />
        ) : (
          <UserRound aria-hidden />
        )}
      </Link>
      <button
        type="button"
        className={styles.mark}
        aria-pressed={isChosen}
        aria-label={t("choose", { name: names.of(person) })}
        tabIndex={-1}
        onClick={(event) => selection.toggle(person.person_id, event.shiftKey)}
      >
        <Check aria-hidden />
      </button>
      {person.suggestion_count > 0 && (
        <Link
          to="/people/$personId"
          params={{ personId: String(person.person_id) }}
          search={{ view: "suggested" }}
          className={styles.badge}
          aria-label={t("toConfirm", { count: person.suggestion_count })}
        >
          {size < 140 ? person.suggestion_count : t("toConfirm", { count: person.suggestion_count })}
        </Link>
      )}
      {children}
    </div>
  );
}

export function NamedBelow({ person }: { person: Person }) {
  const { t, i18n } = useTranslation("people");
  return (
    <div className={styles.below}>
      <span className={styles.name} dir="auto" title={person.name ?? undefined}>
        {person.name ?? t("noName")}
      </span>
      <span className={styles.count}>
        {t("photos", { count: person.photo_count, shown: person.photo_count.toLocaleString(i18n.language) })}
      </span>
    </div>
  );
}

interface UnnamedProps {
  person: Person;
  isAsked: boolean;
  onAsk: (isAsked: boolean) => void;
  onName: (named: Named) => Promise<boolean>;
  onHide: () => void;
}

/** Asks in place who somebody is. */
export function UnnamedBelow({ person, isAsked, onAsk, onName, onHide }: UnnamedProps) {
  const { t, i18n } = useTranslation("people");
  const [written, setWritten] = useState("");
  const [isSaving, setSaving] = useState(false);
  const name = async (named: Named) => {
    setWritten(named.name);
    setSaving(true);
    const isDone = await onName(named);
    // What was written is not lost where the server refuses.
    if (!isDone) setSaving(false);
  };
  return (
    <div className={styles.below}>
      {isSaving ? (
        <span className={styles.name} dir="auto">
          {written}
        </span>
      ) : isAsked ? (
        <WhoField
          label={t("who")}
          initial={written}
          without={[person.person_id]}
          onName={(named) => void name(named)}
          onLeave={() => onAsk(false)}
        />
      ) : (
        <button type="button" className={styles.ask} onClick={() => onAsk(true)} dir="auto">
          {written || t("who")}
        </button>
      )}
      <span className={styles.count}>
        {t("photos", { count: person.photo_count, shown: person.photo_count.toLocaleString(i18n.language) })}
        <button
          type="button"
          className={styles.aside}
          onClick={onHide}
          aria-label={t("hide")}
          title={t("hide")}
        >
          <EyeOff aria-hidden />
        </button>
      </span>
    </div>
  );
}

export function HiddenBelow({ person, onShow }: { person: Person; onShow: () => void }) {
  const { t } = useTranslation("people");
  const names = useNames();
  return (
    <div className={styles.below}>
      <span className={styles.name} dir="auto">
        {names.of(person)}
      </span>
      <button type="button" className={styles.ask} onClick={onShow}>
        <Eye aria-hidden /> {t("show")}
      </button>
    </div>
  );
}
