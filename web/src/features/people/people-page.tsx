import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { EyeOff, Merge } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { peopleQuery, type Person } from "@/api/people";
import { useSelection } from "@/lib/selection";
import { useShortcuts } from "@/lib/shortcuts";
import { BulkBar } from "@/ui/bulk-bar";
import { Button } from "@/ui/button";
import { Failed, Waiting } from "@/ui/states";
import { TileGrid } from "@/ui/tile-grid";
import { EmptyPeople } from "./empty-people";
import { MergeDialog } from "./merge-dialog";
import { PeopleHead } from "./people-head";
import styles from "./people-page.module.css";
import { HiddenBelow, NamedBelow, PersonTile, UnnamedBelow } from "./person-tile";
import { usePeopleActs } from "./use-people-acts";

// What stands beneath the picture: a name, or a field for one.
const BELOW_PX = { named: 54, unnamed: 80, hidden: 76 };

/** All persons: with a name, still without one, and those nobody wants to see. */
export function PeoplePage() {
  const { t } = useTranslation("people");
  const filter = useSearch({ from: "/owner/shell/people" });
  const navigate = useNavigate();
  const kind = filter.kind ?? "named";
  const list = useInfiniteQuery(peopleQuery({ ...filter, kind }));
  const people = useMemo(() => list.data?.pages.flatMap((it) => it.items) ?? [], [list.data]);
  const order = useMemo(() => people.map((it) => it.person_id), [people]);
  const selection = useSelection(order);
  const [current, setCurrent] = useState<number | null>(null);
  const [asked, setAsked] = useState<number | null>(null);
  const [merging, setMerging] = useState<readonly number[] | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const acts = usePeopleActs();

  const chosen = people.filter((it) => selection.has(it.person_id));
  const meant = chosen.length > 0 ? chosen : people.filter((it) => it.person_id === current);
  const hide = (them: readonly Person[]) => {
    void acts.hide(them, kind !== "hidden");
    selection.clear();
  };
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const focusTile = (id: number) =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-tile="${id}"]`)?.focus());
  /** The next who has no name is asked for at once, so that naming goes on without a mouse. */
  const askNext = (after: number) => setAsked(order[order.indexOf(after) + 1] ?? null);

  useShortcuts([
    {
      keys: "x",
      label: t("keys.choose"),
      run: () => current !== null && selection.toggle(current),
    },
    {
      keys: "X",
      label: t("keys.chooseRange"),
      run: () => current !== null && selection.toggle(current, true),
    },
    { keys: "m", label: t("merge.title"), run: () => meant.length > 0 && setMerging(meant.map(idOf)) },
    { keys: "h", label: t(kind === "hidden" ? "show" : "hide"), run: () => meant.length > 0 && hide(meant) },
    { keys: "/", label: t("filter"), run: () => search.current?.focus() },
    ...(kind === "unnamed"
      ? [{ keys: "n", label: t("keys.name"), run: () => setAsked(current ?? order[0] ?? null) }]
      : []),
    ...(chosen.length > 0 ? [{ keys: "Escape", label: t("chooseNone"), run: selection.clear }] : []),
  ]);

  const below = (person: Person) => {
    if (kind === "hidden")
      return <HiddenBelow person={person} onShow={() => void acts.hide([person], false)} />;
    if (kind === "named") return <NamedBelow person={person} />;
    return (
      <UnnamedBelow
        person={person}
        isAsked={asked === person.person_id}
        onAsk={(isAsked) => {
          setAsked(isAsked ? person.person_id : null);
          if (!isAsked) focusTile(person.person_id);
        }}
        onName={(named) => {
          askNext(person.person_id);
          return acts.name(person, named);
        }}
        onHide={() => hide([person])}
      />
    );
  };
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <div className={styles.page}>
      <PeopleHead filter={filter} counts={list.data?.pages[0]?.counts} search={search} />
      {list.isPending && <Waiting />}
      {list.isSuccess && people.length === 0 && (
        <EmptyPeople
          filter={filter}
          counts={list.data.pages[0]?.counts}
          onAll={() => void navigate({ to: "/people", search: filter.kind ? { kind: filter.kind } : {} })}
        />
      )}
      <TileGrid key={kind} items={people} keyOf={idOf} narrowest={148} below={BELOW_PX[kind]} onEnd={more}>
        {(person, size) => (
          <PersonTile
            person={person}
            size={size}
            selection={selection}
            onFocus={() => setCurrent(person.person_id)}
          >
            {below(person)}
          </PersonTile>
        )}
      </TileGrid>
      {chosen.length > 0 && (
        <BulkBar
          label={t("chosenActions")}
          count={t("chosen", { count: chosen.length })}
          clearLabel={t("chooseNone")}
          onClear={selection.clear}
        >
          <Button look="quiet" icon={<Merge />} onClick={() => setMerging(chosen.map(idOf))}>
            {t("merge.title")}
          </Button>
          <Button look="quiet" icon={<EyeOff />} onClick={() => hide(chosen)}>
            {t(kind === "hidden" ? "show" : "hide")}
          </Button>
        </BulkBar>
      )}
      {merging && (
        <MergeDialog personIds={merging} onClose={() => setMerging(null)} onMerged={selection.clear} />
      )}
    </div>
  );
}

const idOf = (person: Person) => person.person_id;
