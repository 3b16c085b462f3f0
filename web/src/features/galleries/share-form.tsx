import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { useChangeShare, useCreateShare, type Gallery, type Share } from "@/api/galleries";
import { dayOf, endOfDay } from "@/lib/dates";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { CheckField, TextArea, TextField } from "@/ui/field";
import styles from "./share.module.css";

interface FormProps {
  gallery: Gallery;
  /** The link that is changed; without one a new one is made. */
  share?: Share | undefined;
  onDone: () => void;
  onCancel: (() => void) | null;
}

/** What a link allows, and what guests are told who come by it. */
export function ShareForm({ gallery, share, onDone, onCancel }: FormProps) {
  const { t } = useTranslation(["galleries", "common"]);
  const { t: common } = useTranslation();
  const [consent, setConsent] = useState(() => share?.consent_text ?? t("share.consentText"));
  const [password, setPassword] = useState("");
  const [isOpen, setOpen] = useState(false);
  const endsNow = share?.expires_at ? dayOf(share.expires_at) : "";
  const [ends, setEnds] = useState(endsNow);
  const [downloads, setDownloads] = useState(share?.downloads ?? true);
  const [onlyOwn, setOnlyOwn] = useState(share?.only_own ?? true);
  const create = useCreateShare(gallery.gallery_id);
  const change = useChangeShare(gallery.gallery_id);
  const saving = share ? change : create;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const expires_at = ends ? endOfDay(ends) : null;
    const said = { consent_text: consent, downloads, only_own: onlyOwn };
    if (!share) {
      create.mutate({ ...said, password: password || null, expires_at }, { onSuccess: onDone });
      return;
    }
    const changed = {
      ...said,
      ...((password || isOpen) && { password: isOpen ? null : password }),
      ...(ends !== endsNow && { expires_at }),
    };
    change.mutate({ shareId: share.share_id, said: changed }, { onSuccess: onDone });
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
          hint={share?.has_password ? t("share.passwordStays") : t("share.passwordHint")}
          disabled={isOpen}
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
      {share?.has_password && (
        <CheckField
          label={t("share.passwordAway")}
          checked={isOpen}
          onChange={(event) => setOpen(event.target.checked)}
        />
      )}
      {saving.isError && (
        <p role="alert" className={styles.problem}>
          {describeProblem(saving.error, common)}
        </p>
      )}
      <div className={styles.go}>
        {onCancel && <Button onClick={onCancel}>{t("common:cancel")}</Button>}
        <Button type="submit" look="primary" disabled={saving.isPending}>
          {share ? t("common:save") : t("share.make")}
        </Button>
      </div>
    </form>
  );
}
