import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { UserRoundX } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { personQuery } from "@/api/people";
import { mergeIn, Problem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Empty, Failed, Waiting } from "@/ui/states";
import { say } from "@/ui/toasts";
import { FacesView } from "./faces-view";
import { HistoryView } from "./history-view";
import { PersonHead } from "./person-head";
import { PersonPhotos } from "./person-photos";
import styles from "./person-page.module.css";

/** One person: their photos, their faces, and what was decided about them. */
export function PersonPage() {
  const { t } = useTranslation("people");
  const { personId } = useParams({ from: "/owner/shell/people/$personId" });
  const { view } = useSearch({ from: "/owner/shell/people/$personId" });
  const navigate = useNavigate();
  const id = Number(personId);
  const person = useQuery(personQuery(id));
  const survivor = mergeIn(person.error)?.into ?? null;

  useEffect(() => {
    if (survivor === null) return;
    say({ text: t("wasMerged") });
    void navigate({
      to: "/people/$personId",
      params: { personId: String(survivor) },
      search: view ? { view } : {},
      replace: true,
    });
  }, [survivor, navigate, t, view]);

  if (survivor !== null) return <Waiting />;
  if (person.error instanceof Problem && person.error.status === 404) {
    return (
      <Empty icon={<UserRoundX />} title={t("gone")}>
        <p>{t("goneNext")}</p>
        <Button onClick={() => void navigate({ to: "/people" })}>{t("back")}</Button>
      </Empty>
    );
  }
  if (person.isError && !person.data) {
    return <Failed error={person.error} retry={() => void person.refetch()} />;
  }
  if (person.isPending) return <Waiting />;
  return (
    <div className={styles.page}>
      <PersonHead key={id} person={person.data} view={view} />
      {view === undefined && <PersonPhotos key={id} person={person.data} />}
      {view === "faces" && <FacesView key={`${id} all`} person={person.data} isSuggested={false} />}
      {view === "suggested" && <FacesView key={`${id} suggested`} person={person.data} isSuggested />}
      {view === "history" && <HistoryView personId={id} />}
    </div>
  );
}
