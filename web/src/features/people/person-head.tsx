import { Link, useNavigate } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonDetail } from "@/api/people";
import type { PersonView } from "@/lib/person-view";
import { useShortcuts } from "@/lib/shortcuts";
import { FacePicture } from "@/ui/face";
import type { Named } from "@/ui/name-field";
import { Birthday } from "./birthday";
import { coverOf, useNames } from "./names";
import { PersonMenu } from "./person-menu";
import styles from "./person-page.module.css";
import { usePeopleActs } from "./use-people-acts";
import { WhoField } from "./who-field";

interface HeadProps {
  person: PersonDetail;
  view: PersonView | undefined;
}

/** Who it is, what is known of them, and the ways to look at them. */
export function PersonHead({ person, view }: HeadProps) {
  const { t, i18n } = useTranslation("people");
  const names = useNames();
  const span = useSpan(person);
  const shown = person.photo_count.toLocaleString(i18n.language);
  const tabs = [
    { key: undefined, label: t("view.photos") },
    { key: "faces", label: t("view.faces") },
    ...(person.suggestion_count > 0 || view === "suggested"
      ? [{ key: "suggested", label: t("toConfirm", { count: person.suggestion_count }) } as const]
      : []),
    { key: "history", label: t("view.history") },
  ] as const;
  return (
    <header className={styles.head}>
      <FacePicture src={coverOf(person)} size={104} alt="" />
      <div className={styles.who}>
        <Name person={person} />
        <p className={styles.facts}>
          <span>{t("photos", { count: person.photo_count, shown })}</span>
          {span && <span>{span}</span>}
          <Birthday person={person} />
          {person.is_hidden && <span className={styles.flag}>{t("isHidden")}</span>}
        </p>
      </div>
      <PersonMenu person={person} />
      <nav className={styles.tabs} aria-label={t("views", { name: names.of(person) })}>
        {tabs.map((it) => (
          <Link
            key={it.label}
            to="/people/$personId"
            params={{ personId: String(person.person_id) }}
            search={it.key ? { view: it.key } : {}}
            activeOptions={{ exact: true }}
            resetScroll={false}
            replace
            className={styles.tab}
          >
            {it.label}
          </Link>
        ))}
      </nav>
    </header>
  );
}

function Name({ person }: { person: PersonDetail }) {
  const { t } = useTranslation("people");
  const [isEdited, setEdited] = useState(false);
  const [written, setWritten] = useState<string | null>(null);
  const navigate = useNavigate();
  const acts = usePeopleActs();
  useShortcuts([{ keys: "n", label: t("rename"), run: () => setEdited(true) }], !isEdited);
  const leave = () => {
    setEdited(false);
    requestAnimationFrame(() => document.getElementById("rename")?.focus());
  };
  const name = async (named: Named) => {
    setWritten(named.name);
    leave();
    if (named.name === person.name) return;
    if (named.personId === null) {
      if (!(await acts.name(person, named))) setEdited(true);
      else setWritten(null);
      return;
    }
    const into = { person_id: named.personId, name: named.name, photo_count: 0 };
    await acts.merge(into, [person], () => {
      void navigate({ to: "/people/$personId", params: { personId: String(into.person_id) }, replace: true });
    });
  };
  if (!isEdited) {
    return (
      <h1 className={styles.name}>
        <button id="rename" type="button" onClick={() => setEdited(true)} title={t("rename")}>
          <span dir="auto" data-unknown={person.name === null}>
            {person.name ?? t("who")}
          </span>
          <Pencil aria-hidden />
        </button>
      </h1>
    );
  }
  return (
    <div className={styles.rename}>
      <WhoField
        label={t("name")}
        initial={written ?? person.name ?? ""}
        without={[person.person_id]}
        onName={(named) => void name(named)}
        onEmpty={() => {
          leave();
          if (person.name !== null) void acts.patch(person, { name: null }, t("unnamed"));
        }}
        onLeave={leave}
      />
    </div>
  );
}

/** From when to when there are photos, as years. */
function useSpan({ first_photo_at, last_photo_at }: PersonDetail): string | null {
  const { i18n } = useTranslation();
  if (!first_photo_at || !last_photo_at) return null;
  const format = new Intl.DateTimeFormat(i18n.language, { month: "short", year: "numeric" });
  return format.formatRange(new Date(first_photo_at), new Date(last_photo_at));
}
