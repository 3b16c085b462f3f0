import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ShortcutSheet } from "@/ui/shortcut-sheet";
import { Toasts } from "@/ui/toasts";
import { ROOMS } from "./rooms";
import styles from "./shell.module.css";

/** What stands around every room of the owner: the way to the others, messages, the sheet of keys. */
export function Shell() {
  const { t } = useTranslation();
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
              <Link to={to} className={styles.room} activeOptions={{ exact: to === "/" }}>
                <Icon aria-hidden />
                <span>{t(`rooms.${name}`)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content" className={styles.content} tabIndex={-1}>
        <Outlet />
      </main>
      <ShortcutSheet />
      <Toasts />
    </div>
  );
}
