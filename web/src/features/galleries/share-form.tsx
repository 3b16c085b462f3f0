import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useCreateShare, type Gallery } from "@/api/galleries";
import { dayOf, endOfDay } from "@/lib/dates";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { CheckField, TextArea, TextField } from "@/ui/field";
import styles from "./share.module.css";

interface FormProps {
  gallery: Gallery;
  onDone: () => void;
  onCancel: (() => void) | null;
}

/** What a link allows, and what guests are told who come by it. */
export function ShareForm({ gallery, onDone, onCancel }: FormProps) {
  const { t } = useTranslation(["galleries", "common"]);
  const { t: common } = useTranslation();
  const [consent, setConsent] = useState(() => t("share.consentText"));
  const [password, setPassword] = useState("");
  const [ends, setEnds] = useState("");
  const [downloads, setDownloads] = useState(true);
  const [onlyOwn, setOnlyOwn] = useState(true);
  const create = useCreateShare(gallery.gallery_id);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate(
      {
        consent_text: consent,
        password: password || null,
        expires_at: ends ? endOfDay(ends) : null,
        downloads,
        only_own: onlyOwn,
      },
      { onSuccess: onDone },
    );
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <p>{t("share.explained")}</p>
      <TextArea
        label={t("share.consent")}
        hint={t("share.consentHint")}
        required
        rows={4}
        maxLength={2000}
        dir="auto"
        value={consent}
        onChange={(event) => setConsent(event.target.value)}
      />
      <CheckField
        label={t("share.onlyOwn")}
        hint={t("share.onlyOwnHint")}
        checked={onlyOwn}
        onChange={(event) => setOnlyOwn(event.target.checked)}
      />
      <CheckField
        label={t("share.downloads")}
        checked={downloads}
        onChange={(event) => setDownloads(event.target.checked)}
      />
      <div className={styles.pair}>
        <TextField
          label={t("share.password")}
          hint={t("share.passwordHint")}
          autoComplete="off"
          spellCheck={false}
          minLength={4}
          maxLength={200}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <TextField
          label={t("share.ends")}
          hint={t("share.endsHint")}
          type="date"
          min={dayOf(new Date().toISOString())}
          max={gallery.expires_at ? dayOf(gallery.expires_at) : undefined}
          value={ends}
          onChange={(event) => setEnds(event.target.value)}
        />
      </div>
      {create.isError && (
        <p role="alert" className={styles.problem}>
          {describeProblem(create.error, common)}
        </p>
      )}
      <div className={styles.go}>
        {onCancel && <Button onClick={onCancel}>{t("common:cancel")}</Button>}
        <Button type="submit" look="primary" disabled={create.isPending}>
          {t("share.make")}
        </Button>
      </div>
    </form>
  );
}
