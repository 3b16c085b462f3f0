import { useInfiniteQuery } from "@tanstack/react-query";
import { ScanFace } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { facesQuery, type PersonDetail, type PersonFace } from "@/api/people";
import { useSelection } from "@/lib/selection";
import { useShortcuts } from "@/lib/shortcuts";
import { Empty, Failed, Waiting } from "@/ui/states";
import { TileGrid } from "@/ui/tile-grid";
import { FaceTile } from "./face-tile";
import { FacesBar } from "./faces-bar";
import styles from "./person-page.module.css";
import { useFaceActs } from "./use-face-acts";

interface FacesProps {
  person: PersonDetail;
  /** Those that may be theirs, to be confirmed, instead of those that are. */
  isSuggested: boolean;
}

/** A person's faces, to choose some and say whose they are. */
export function FacesView({ person, isSuggested }: FacesProps) {
  const { t } = useTranslation("people");
  const list = useInfiniteQuery(facesQuery(person.person_id, isSuggested));
  const faces = useMemo(() => list.data?.pages.flatMap((it) => it.items) ?? [], [list.data]);
  const order = useMemo(() => faces.map((it) => it.face_id), [faces]);
  const selection = useSelection(order);
  const [current, setCurrent] = useState<number | null>(null);
  const acts = useFaceActs(person);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const chosen = faces.filter((it) => selection.has(it.face_id)).map(idOf);
  const meant = chosen.length > 0 ? chosen : order.filter((it) => it === current);
  const after = (act: (faceIds: readonly number[]) => unknown) => () => {
    if (meant.length === 0) return;
    void act(meant);
    selection.clear();
  };
  useShortcuts([
    { keys: "x", label: t("keys.choose"), run: () => current !== null && selection.toggle(current) },
    {
      keys: "X",
      label: t("keys.chooseRange"),
      run: () => current !== null && selection.toggle(current, true),
    },
    { keys: "Mod+a", label: t("chooseAll"), run: () => selection.toggleAll(order) },
    ...(isSuggested ? [{ keys: "y", label: t("faces.confirm"), run: after(acts.confirm) }] : []),
    { keys: "r", label: t("faces.reject"), run: after(acts.reject) },
    ...(chosen.length > 0 ? [{ keys: "Escape", label: t("chooseNone"), run: selection.clear }] : []),
  ]);

  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (list.isPending) return <Waiting />;
  if (faces.length === 0) {
    return (
      <Empty icon={<ScanFace />} title={t(isSuggested ? "empty.suggested" : "empty.faces")}>
        <p>{t(isSuggested ? "empty.suggestedNext" : "empty.photosNext")}</p>
      </Empty>
    );
  }
  return (
    <>
      <p className={styles.hint}>{t(isSuggested ? "faces.hintSuggested" : "faces.hint")}</p>
      <TileGrid items={faces} keyOf={idOf} narrowest={116} onEnd={more}>
        {(face, size) => (
          <FaceTile
            face={face}
            size={size}
            isChosen={selection.has(face.face_id)}
            onChoose={(upTo) => selection.toggle(face.face_id, upTo)}
            onFocus={() => setCurrent(face.face_id)}
          />
        )}
      </TileGrid>
      {chosen.length > 0 && (
        <FacesBar
          person={person}
          isSuggested={isSuggested}
          faceIds={chosen}
          acts={acts}
          onDone={selection.clear}
        />
      )}
    </>
  );
}

const idOf = (it: PersonFace) => it.face_id;
