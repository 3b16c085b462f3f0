import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keysQuery, type KeySecret } from "@/api/keys";
import { Button } from "@/ui/button";
import { Entries, Section } from "@/ui/section";
import { Empty, Failed, Waiting } from "@/ui/states";
import { KeyEntry } from "./key-entry";
import { NewKeyDialog } from "./new-key-dialog";
import { SecretDialog } from "./secret-dialog";

/** Who may speak to Kith, and what they may do. */
export function KeysPage() {
  const { t } = useTranslation("settings");
  const keys = useQuery(keysQuery);
  const [isMaking, setMaking] = useState(false);
  const [shown, setShown] = useState<KeySecret | null>(null);
  // A list that cannot be read anew does not take a secret from the page.
  if (keys.isLoadingError) return <Failed error={keys.error} retry={() => void keys.refetch()} />;
  if (keys.isPending) return <Waiting />;
  // Those that are over come last.
  const sorted = [...keys.data].sort(
    (a, b) => Number(a.state !== "active") - Number(b.state !== "active") || b.key_id - a.key_id,
  );
  return (
    <Section
      title={t("tabs.keys")}
      explain={t("keys.explain")}
      actions={
        <Button look="primary" icon={<Plus />} onClick={() => setMaking(true)}>
          {t("keys.make")}
        </Button>
      }
    >
      {sorted.length === 0 ? (
        <Empty icon={<KeyRound />} title={t("keys.none")}>
          <p>{t("keys.noneNext")}</p>
        </Empty>
      ) : (
        <Entries>
          {sorted.map((it) => (
            <KeyEntry key={it.key_id} apiKey={it} onSecret={setShown} />
          ))}
        </Entries>
      )}
      <NewKeyDialog
        isFirst={!keys.data.some((it) => it.state === "active")}
        isOpen={isMaking}
        onClose={() => setMaking(false)}
        onMade={(secret) => {
          setMaking(false);
          setShown(secret);
        }}
      />
      <SecretDialog shown={shown} onClose={() => setShown(null)} />
    </Section>
  );
}
