import { Link } from "@tanstack/react-router";
import { EyeOff, SearchX, UserRoundCheck, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { People } from "@/api/people";
import type { PersonFilter } from "@/lib/person-filter";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/states";

interface EmptyProps {
  filter: PersonFilter;
  counts: People["counts"] | undefined;
  onAll: () => void;
}

/** What to do where there is nobody. */
export function EmptyPeople({ filter, counts, onAll }: EmptyProps) {
  const { t } = useTranslation("people");
  if (filter.q) {
    return (
      <Empty icon={<SearchX />} title={t("empty.found", { text: filter.q })}>
        <Button onClick={onAll}>{t("empty.all")}</Button>
      </Empty>
    );
  }
  if (filter.kind === "hidden") {
    return (
      <Empty icon={<EyeOff />} title={t("empty.hidden")}>
        <p>{t("empty.hiddenNext")}</p>
      </Empty>
    );
  }
  if (filter.kind === "unnamed") {
    return (
      <Empty icon={<UserRoundCheck />} title={t("empty.unnamed")}>
        <p>{t("empty.unnamedNext")}</p>
      </Empty>
    );
  }
  return (
    <Empty icon={<UsersRound />} title={t("empty.named")}>
      {counts && counts.unnamed > 0 ? (
        <>
          <p>{t("empty.namedNext", { count: counts.unnamed })}</p>
          <Link to="/people" search={{ kind: "unnamed" }}>
            {t("kind.unnamed")}
          </Link>
        </>
      ) : (
        <p>{t("empty.noFaces")}</p>
      )}
    </Empty>
  );
}
