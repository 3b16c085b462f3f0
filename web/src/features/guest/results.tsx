import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download, ScanFace } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { GuestGallery, GuestPhoto } from "@/api/guest";
import { guestPictureOf, guestZipOf } from "@/lib/media";
import { Button, ButtonLink } from "@/ui/button";
import { PhotoGrid, type GridHandle } from "@/ui/photo-grid/photo-grid";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { GuestViewer } from "./guest-viewer";
import styles from "./guest.module.css";

interface ResultsProps {
  token: string;
  gallery: GuestGallery;
  photos: readonly GuestPhoto[];
  onAgain: () => void;
}

// Addresses have an end; beyond so many the whole gallery is the better download.
const MOST_NAMED = 500;

/** The photos a guest may see: their own, and all others where the owner shows them. */
export function Results({ token, gallery, photos, onAgain }: ResultsProps) {
  const { t } = useTranslation("guest");
  const navigate = useNavigate({ from: "/g/$token" });
  const { photo: open } = useSearch({ from: "/g/$token" });
  const grid = useRef<GridHandle>(null);
  const own = useMemo(() => photos.filter((it) => it.box !== null), [photos]);
  const [wantsAll, setWantsAll] = useState(false);
  const isAll = wantsAll || own.length === 0;
  const shown = isAll ? photos : own;
  const sections = useMemo(() => [{ key: "photos", count: shown.length, items: shown.map(asItem) }], [shown]);
  const show = (photo: number | undefined, replace = false) =>
    void navigate({ search: { photo }, replace, resetScroll: false });
  const zip =
    !isAll && !gallery.only_own && own.length <= MOST_NAMED
      ? guestZipOf(
          token,
          own.map((it) => it.photo_id),
        )
      : guestZipOf(token);
  return (
    <section>
      <div className={styles.bar}>
        <h2 aria-live="polite">
          {own.length > 0 ? t("found", { count: own.length }) : t("all", { count: photos.length })}
        </h2>
        <div className={styles.acts}>
          {own.length > 0 && (
            <Button icon={<ScanFace />} onClick={onAgain}>
              {t("again")}
            </Button>
          )}
          {gallery.downloads && (
            <ButtonLink look="primary" icon={<Download />} href={zip} download>
              {t("downloadAll")}
            </ButtonLink>
          )}
        </div>
      </div>
      {!gallery.only_own && own.length > 0 && (
        <div className={styles.tabs} role="group" aria-label={t("which")}>
          <button type="button" aria-pressed={!isAll} onClick={() => setWantsAll(false)}>
            {t("tabs.own")}
          </button>
          <button type="button" aria-pressed={isAll} onClick={() => setWantsAll(true)}>
            {t("tabs.all", { count: photos.length })}
          </button>
        </div>
      )}
      <PhotoGrid
        handle={grid}
        sections={sections}
        hrefOf={(it) => `?photo=${it.photo_id}`}
        onOpen={(it) => show(it.photo_id)}
        thumbnail={(it) => guestPictureOf(token, it, "thumbnail")}
      />
      <GuestViewer
        token={token}
        photos={shown}
        open={open ?? null}
        downloads={gallery.downloads}
        onShow={(photoId) => show(photoId, true)}
        onClose={() => {
          show(undefined, true);
          if (open !== undefined) grid.current?.showPhoto(open);
        }}
      />
    </section>
  );
}

function asItem(it: GuestPhoto): PhotoItem {
  return {
    photo_id: it.photo_id,
    version: it.version,
    width_px: it.width_px,
    height_px: it.height_px,
    shown_at: it.taken_at ?? "",
    is_favourite: false,
    title: it.name,
  };
}
