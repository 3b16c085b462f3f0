import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, UserRoundCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSplitPerson } from "@/api/changing-people";
import { groupsQuery, personQuery, type Group, type PersonDetail } from "@/api/people";
import { useShortcuts } from "@/lib/shortcuts";
import type { Named } from "@/ui/name-field";
import { Empty, Failed, Waiting } from "@/ui/states";
import { useNames } from "./names";
import { SplitBar } from "./split-bar";
import { SplitGroup } from "./split-group";
import styles from "./split-page.module.css";
import { useDeciding } from "./use-people-acts";

/** The split assistant: which of a person's faces, in groups that are alike, are somebody else's. */
export function SplitPage() {
  const { personId } = useParams({ from: "/owner/shell/people/$personId/split" });
  const id = Number(personId);
  const person = useQuery(personQuery(id));
  // The groups stay as they are while somebody chooses among them.
  const groups = useQuery({ ...groupsQuery(id), staleTime: Infinity });
  const { t } = useTranslation("people");
  const error = person.error ?? groups.error;
  if (error) {
    return (
      <Failed
        error={error}
        retry={() => {
          void person.refetch();
          void groups.refetch();
        }}
      />
    );
  }
  if (!person.data || !groups.data) return <Waiting />;
  const { items } = groups.data;
  return (
    <div className={styles.page}>
      <Link to="/people/$personId" params={{ personId }} className={styles.back}>
        <ArrowLeft aria-hidden /> <Name person={person.data} />
      </Link>
      <h1>{t("split.title")}</h1>
      {items.length < 2 ? (
        <Empty icon={<UserRoundCheck />} title={t("split.alike")}>
          <p>{t("split.alikeNext")}</p>
          <Link to="/people/$personId" params={{ personId }} search={{ view: "faces" }}>
            {t("view.faces")}
          </Link>
        </Empty>
      ) : (
        <Groups person={person.data} groups={items} isSample={groups.data.is_sample} />
      )}
    </div>
  );
}

function Name({ person }: { person: PersonDetail }) {
  const names = useNames();
  return <span dir="auto">{names.of(person)}</span>;
}

interface GroupsProps {
  person: PersonDetail;
  groups: readonly Group[];
  isSample: boolean;
}

function Groups({ person, groups, isSample }: GroupsProps) {
  const { t } = useTranslation("people");
  const names = useNames();
  const navigate = useNavigate();
  const deciding = useDeciding();
  const { mutateAsync: split, isPending } = useSplitPerson();
  const [taken, setTaken] = useState<ReadonlySet<number>>(new Set());
  const [name, setName] = useState("");
  const span = useMemo(() => spanOf(groups), [groups]);
  const faceIds = groups.flatMap((it, index) => (taken.has(index) ? it.face_ids : []));
  const isAll = faceIds.length >= person.face_count;

  const toggle = (index: number) => {
    if (index >= groups.length) return;
    setTaken((now) => {
      const next = new Set(now);
      if (!next.delete(index)) next.add(index);
      return next;
    });
  };
  const back = () =>
    void navigate({ to: "/people/$personId", params: { personId: String(person.person_id) } });
  const go = async (whose?: Named) => {
    if (faceIds.length === 0 || isAll || isPending) return;
    const to = whose?.personId ? { person_id: whose.personId } : whose ? { name: whose.name } : {};
    try {
      const decision = await split({ personId: person.person_id, face_ids: faceIds, ...to });
      deciding.done(t("split.done", { count: faceIds.length }), decision.decision_id);
      back();
    } catch (error) {
      deciding.failed(error, () => void go(whose));
    }
  };
  useShortcuts([
    ...groups.slice(0, 9).map((_, index) => ({
      keys: String(index + 1),
      label: t("split.toggle", { number: index + 1 }),
      run: () => toggle(index),
    })),
    { keys: "Escape", label: t("back"), run: back },
  ]);
  return (
    <>
      <p className={styles.lead} dir="auto">
        {t("split.lead", { name: names.of(person) })} {isSample && t("split.sample", { count: 2000 })}
      </p>
      <ol className={styles.groups}>
        {groups.map((group, index) => (
          <SplitGroup
            key={group.face_ids[0]}
            group={group}
            number={index + 1}
            span={span}
            isTaken={taken.has(index)}
            onToggle={() => toggle(index)}
          />
        ))}
      </ol>
      <SplitBar
        person={person}
        faceIds={faceIds}
        isAll={isAll}
        isBusy={isPending}
        name={name}
        onName={setName}
        onGo={(whose) => void go(whose)}
      />
    </>
  );
}

function spanOf(groups: readonly Group[]): readonly [number, number] {
  const moments = groups
    .flatMap((it) => [it.first_photo_at, it.last_photo_at])
    .filter((it) => it !== null)
    .map((it) => Date.parse(it));
  return [Math.min(...moments), Math.max(...moments)];
}
