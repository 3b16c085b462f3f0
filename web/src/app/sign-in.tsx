import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSignIn } from "@/api/session";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import styles from "./sign-in.module.css";

/** Asks for a key where the server wants one. */
export function SignIn() {
  const { t } = useTranslation();
  const [key, setKey] = useState("");
  const signIn = useSignIn();
  return (
    <main className={styles.page}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate(key.trim());
        }}
      >
        <KeyRound className={styles.icon} aria-hidden />
        <h1>{t("signIn.title")}</h1>
        <p>{t("signIn.explain")}</p>
        <TextField
          label={t("signIn.key")}
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          required
          value={key}
          onChange={(event) => setKey(event.target.value)}
          problem={signIn.isError ? describeProblem(signIn.error, t) : null}
        />
        <Button type="submit" look="primary" disabled={signIn.isPending}>
          {t("signIn.go")}
        </Button>
      </form>
    </main>
  );
}
