import { Send } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useRemoveWebhook, useTryWebhook, type Webhook } from "@/api/webhooks";
import { Problem, describeProblem } from "@/lib/problem";
import { AskFirst } from "@/ui/ask-first";
import { Button } from "@/ui/button";
import { Badge, Entry } from "@/ui/section";
import { say, useSaying } from "@/ui/toasts";
import { When } from "@/ui/when";
import styles from "./settings-page.module.css";

/** An address that is told of events: how that went so far, a test, and its end. */
export function WebhookEntry({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("settings");
  const saying = useSaying();
  const remove = useRemoveWebhook();
  const events = webhook.events.length > 0 ? webhook.events.join(", ") : t("webhooks.allEvents");
  return (
    <Entry
      title={webhook.url}
      badge={webhook.is_signed && <Badge tone="good">{t("webhooks.signed")}</Badge>}
      actions={
        <>
          <TryButton webhook={webhook} />
          <AskFirst
            isDanger
            label={t("webhooks.remove")}
            question={t("webhooks.removeAsk")}
            disabled={remove.isPending}
            onYes={() => remove.mutate(webhook.webhook_id, { onError: (error) => saying.failed(error) })}
          >
            <p className={styles.settings}>
              <code>{webhook.url}</code>
            </p>
            <p>{t("webhooks.removeExplained")}</p>
          </AskFirst>
        </>
      }
    >
      <p>{events}</p>
      <p className={styles.facts}>
        <span>{t("webhooks.arrived", { count: webhook.success_count })}</span>
        <span>{t("webhooks.failed", { count: webhook.failure_count })}</span>
        <span>
          {t("webhooks.last")} <When at={webhook.last_used_at} />
        </span>
      </p>
    </Entry>
  );
}

function TryButton({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("settings");
  const { t: tCommon } = useTranslation();
  const saying = useSaying();
  const attempt = useTryWebhook();
  const go = () =>
    attempt.mutate(webhook.webhook_id, {
      onSuccess: ({ is_success, status, error }) => {
        if (is_success) saying.done(t("webhooks.tested", { status: status ?? "" }));
        else if (status !== null) say({ text: t("webhooks.refused", { status }), isProblem: true });
        else say({ text: describeProblem(new Problem(error ?? "", 0, ""), tCommon), isProblem: true });
      },
      onError: (error) => saying.failed(error),
    });
  return (
    <Button icon={<Send />} disabled={attempt.isPending} onClick={go}>
      {t("webhooks.test")}
    </Button>
  );
}
