import { Link } from "@tanstack/react-router";
import { Image, Link as LinkIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Gallery } from "@/api/galleries";
import { thumbnailOf } from "@/lib/media";
import styles from "./galleries.module.css";
import { Analysis } from "./analysis";
import { Ending } from "./ending";

export function GalleryCard({ gallery }: { gallery: Gallery }) {
  const { t, i18n } = useTranslation("galleries");
  return (
    <li className={styles.card}>
      <div className={styles.cover}>
        {gallery.cover ? (
          <img src={thumbnailOf(gallery.cover)} alt="" loading="lazy" />
        ) : (
          <Image aria-hidden />
        )}
      </div>
      <div className={styles.about}>
        <h2>
          <Link
            to="/galleries/$galleryId"
            params={{ galleryId: String(gallery.gallery_id) }}
            className={styles.title}
            dir="auto"
          >
            {gallery.title}
          </Link>
        </h2>
        <p className={styles.facts}>
          <span>
            {t("photos", {
              count: gallery.photo_count,
              shown: gallery.photo_count.toLocaleString(i18n.language),
            })}
          </span>
          {gallery.share_count > 0 && (
            <span>
              <LinkIcon aria-hidden /> {t("links", { count: gallery.share_count })}
            </span>
          )}
          <Ending gallery={gallery} />
        </p>
        <Analysis gallery={gallery} />
      </div>
    </li>
  );
}
