import { useState } from "react";
import type { PhotoItem } from "@/api/photos";
import { fileOf, previewOf, thumbnailOf } from "@/lib/media";
import styles from "./stage.module.css";

// At most so many pixels a side has a preview.
const PREVIEW_PX = 1600;
const SHOWN_BY_BROWSERS = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);

interface PictureProps {
  photo: PhotoItem;
  name: string;
  /** How many pixels of the window its longer side takes. */
  shownPx: number;
}

/** A photo in layers, each sharper than the one below and shown when it is all there. */
export function Picture({ photo, name, shownPx }: PictureProps) {
  const isClose = shownPx * window.devicePixelRatio > PREVIEW_PX * 1.05;
  const hasMore = Math.max(photo.width_px, photo.height_px) > PREVIEW_PX;
  return (
    <>
      <img className={styles.layer} src={thumbnailOf(photo)} alt="" decoding="sync" draggable={false} />
      <Sharper src={previewOf(photo)} alt={name} />
      {isClose && hasMore && SHOWN_BY_BROWSERS.has(photo.media_type) && (
        <Sharper src={fileOf(photo)} alt="" />
      )}
    </>
  );
}

function Sharper({ src, alt }: { src: string; alt: string }) {
  const [isThere, setThere] = useState(false);
  return (
    <img
      className={styles.layer}
      data-there={isThere}
      src={src}
      alt={alt}
      decoding="sync"
      draggable={false}
      onLoad={() => setThere(true)}
    />
  );
}
