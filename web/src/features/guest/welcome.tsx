import { CircleCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useEnter, type GuestGallery } from "@/api/guest";
import { describeProblem, Problem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import styles from "./guest.module.css";
import { Stored } from "./stored";

interface WelcomeProps {
  token: string;
  gallery: GuestGallery;
  isForgotten: boolean;
  onEntered: () => void;
}

/** What a guest is asked before anything is looked for. The text stands in full; the button is the consent. */
export function Welcome({ token, gallery, isForgotten, onEntered }: WelcomeProps) {
  const { t } = useTranslation("guest");
  const { t: common } = useTranslation();
  const [password, setPassword] = useState("");
  const enter = useEnter(token);
  useEffect(() => {
    if (isForgotten) window.scrollTo({ top: 0 });
  }, [isForgotten]);
  const isAboutPassword = enter.error instanceof Problem && enter.error.code === "password_wrong";
  const problem = enter.isError ? describeProblem(enter.error, common) : null;
  return (
    <form
      className={styles.welcome}
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate(gallery.needs_password ? password : null, { onSuccess: onEntered });
      }}
    >
      {isForgotten && (
        <p className={styles.notice} role="status">
          <CircleCheck aria-hidden /> {t("forgotten")}
        </p>
      )}
      <h1 dir="auto">{gallery.title}</h1>
      {gallery.words && (
        <p className={styles.words} dir="auto">
          {gallery.words}
        </p>
      )}
      <section className={styles.consent} aria-labelledby="consent">
        <h2 id="consent">{t("consent.title")}</h2>
        <p className={styles.text} dir="auto">
          {gallery.consent_text}
        </p>
        <Stored gallery={gallery} />
      </section>
      {gallery.needs_password && (
        <TextField
          label={t("password")}
          hint={t("passwordHint")}
          type="password"
          autoComplete="off"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          problem={isAboutPassword ? problem : null}
        />
      )}
      {problem && !isAboutPassword && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      <Button type="submit" look="primary" className={styles.go} disabled={enter.isPending}>
        {t("consent.go")}
      </Button>
      <p className={styles.aside}>{t("consent.otherwise")}</p>
    </form>
  );
}
