import { useTranslation } from "react-i18next";
import { useRevokeKey, useRotateKey, type Key, type KeySecret } from "@/api/keys";
import { AskFirst } from "@/ui/ask-first";
import { Badge, Entry } from "@/ui/section";
import { useSaying } from "@/ui/toasts";
import { When } from "@/ui/when";
import styles from "./settings-page.module.css";

const GRACE_SECONDS = 3600;

/** A key: what it may do and until when; another secret for it, or its end. */
export function KeyEntry({ apiKey, onSecret }: { apiKey: Key; onSecret: (secret: KeySecret) => void }) {
  const { t } = useTranslation("settings");
  const saying = useSaying();
  const rotate = useRotateKey();
  const revoke = useRevokeKey();
  const { key_id, name, state } = apiKey;
  const isActive = state === "active";
  return (
    <Entry
      title={<span dir="auto">{name}</span>}
      badge={!isActive && <Badge tone="warn">{t(`keys.${state as "expired" | "revoked"}`)}</Badge>}
      actions={
        isActive && (
          <>
            <AskFirst
              label={t("keys.rotate")}
              question={t("keys.rotateAsk", { name })}
              disabled={rotate.isPending}
              onYes={() =>
                rotate.mutate(
                  { key_id, grace_seconds: GRACE_SECONDS },
                  { onSuccess: onSecret, onError: (error) => saying.failed(error) },
                )
              }
            >
              <p>{t("keys.rotateExplained")}</p>
            </AskFirst>
            <AskFirst
              isDanger
              label={t("keys.revoke")}
              question={t("keys.revokeAsk", { name })}
              disabled={revoke.isPending}
              onYes={() =>
                revoke.mutate(key_id, {
                  onSuccess: () => saying.done(t("keys.revokedNow", { name })),
                  onError: (error) => saying.failed(error),
                })
              }
            >
              <p>{t("keys.revokeExplained")}</p>
            </AskFirst>
          </>
        )
      }
    >
      <p className={styles.facts}>
        <code>{apiKey.prefix}…</code>
        <span>{apiKey.scopes.map((it) => t(`scopes.${it}`)).join(", ")}</span>
      </p>
      <p className={styles.facts}>
        <span>
          {t("keys.used")} <When at={apiKey.last_used_at} />
        </span>
        {isActive && apiKey.expires_at && (
          <span>
            {t("keys.ends")} <When at={apiKey.expires_at} />
          </span>
        )}
      </p>
    </Entry>
  );
}
