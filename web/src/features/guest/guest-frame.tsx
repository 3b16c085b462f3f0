import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, LANGUAGES, type Language } from "@/lib/i18n";
import styles from "./guest.module.css";

/** What stands around a guest's page: nearly nothing, and the language. */
export function GuestFrame({ isOffline, children }: { isOffline: boolean; children: ReactNode }) {
  const { t, i18n } = useTranslation(["guest", "common"]);
  return (
    <div className={styles.frame}>
      <main className={styles.main}>
        {isOffline && (
          <p className={styles.notice} role="status">
            {t("offline.notice")}
          </p>
        )}
        {children}
      </main>
      <footer className={styles.footer}>
        <span className={styles.brand}>
          <img src="/assets/icon.svg" alt="" width={20} height={20} /> {t("common:app")}
        </span>
        <select
          aria-label={t("common:language")}
          value={i18n.language}
          onChange={(event) => void chooseLanguage(event.target.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([tag, name]) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </select>
      </footer>
    </div>
  );
}
