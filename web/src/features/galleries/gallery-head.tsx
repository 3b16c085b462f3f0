import { Link } from "@tanstack/react-router";
import { ChevronLeft, FolderInput, Pencil, Share2, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Gallery } from "@/api/galleries";
import { AddPhotos } from "@/ui/add-photos";
import { Button, IconButton } from "@/ui/button";
import { Analysis } from "./analysis";
import { DeleteGallery } from "./delete-gallery";
import { Ending } from "./ending";
import { FromStorage, Intake } from "./from-storage";
import styles from "./galleries.module.css";
import { EditGallery } from "./gallery-form";

type Open = "edit" | "storage" | "delete" | null;

export function GalleryHead({ gallery, onShare }: { gallery: Gallery; onShare: () => void }) {
  const { t, i18n } = useTranslation(["galleries", "common"]);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const isOver = gallery.expired_at !== null;
  return (
    <header className={styles.galleryHead}>
      <Link to="/galleries" className={styles.back}>
        <ChevronLeft aria-hidden /> {t("common:rooms.galleries")}
      </Link>
      <div className={styles.head}>
        <h1 dir="auto">{gallery.title}</h1>
        <div className={styles.acts}>
          {!isOver && (
            <>
              <Button look="primary" icon={<Share2 />} onClick={onShare}>
                {t("share.open")}
              </Button>
              {gallery.photo_count > 0 && <AddPhotos galleryId={gallery.gallery_id} />}
              <IconButton
                label={t("storage.open")}
                icon={<FolderInput />}
                onClick={() => setOpen("storage")}
              />
              <IconButton label={t("edit")} icon={<Pencil />} onClick={() => setOpen("edit")} />
            </>
          )}
          <IconButton label={t("delete.open")} icon={<Trash2 />} onClick={() => setOpen("delete")} />
        </div>
      </div>
      {gallery.words && (
        <p className={styles.words} dir="auto">
          {gallery.words}
        </p>
      )}
      <p className={styles.facts}>
        <span>
          {t("photos", {
            count: gallery.photo_count,
            shown: gallery.photo_count.toLocaleString(i18n.language),
          })}
        </span>
        <Ending gallery={gallery} />
      </p>
      {isOver && <p className={styles.note}>{t("endedExplained")}</p>}
      <Analysis gallery={gallery} />
      {gallery.intake && <Intake intake={gallery.intake} />}
      <EditGallery gallery={gallery} isOpen={open === "edit"} onClose={close} />
      <FromStorage gallery={gallery} isOpen={open === "storage"} onClose={close} />
      <DeleteGallery gallery={gallery} isOpen={open === "delete"} onClose={close} />
    </header>
  );
}
