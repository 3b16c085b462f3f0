import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Photo } from "@/api/photos";
import { bytes, camera, coordinates, pixels } from "./facts";
import styles from "./info-panel.module.css";

/** What the file itself says, and where it is. */
export function Facts({ photo }: { photo: Photo }) {
  const { t, i18n } = useTranslation("viewer");
  const { exif, files } = photo;
  const language = i18n.language;
  const place =
    exif.latitude != null && exif.longitude != null
      ? coordinates(exif.latitude, exif.longitude, language)
      : null;
  const height = exif.altitude_m != null ? t("info.altitude", { metres: Math.round(exif.altitude_m) }) : null;
  const facts: readonly (readonly [string, string | null])[] = [
    [t("info.camera"), camera(exif.make ?? null, exif.model ?? null)],
    [t("info.size"), pixels(photo.width_px, photo.height_px, language)],
    [t("info.file"), [photo.original_name, bytes(photo.size_bytes, language), photo.media_type].join("\n")],
    [t("info.place"), [place, height].filter(Boolean).join(" · ") || null],
    [t("info.gallery"), photo.gallery.title],
    [t("info.places", { count: files.length }), files.map((it) => it.location).join("\n") || null],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(
        ([name, value]) =>
          value && (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </Fragment>
          ),
      )}
    </dl>
  );
}
