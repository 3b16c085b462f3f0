import { useQuery } from "@tanstack/react-query";
import { ArrowLeftRight, ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { mergePreviewQuery, type Person } from "@/api/people";
import { useShortcuts } from "@/lib/shortcuts";
import { Button } from "@/ui/button";
import { FacePicture } from "@/ui/face";
import { Failed } from "@/ui/states";
import styles from "./merge-dialog.module.css";
import { coverOf, useNames } from "./names";

interface SidesProps {
  into: Person;
  from: readonly Person[];
  onInto: (personId: number) => void;
}

/** Who becomes part of whom, and what that does. */
export function MergeSides({ into, from, onInto }: SidesProps) {
  const { t } = useTranslation("people");
  const names = useNames();
  const preview = useQuery(
    mergePreviewQuery(
      into.person_id,
      from.map((it) => it.person_id),
    ),
  );
  const first = from[0];
  const swap = () => first && onInto(first.person_id);
  useShortcuts([{ keys: "s", label: t("merge.swap"), run: swap }]);
  const moved = from.reduce((sum, it) => sum + it.photo_count, 0);
  const clashes = preview.data?.clash_count ?? 0;
  return (
    <>
      <div className={styles.sides}>
        <ul className={styles.from}>
          {from.map((it) => (
            <li key={it.person_id}>
              <Side person={it} />
              {from.length > 1 && (
                <Button look="quiet" onClick={() => onInto(it.person_id)}>
                  {t("merge.keep")}
                </Button>
              )}
            </li>
          ))}
        </ul>
        <ArrowRight className={styles.arrow} aria-hidden />
        <Side person={into} isBig />
      </div>
      {from.length === 1 && (
        <Button className={styles.swap} icon={<ArrowLeftRight />} onClick={swap}>
          {t("merge.swap")}
        </Button>
      )}
      <p className={styles.sentence} dir="auto">
        {t("merge.sentence", {
          count: preview.data?.photo_count ?? moved,
          name: names.all(from),
          into: names.of(into),
        })}
      </p>
      {preview.isError && <Failed error={preview.error} retry={() => void preview.refetch()} />}
      <p className={styles.note} dir="auto">
        {preview.data?.name ? t("merge.name", { name: preview.data.name }) : t("merge.noName")}
      </p>
      {clashes > 0 && (
        <div className={styles.clash} role="note">
          <p>{t("merge.clash", { count: clashes })}</p>
          <ul>
            {preview.data?.clashes.slice(0, 6).map((it) => (
              <li key={it.photo_id}>
                <a href={`/photos/${it.photo_id}`} target="_blank" rel="noreferrer">
                  <img
                    src={`/api/kith/photos/${it.photo_id}/thumbnail`}
                    alt={t("merge.clashPhoto")}
                    width={96}
                    height={72}
                    loading="lazy"
                  />
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Side({ person, isBig = false }: { person: Person; isBig?: boolean }) {
  const { t, i18n } = useTranslation("people");
  const shown = person.photo_count.toLocaleString(i18n.language);
  return (
    <div className={styles.side} data-big={isBig}>
      <FacePicture src={coverOf(person)} size={isBig ? 112 : 72} alt="" />
      <strong dir="auto" title={person.name ?? undefined}>
        {person.name ?? t("noName")}
      </strong>
      <span>{t("photos", { count: person.photo_count, shown })}</span>
    </div>
  );
}
