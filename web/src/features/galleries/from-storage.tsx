import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { useIndexGallery, type Gallery } from "@/api/galleries";
import { describeProblem, Problem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Progress } from "@/ui/states";
import styles from "./galleries.module.css";

interface StorageProps {
  gallery: Gallery;
  isOpen: boolean;
  onClose: () => void;
}

/** Takes in a folder of the sources: a bucket or a disk where photos lie already. */
export function FromStorage({ gallery, isOpen, onClose }: StorageProps) {
  const { t } = useTranslation("galleries");
  const { t: common } = useTranslation();
  const [prefix, setPrefix] = useState("");
  const index = useIndexGallery(gallery.gallery_id);
  const isUnset = index.error instanceof Problem && index.error.code === "sources_not_set";
  return (
    <Dialog title={t("storage.open")} isOpen={isOpen} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          index.mutate(prefix.trim(), { onSuccess: onClose });
        }}
      >
        <p>{t("storage.explained")}</p>
        <TextField
          label={t("storage.prefix")}
          hint={t("storage.prefixHint")}
          placeholder="shoots/wedding"
          spellCheck={false}
          value={prefix}
          onChange={(event) => setPrefix(event.target.value)}
          problem={index.isError && !isUnset ? describeProblem(index.error, common) : null}
        />
        {isUnset && (
          <p className={styles.note} role="alert">
            <Trans t={t} i18nKey="storage.unset" components={{ code: <code /> }} />
          </p>
        )}
        <Button type="submit" look="primary" disabled={index.isPending}>
          {t("storage.go")}
        </Button>
      </form>
    </Dialog>
  );
}

/** How far the last folder of the sources is taken in, and what came of it. */
export function Intake({ intake }: { intake: NonNullable<Gallery["intake"]> }) {
  const { t } = useTranslation("galleries");
  const { t: common } = useTranslation();
  const done = intake.added + intake.duplicates + intake.refused;
  const from = intake.prefix || "/";
  if (!intake.is_done) {
    const label = t("storage.taking", { from });
    return (
      <div className={styles.progress}>
        <Progress done={done} of={intake.found ?? 0} label={label} />
        <span>{label}</span>
      </div>
    );
  }
  if (intake.error_code) {
    const problem = new Problem(intake.error_code, 400, intake.error_code);
    return (
      <p
        className={styles.failed}
      >{`${t("storage.failed", { from })} ${describeProblem(problem, common)}`}</p>
    );
  }
  return (
    <p className={styles.facts}>
      <span>{t("storage.done", { from })}</span>
      <span>{t("storage.added", { count: intake.added })}</span>
      {intake.duplicates > 0 && <span>{t("storage.duplicates", { count: intake.duplicates })}</span>}
      {intake.refused > 0 && <span>{t("storage.refused", { count: intake.refused })}</span>}
    </p>
  );
}
