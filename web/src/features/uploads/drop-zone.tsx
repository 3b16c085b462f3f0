import { useParams } from "@tanstack/react-router";
import { ImagePlus } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { offerFiles } from "@/lib/adding";
import { useSaying } from "@/ui/toasts";
import styles from "./drop-zone.module.css";
import { filesOf } from "./dropped";

/** The whole window takes files that are dropped on it, and says so while they hover. */
export function DropZone({ isAllowed }: { isAllowed: boolean }) {
  const { t } = useTranslation("uploads");
  const isOver = useDrops();
  if (!isOver) return null;
  return (
    <div className={styles.zone} role="status">
      <div className={styles.sign}>
        <ImagePlus aria-hidden />
        <p>{t(isAllowed ? "drop" : "mayNot")}</p>
      </div>
    </div>
  );
}

function useDrops(): boolean {
  const { failed } = useSaying();
  const [depth, setDepth] = useState(0);
  // In the room of a gallery they go there, elsewhere into the library.
  const { galleryId } = useParams({ strict: false });
  const gallery = useRef(galleryId);
  useEffect(() => {
    gallery.current = galleryId;
  });
  useEffect(() => {
    // A picture of the page that is dragged also calls itself a file.
    let isOurs = false;
    const brings = (event: DragEvent) => !isOurs && event.dataTransfer?.types.includes("Files") === true;
    const hear: Partial<Record<keyof WindowEventMap, (event: DragEvent) => void>> = {
      dragstart: () => (isOurs = true),
      dragend: () => (isOurs = false),
      dragenter: (event) => brings(event) && setDepth((it) => it + 1),
      dragleave: (event) => brings(event) && setDepth((it) => Math.max(0, it - 1)),
      dragover: (event) => {
        if (!brings(event)) return;
        event.preventDefault();
        if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      },
      drop: (event) => {
        setDepth(0);
        if (!brings(event) || !event.dataTransfer) return;
        event.preventDefault();
        const to = gallery.current === undefined ? {} : { galleryId: Number(gallery.current) };
        filesOf(event.dataTransfer).then((files) => offerFiles({ files, ...to }), failed);
      },
    };
    const all = Object.entries(hear) as [string, EventListener][];
    for (const [name, listener] of all) window.addEventListener(name, listener);
    return () => all.forEach(([name, listener]) => window.removeEventListener(name, listener));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is said does not change how drops are heard
  }, []);
  return depth > 0;
}
