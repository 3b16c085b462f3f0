import { Link } from "@tanstack/react-router";
import { Heart, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import type { PhotoFilter } from "@/lib/photo-filter";
import { AddPhotos } from "@/ui/add-photos";
import styles from "./timeline-page.module.css";

interface HeadProps {
  filter: PhotoFilter;
  title: string;
  total: number;
}

export function TimelineHead({ filter, title, total }: HeadProps) {
  const { t, i18n } = useTranslation("timeline");
  const mayAdd = useMay("index");
  return (
    <header className={styles.head}>
      <h1>{title}</h1>
      <p className={styles.total}>
        {t("photos", { count: total, shown: total.toLocaleString(i18n.language) })}
      </p>
      {!filter.trashed && (
        <nav className={styles.filters} aria-label={t("views")}>
          {mayAdd && total > 0 && <AddPhotos />}
          <Link
            to="/"
            search={filter.favourite ? {} : { favourite: true }}
            className={styles.filter}
            aria-pressed={filter.favourite === true}
            role="button"
          >
            <Heart aria-hidden /> {t("favourites")}
          </Link>
          <Link to="/trash" className={styles.filter}>
            <Trash2 aria-hidden /> {t("trash")}
          </Link>
        </nav>
      )}
      {filter.trashed && <p className={styles.note}>{t("trashExplained")}</p>}
    </header>
  );
}
