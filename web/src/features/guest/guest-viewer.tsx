import { ChevronLeft, ChevronRight, Download, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { GuestPhoto } from "@/api/guest";
import { guestPictureOf } from "@/lib/media";
import { useShortcuts } from "@/lib/shortcuts";
import { ButtonLink, IconButton } from "@/ui/button";
import styles from "./viewer.module.css";

interface ViewerProps {
  token: string;
  photos: readonly GuestPhoto[];
  open: number | null;
  downloads: boolean;
  onShow: (photoId: number) => void;
  onClose: () => void;
}

/** One photo after the other on black; swiped, or by the arrows. */
export function GuestViewer(props: ViewerProps) {
  const index = props.photos.findIndex((it) => it.photo_id === props.open);
  const photo = props.photos[index];
  if (photo === undefined) return null;
  return <Stage {...props} index={index} photo={photo} />;
}

// So many on both sides are there already when somebody swipes on.
const NEAR = 1;

function Stage({
  token,
  photos,
  photo,
  index,
  downloads,
  onShow,
  onClose,
}: ViewerProps & { photo: GuestPhoto; index: number }) {
  const { t } = useTranslation(["guest", "common"]);
  const dialog = useRef<HTMLDialogElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const shown = useRef(-1);
  const go = (to: number) => {
    const next = photos[to];
    if (next) onShow(next.photo_id);
  };
  useEffect(() => {
    const it = dialog.current;
    it?.showModal();
    it?.focus();
    return () => it?.close();
  }, []);
  // The strip follows the address, and the address follows where the strip was swiped to.
  useEffect(() => {
    const it = strip.current;
    if (!it || shown.current === index) return;
    const isFar = shown.current < 0 || Math.abs(shown.current - index) > 1;
    shown.current = index;
    it.scrollTo({ left: index * it.clientWidth, behavior: isFar ? "instant" : "auto" });
  }, [index]);
  useShortcuts([
    { keys: "ArrowRight", label: t("viewer.next"), run: () => go(index + 1) },
    { keys: "ArrowLeft", label: t("viewer.previous"), run: () => go(index - 1) },
  ]);
  const settle = () => {
    const it = strip.current;
    if (!it) return;
    const to = Math.round(it.scrollLeft / it.clientWidth);
    if (to === index || Math.abs(it.scrollLeft - to * it.clientWidth) > 2) return;
    shown.current = to;
    go(to);
  };
  return (
    <dialog
      ref={dialog}
      className={styles.viewer}
      aria-label={t("viewer.label")}
      tabIndex={-1}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div ref={strip} className={styles.strip} onScroll={settle}>
        {photos.map((it, at) => (
          <div key={it.photo_id} className={styles.slide} inert={at !== index}>
            {Math.abs(at - index) <= NEAR && (
              <img
                src={guestPictureOf(token, it, "preview")}
                alt={it.name}
                width={it.width_px}
                height={it.height_px}
                style={{ backgroundImage: `url("${guestPictureOf(token, it, "thumbnail")}")` }}
                draggable={false}
              />
            )}
          </div>
        ))}
      </div>
      <div className={styles.top}>
        <span aria-live="polite">{t("viewer.place", { place: index + 1, total: photos.length })}</span>
        {downloads && (
          <ButtonLink
            look="quiet"
            icon={<Download />}
            href={guestPictureOf(token, photo, "file")}
            download={photo.name}
          >
            {t("viewer.download")}
          </ButtonLink>
        )}
        <IconButton label={t("common:close")} icon={<X />} onClick={onClose} />
      </div>
      {index > 0 && (
        <IconButton
          className={styles.previous}
          label={t("viewer.previous")}
          icon={<ChevronLeft />}
          onClick={() => go(index - 1)}
        />
      )}
      {index < photos.length - 1 && (
        <IconButton
          className={styles.next}
          label={t("viewer.next")}
          icon={<ChevronRight />}
          onClick={() => go(index + 1)}
        />
      )}
    </dialog>
  );
}
