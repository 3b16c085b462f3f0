import { Link, Outlet, useMatchRoute, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AnalysisLine } from "./analysis-line";
import { useShortcuts } from "@/lib/shortcuts";
import { ROOMS } from "./rooms";
import styles from "./shell.module.css";

/** What stands around the rooms of the owner: the way to the others. */
export function Shell() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  // The room of search takes the same key into its box.
  const isSearching = useMatchRoute()({ to: "/search" }) !== false;
  useShortcuts(
    [{ keys: "/", label: t("rooms.search"), run: () => void navigate({ to: "/search" }) }],
    !isSearching,
  );
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t("skipToContent")}
      </a>
      <nav className={styles.rooms} aria-label={t("rooms.label")}>
        <Link to="/" className={styles.brand}>
          <img src="/assets/icon.svg" alt="" width={28} height={28} />
          <span>{t("app")}</span>
        </Link>
        <ul>
          {ROOMS.map(({ to, name, icon: Icon, isAside }) => (
            <li key={name} data-aside={isAside}>
              <Link
                to={to}
                className={styles.room}
                activeOptions={{ exact: to === "/", includeSearch: false }}
              >
                <Icon aria-hidden />
                <span>{t(`rooms.${name}`)}</span>
              </Link>
            </li>
          ))}
        </ul>
        <AnalysisLine />
      </nav>
      <main id="content" className={styles.content} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
