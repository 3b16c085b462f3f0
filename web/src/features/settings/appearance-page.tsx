import { useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useTranslation } from "react-i18next";
import { sessionQuery, useSignOut } from "@/api/session";
import { Button } from "@/ui/button";
import { Badge, Section } from "@/ui/section";
import { useSaying } from "@/ui/toasts";
import { AppearanceFields } from "./appearance-fields";
import styles from "./settings-page.module.css";

/** What concerns this browser alone: how it shows Kith, and by which key it is here. */
export function AppearancePage() {
  const { t } = useTranslation("settings");
  return (
    <>
      <Section title={t("browser")}>
        <div className={styles.form}>
          <AppearanceFields />
        </div>
      </Section>
      <SignedIn />
    </>
  );
}

function SignedIn() {
  const { t } = useTranslation(["settings", "common"]);
  const session = useQuery(sessionQuery);
  const signOut = useSignOut();
  const saying = useSaying();
  if (!session.data) return null;
  const { needs_key, scopes, tenant } = session.data;
  return (
    <Section title={t("access")} explain={t(needs_key ? "accessByKey" : "accessOpen")}>
      <ul className={styles.scopes} aria-label={t("mayDo")}>
        {scopes.map((it) => (
          <li key={it}>
            <Badge tone="good">{t(`scopes.${it}`)}</Badge>
          </li>
        ))}
        {tenant && tenant !== "default" && (
          <li>
            <Badge>{t("tenant", { slug: tenant })}</Badge>
          </li>
        )}
      </ul>
      {needs_key && (
        <Button
          icon={<LogOut />}
          disabled={signOut.isPending}
          onClick={() => signOut.mutate(undefined, { onError: (error) => saying.failed(error) })}
        >
          {t("common:signIn.out")}
        </Button>
      )}
    </Section>
  );
}
