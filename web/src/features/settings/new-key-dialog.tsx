import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCreateKey, type KeySecret } from "@/api/keys";
import type { Scope } from "@/api/session";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { CheckField, SelectField, TextField } from "@/ui/field";
import styles from "./settings-page.module.css";

const SCOPES: readonly Scope[] = ["read", "search", "index", "manage", "admin"];
// Without these nobody could make another key.
const NEEDED: readonly Scope[] = ["read", "admin"];
const DAYS = [30, 90, 365] as const;

interface NewKeyProps {
  isOpen: boolean;
  /** From the first key on, browsers too have to show one. */
  isFirst: boolean;
  onClose: () => void;
  onMade: (secret: KeySecret) => void;
}

export function NewKeyDialog({ isOpen, isFirst, onClose, onMade }: NewKeyProps) {
  const { t } = useTranslation("settings");
  return (
    <Dialog title={t("keys.make")} isOpen={isOpen} onClose={onClose}>
      {isFirst && <p>{t("keys.first")}</p>}
      <KeyForm onMade={onMade} isFirst={isFirst} />
    </Dialog>
  );
}

function KeyForm({ isFirst, onMade }: Pick<NewKeyProps, "isFirst" | "onMade">) {
  const { t } = useTranslation("settings");
  const { t: tCommon } = useTranslation();
  const create = useCreateKey();
  const [name, setName] = useState("");
  // Who makes the first key still wants to make others.
  const [scopes, setScopes] = useState<readonly Scope[]>(isFirst ? SCOPES : ["read"]);
  const [days, setDays] = useState(0);
  const toggle = (scope: Scope) =>
    setScopes(scopes.includes(scope) ? scopes.filter((it) => it !== scope) : [...scopes, scope]);
  const go = () => {
    const expires_at = days > 0 ? new Date(Date.now() + days * 86_400_000).toISOString() : null;
    create.mutate({ name, scopes: [...scopes], expires_at }, { onSuccess: onMade });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <TextField
        label={t("keys.name")}
        hint={t("keys.nameHint")}
        dir="auto"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
        problem={create.isError ? describeProblem(create.error, tCommon) : null}
      />
      <fieldset className={styles.checks}>
        <legend>{t("mayDo")}</legend>
        {SCOPES.map((it) => (
          <CheckField
            key={it}
            label={t(`scopes.${it}`)}
            hint={t(`scopesExplained.${it}`)}
            checked={scopes.includes(it)}
            disabled={isFirst && NEEDED.includes(it)}
            onChange={() => toggle(it)}
          />
        ))}
      </fieldset>
      <SelectField
        label={t("keys.lasts")}
        value={days}
        onChange={(event) => setDays(Number(event.target.value))}
      >
        <option value={0}>{t("keys.forever")}</option>
        {DAYS.map((it) => (
          <option key={it} value={it}>
            {t("keys.days", { count: it })}
          </option>
        ))}
      </SelectField>
      <Button type="submit" look="primary" disabled={create.isPending || scopes.length === 0}>
        {t("keys.makeIt")}
      </Button>
    </form>
  );
}
