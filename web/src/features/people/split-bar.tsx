import { useTranslation } from "react-i18next";
import { completionsQuery } from "@/api/names";
import type { PersonDetail } from "@/api/people";
import { useQueryClient } from "@tanstack/react-query";
import { API } from "@/lib/media";
import { Button } from "@/ui/button";
import type { Named } from "@/ui/name-field";
import styles from "./split-page.module.css";
import { WhoField } from "./who-field";

interface BarProps {
  person: PersonDetail;
  faceIds: readonly number[];
  isAll: boolean;
  isBusy: boolean;
  name: string;
  onName: (name: string) => void;
  onGo: (whose?: Named) => void;
}

/** Shows who will be split off, asks for a name, and does it. */
export function SplitBar({ person, faceIds, isAll, isBusy, name, onName, onGo }: BarProps) {
  const { t } = useTranslation("people");
  const queries = useQueryClient();
  const written = name.trim();
  /** Whoever writes the name of somebody known means them. */
  const go = () => {
    if (written === "") {
      onGo();
      return;
    }
    const found = queries.getQueryData(completionsQuery(written).queryKey) ?? [];
    const same = found.find((it) => it.name.toLocaleLowerCase() === written.toLocaleLowerCase());
    onGo({ personId: same?.person_id ?? null, name: written });
  };
  return (
    <div className={styles.bar} role="group" aria-label={t("split.preview")}>
      <div className={styles.preview} aria-live="polite">
        {isAll ? t("split.all") : t("split.count", { count: faceIds.length })}
        <span className={styles.small} aria-hidden>
          {faceIds.slice(0, 3).map((it) => (
            <img key={it} src={`${API}/faces/${it}/crop`} alt="" width={36} height={36} />
          ))}
        </span>
      </div>
      <div className={styles.field}>
        <WhoField
          label={t("split.name")}
          without={[person.person_id]}
          isFocused={false}
          onText={onName}
          onName={(whose) => onGo(whose)}
          onEmpty={() => onGo()}
          onLeave={() => (document.activeElement as HTMLElement | null)?.blur()}
        />
      </div>
      <Button look="primary" onClick={go} disabled={faceIds.length === 0 || isAll || isBusy}>
        {t("split.go")}
      </Button>
    </div>
  );
}
