import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { GuestGallery } from "@/api/guest";
import styles from "./guest.module.css";

/** What is kept of a guest, and for how long. */
export function Stored({ gallery }: { gallery: GuestGallery }) {
  const { t, i18n } = useTranslation("guest");
  const until =
    gallery.expires_at &&
    new Date(gallery.expires_at).toLocaleDateString(i18n.language, {
      day: "numeric",
      month: "long",
      year: "numeric",
    });
  return (
    <p className={styles.stored}>
      <ShieldCheck aria-hidden />
      <span>
        {until ? t("stored.until", { date: until }) : t("stored.open")}{" "}
        {gallery.only_own ? t("stored.onlyOwn") : t("stored.everybody")}
      </span>
    </p>
  );
}
