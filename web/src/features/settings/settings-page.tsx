import { Link, Outlet, type LinkProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay, type Scope } from "@/api/session";
import type { en } from "@/locales/en";
import styles from "./settings-page.module.css";

interface Tab {
  to: LinkProps["to"];
  name: keyof (typeof en)["settings"]["tabs"];
  needs?: Scope;
}

const TABS: readonly Tab[] = [
  { to: "/settings", name: "appearance" },
  { to: "/settings/packs", name: "packs", needs: "read" },
  { to: "/settings/keys", name: "keys", needs: "admin" },
  { to: "/settings/webhooks", name: "webhooks", needs: "admin" },
  { to: "/settings/audit", name: "audit", needs: "admin" },
  { to: "/settings/about", name: "about", needs: "read" },
];

/** How Kith is set up, a tab for each part; those a key may not see are not there. */
export function SettingsPage() {
  const { t } = useTranslation(["settings", "common"]);
  const may = { read: useMay("read"), admin: useMay("admin") };
  const tabs = TABS.filter(({ needs }) => !needs || may[needs as keyof typeof may]);
  return (
    <div className={styles.page}>
      <h1>{t("common:rooms.settings")}</h1>
      <nav className={styles.tabs} aria-label={t("label")}>
        {tabs.map(({ to, name }) => (
          <Link
            key={name}
            to={to}
            className={styles.tab}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {t(`tabs.${name}`)}
          </Link>
        ))}
        {/* The bar of a phone has no room for it. */}
        {may.read && (
          <Link to="/jobs" className={[styles.tab, styles.onPhones].join(" ")}>
            {t("common:rooms.jobs")}
          </Link>
        )}
      </nav>
      <Outlet />
    </div>
  );
}
