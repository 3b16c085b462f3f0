import { useQuery } from "@tanstack/react-query";
import { Plus, Webhook as WebhookIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { webhooksQuery } from "@/api/webhooks";
import { Button } from "@/ui/button";
import { Entries, Section } from "@/ui/section";
import { Empty, Failed, Waiting } from "@/ui/states";
import { Deliveries } from "./deliveries";
import { NewWebhookDialog } from "./new-webhook-dialog";
import { WebhookEntry } from "./webhook-entry";

/** Who is told of what happens, and whether it arrives. */
export function WebhooksPage() {
  const { t } = useTranslation("settings");
  const webhooks = useQuery(webhooksQuery);
  const [isAdding, setAdding] = useState(false);
  if (webhooks.isError) return <Failed error={webhooks.error} retry={() => void webhooks.refetch()} />;
  if (webhooks.isPending) return <Waiting />;
  const { items, known_events } = webhooks.data;
  return (
    <>
      <Section
        title={t("tabs.webhooks")}
        explain={t("webhooks.explain")}
        actions={
          <Button look="primary" icon={<Plus />} onClick={() => setAdding(true)}>
            {t("webhooks.add")}
          </Button>
        }
      >
        {items.length === 0 ? (
          <Empty icon={<WebhookIcon />} title={t("webhooks.none")}>
            <p>{t("webhooks.noneNext")}</p>
          </Empty>
        ) : (
          <Entries>
            {items.map((it) => (
              <WebhookEntry key={it.webhook_id} webhook={it} />
            ))}
          </Entries>
        )}
      </Section>
      {items.length > 0 && <Deliveries webhooks={items} />}
      <NewWebhookDialog known={known_events} isOpen={isAdding} onClose={() => setAdding(false)} />
    </>
  );
}
