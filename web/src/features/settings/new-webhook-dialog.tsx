import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAddWebhook } from "@/api/webhooks";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { CheckField, TextField } from "@/ui/field";
import styles from "./settings-page.module.css";

interface NewWebhookProps {
  known: readonly string[];
  isOpen: boolean;
  onClose: () => void;
}

export function NewWebhookDialog({ known, isOpen, onClose }: NewWebhookProps) {
  const { t } = useTranslation("settings");
  return (
    <Dialog title={t("webhooks.add")} isOpen={isOpen} onClose={onClose}>
      <WebhookForm known={known} onDone={onClose} />
    </Dialog>
  );
}

function WebhookForm({ known, onDone }: { known: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation("settings");
  const { t: tCommon } = useTranslation();
  const add = useAddWebhook();
  const [url, setUrl] = useState("");
  const [secret, setSecret] = useState("");
  const [events, setEvents] = useState<readonly string[]>([]);
  const toggle = (event: string) =>
    setEvents(events.includes(event) ? events.filter((it) => it !== event) : [...events, event]);
  const go = () =>
    add.mutate(
      { url: url.trim(), events: [...events], secret: secret || null, timeout_seconds: 30, retry_count: 3 },
      { onSuccess: onDone },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <TextField
        label={t("webhooks.url")}
        type="url"
        placeholder="https://"
        required
        value={url}
        onChange={(event) => setUrl(event.target.value)}
        problem={add.isError ? describeProblem(add.error, tCommon) : null}
      />
      <TextField
        label={t("webhooks.secret")}
        hint={t("webhooks.secretHint")}
        autoComplete="off"
        spellCheck={false}
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
      />
      <fieldset className={styles.checks}>
        <legend>{t("webhooks.events")}</legend>
        {known.map((it) => (
          <CheckField key={it} label={it} checked={events.includes(it)} onChange={() => toggle(it)} />
        ))}
        <p>{events.length === 0 && t("webhooks.noEvents")}</p>
      </fieldset>
      <Button type="submit" look="primary" disabled={add.isPending}>
        {t("webhooks.addIt")}
      </Button>
    </form>
  );
}
