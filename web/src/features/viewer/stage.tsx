import { useRef, type ReactNode } from "react";
import type { PhotoItem } from "@/api/photos";
import type { Size } from "@/lib/zoom";
import { Picture } from "./picture";
import styles from "./stage.module.css";
import { useGestures } from "./use-gestures";
import { useSize } from "./use-size";
import { useView } from "./use-view";
import { useZoomKeys } from "./use-zoom-keys";

interface StageProps {
  photo: PhotoItem;
  name: string;
  /** Fingers and wheel do something else now. */
  isBusy: boolean;
  onSwipe: (step: 1 | -1) => void;
  onDown: () => void;
  /** What lies over the photo, placed by its own ratios. */
  children: ReactNode;
}

/** Where a photo is seen: all of it, or as near as one likes. */
export function Stage(props: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const size = useSize(stage);
  return (
    <div ref={stage} className={styles.stage}>
      {size && size.width > 0 && <Seen key={props.photo.photo_id} {...props} size={size} />}
    </div>
  );
}

function Seen({ photo, name, isBusy, onSwipe, onDown, children, size }: StageProps & { size: Size }) {
  const frame = useRef<HTMLDivElement>(null);
  const seen = useView({ width: photo.width_px, height: photo.height_px }, size);
  const { drag, handlers } = useGestures({ stage: frame, seen, isOff: isBusy, onSwipe, onDown });
  useZoomKeys(seen);
  const { view, fitted } = seen;
  const [width, height] = [fitted.width * view.scale, fitted.height * view.scale];
  const left = (size.width - width) / 2 + view.x + (view.scale > 1 ? 0 : drag.x);
  const top = (size.height - height) / 2 + view.y + (view.scale > 1 ? 0 : Math.max(0, drag.y));
  return (
    <div ref={frame} className={styles.frame} data-zoomed={view.scale > 1} {...handlers}>
      <div className={styles.photo} style={{ width, height, transform: `translate(${left}px, ${top}px)` }}>
        <Picture photo={photo} name={name} shownPx={Math.max(width, height)} />
        {children}
      </div>
    </div>
  );
}
