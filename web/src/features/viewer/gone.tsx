import { Link } from "@tanstack/react-router";
import { ImageOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Empty, Failed } from "@/ui/states";
import styles from "./viewer-page.module.css";

interface GoneProps {
  error: unknown;
  retry: () => void;
  close: () => void;
}

/** In place of a photo that cannot be shown. */
export function Gone({ error, retry, close }: GoneProps) {
  const { t } = useTranslation("viewer");
  const isGone = error === null || (error instanceof Problem && [404, 422].includes(error.status));
  return (
    <main id="content" className={styles.viewer} data-theme="dark">
      <div className={styles.gone}>
        {isGone ? (
          <Empty icon={<ImageOff />} title={t("gone.title")}>
            <p>{t("gone.explain")}</p>
            <Link to="/">{t("gone.home")}</Link>
          </Empty>
        ) : (
          <>
            <Failed error={error} retry={retry} />
            <Button look="quiet" onClick={close}>
              {t("gone.back")}
            </Button>
          </>
        )}
      </div>
    </main>
  );
}
