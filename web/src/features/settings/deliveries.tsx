import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { deliveriesQuery, useReplay, type Delivery, type DeliveryState, type Webhook } from "@/api/webhooks";
import { Button } from "@/ui/button";
import { SelectField } from "@/ui/field";
import { Badge, Entries, Entry, Section } from "@/ui/section";
import { Failed, Waiting } from "@/ui/states";
import { useSaying } from "@/ui/toasts";
import { When } from "@/ui/when";
import styles from "./settings-page.module.css";

const STATES: readonly DeliveryState[] = ["pending", "delivered", "dead"];
const TONES = { pending: "plain", delivered: "good", dead: "bad" } as const;

/** What was sent, newest first, and what became of it. */
export function Deliveries({ webhooks }: { webhooks: readonly Webhook[] }) {
  const { t } = useTranslation(["settings", "common"]);
  const navigate = useNavigate({ from: "/settings/webhooks" });
  const { state } = useSearch({ from: "/owner/shell/settings/webhooks" });
  const deliveries = useInfiniteQuery(deliveriesQuery(state));
  const replay = useSendingAgain();
  const all = deliveries.data?.pages.flatMap((it) => it.items) ?? [];
  const choose = (chosen: string) => {
    const found = STATES.find((it) => it === chosen);
    void navigate({ search: found ? { state: found } : {}, replace: true });
  };
  return (
    <Section
      title={t("deliveries.title")}
      actions={
        all.some((it) => it.state === "dead") && (
          <Button icon={<RotateCw />} disabled={replay.isPending} onClick={() => replay.run(null)}>
            {t("deliveries.replayAll")}
          </Button>
        )
      }
    >
      <div className={styles.form}>
        <SelectField
          label={t("deliveries.state")}
          value={state ?? ""}
          onChange={(event) => choose(event.target.value)}
        >
          <option value="">{t("deliveries.any")}</option>
          {STATES.map((it) => (
            <option key={it} value={it}>
              {t(`deliveries.${it}`)}
            </option>
          ))}
        </SelectField>
      </div>
      {deliveries.isPending && <Waiting />}
      {deliveries.isError && <Failed error={deliveries.error} retry={() => void deliveries.refetch()} />}
      {deliveries.isSuccess && all.length === 0 && <p>{t("deliveries.none")}</p>}
      {all.length > 0 && (
        <Entries>
          {all.map((it) => (
            <DeliveryEntry
              key={it.delivery_id}
              delivery={it}
              url={webhooks.find(({ webhook_id }) => webhook_id === it.webhook_id)?.url}
              replay={() => replay.run(it.delivery_id)}
            />
          ))}
        </Entries>
      )}
      {deliveries.hasNextPage && (
        <Button className={styles.more} onClick={() => void deliveries.fetchNextPage()}>
          {t("common:more")}
        </Button>
      )}
    </Section>
  );
}

function useSendingAgain() {
  const { t } = useTranslation("settings");
  const saying = useSaying();
  const replay = useReplay();
  const run = (deliveryId: number | null) =>
    replay.mutate(deliveryId, {
      onSuccess: ({ replayed }) => saying.done(t("deliveries.replayed", { count: replayed })),
      onError: (error) => saying.failed(error),
    });
  return { run, isPending: replay.isPending };
}

interface DeliveryProps {
  delivery: Delivery;
  url: string | undefined;
  replay: () => void;
}

function DeliveryEntry({ delivery, url, replay }: DeliveryProps) {
  const { t } = useTranslation("settings");
  const came = delivery.last_status ?? delivery.last_error;
  return (
    <Entry
      title={delivery.event}
      badge={<Badge tone={TONES[delivery.state]}>{t(`deliveries.${delivery.state}`)}</Badge>}
      actions={
        delivery.state === "dead" && (
          <Button icon={<RotateCw />} onClick={replay}>
            {t("deliveries.replay")}
          </Button>
        )
      }
    >
      {url && <p>{url}</p>}
      <p className={styles.facts}>
        <When at={delivery.created_at} />
        <span>{t("deliveries.attempts", { count: delivery.attempts })}</span>
        {came !== null && <span>{t("deliveries.answer", { answer: came })}</span>}
      </p>
    </Entry>
  );
}
