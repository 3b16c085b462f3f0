import { useTranslation } from "react-i18next";
import { AppearanceFields } from "./appearance-fields";
import styles from "./settings-page.module.css";

export function SettingsPage() {
  const { t } = useTranslation();
  return (
    <div className={styles.page}>
      <h1>{t("rooms.settings")}</h1>
      <AppearanceFields />
    </div>
  );
}
