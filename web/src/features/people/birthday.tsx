import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonDetail } from "@/api/people";
import { ageAt, today } from "@/lib/age";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import styles from "./person-page.module.css";
import { usePeopleActs } from "./use-people-acts";

/** When somebody was born and how old they are; pressed it asks. */
export function Birthday({ person }: { person: PersonDetail }) {
  const { t, i18n } = useTranslation(["people", "common"]);
  const [isAsked, setAsked] = useState(false);
  const acts = usePeopleActs();
  const born = person.born_on;
  const [day, setDay] = useState(born ?? "");
  const age = born === null ? null : ageAt(born, today());
  const save = (born_on: string | null) => {
    setAsked(false);
    if (born_on !== born) void acts.patch(person, { born_on }, t(born_on ? "born.saved" : "born.removed"));
  };
  const date = born && new Date(`${born}T00:00:00`).toLocaleDateString(i18n.language, { dateStyle: "long" });
  return (
    <>
      <button type="button" className={styles.born} onClick={() => setAsked(true)}>
        {date === null || date === "" ? t("born.add") : t("born.on", { date })}
        {age !== null && ` · ${t("born.age", { count: age })}`}
      </button>
      <Dialog title={t("born.title")} isOpen={isAsked} onClose={() => setAsked(false)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save(day || null);
          }}
        >
          <TextField
            label={t("born.date")}
            hint={t("born.why")}
            type="date"
            value={day}
            min="1800-01-01"
            max={today()}
            onChange={(event) => setDay(event.target.value)}
          />
          <div className={styles.choices}>
            {born !== null && <Button onClick={() => save(null)}>{t("born.remove")}</Button>}
            <Button type="submit" look="primary">
              {t("common:save")}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
