import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PhotoFace, Whose } from "@/api/decisions";
import { itemOf, photoQuery } from "@/api/photos";
import type { PhotoFilter } from "@/lib/photo-filter";
import { Waiting } from "@/ui/states";
import { DrawBar } from "./draw-bar";
import { DrawLayer } from "./draw-layer";
import { FaceBoxes } from "./face-boxes";
import { longDateTime } from "./facts";
import { Gone } from "./gone";
import { InfoPanel } from "./info-panel";
import { Stage } from "./stage";
import { TopBar } from "./top-bar";
import { useDrawing } from "./use-drawing";
import { useFaces } from "./use-faces";
import { usePhotoActs } from "./use-photo-acts";
import { useShown } from "./use-shown";
import { useViewerKeys } from "./use-viewer-keys";
import { useWay } from "./use-way";
import styles from "./viewer-page.module.css";

interface ViewerProps {
  photoId: number;
  filter: PhotoFilter;
}

/** A photo fills the window; beside it, if wanted, all that is known and can be said of it. */
export function Viewer({ photoId, filter }: ViewerProps) {
  const { t, i18n } = useTranslation("viewer");
  const queries = useQueryClient();
  const query = useQuery({ ...photoQuery(photoId), enabled: photoId > 0 });
  const photo = query.data;
  const item = photo ?? itemOf(queries, photoId);
  const way = useWay(photoId, filter);
  const acts = usePhotoActs(photoId, photo, way);
  const faces = useFaces(photo);
  const drawn = useDrawing(photo);
  const info = useShown("viewer.info", false);
  const boxes = useShown("viewer.faces", true);

  const go = (step: 1 | -1) => {
    const id = step > 0 ? way.nextId : way.previousId;
    if (id) way.show(id);
  };
  const openFace = (face: PhotoFace) => {
    info.set(true);
    faces.light(face.face_id);
    faces.setNaming({ faceId: face.face_id, text: "", problem: null });
  };
  const save = (whose?: Whose) => {
    if (drawn.drawing?.box) faces.acts.draw(photoId, drawn.drawing.box, whose);
    drawn.end();
  };
  const begin = () => {
    if (photo) drawn.begin();
  };
  useViewerKeys({ photo, way, go, acts, faces, info, boxes, draw: begin, openFace });

  if (photoId === 0 || (query.isError && !photo)) {
    return <Gone error={query.error} retry={() => void query.refetch()} close={way.close} />;
  }
  if (!item) {
    return (
      <main id="content" className={styles.viewer} data-theme="dark">
        <Waiting />
      </main>
    );
  }
  const name = item.title ?? t("photoOf", { date: longDateTime(item.shown_at, i18n.language) });
  return (
    <main id="content" className={styles.viewer} data-theme="dark">
      <TopBar
        {...{ item, photo, acts }}
        areFacesShown={boxes.isShown}
        isInfoShown={info.isShown}
        onFaces={boxes.toggle}
        onInfo={info.toggle}
        onDraw={begin}
        onClose={way.close}
      />
      <div className={styles.stage}>
        <Stage photo={item} name={name} isBusy={drawn.drawing !== null} onSwipe={go} onDown={way.close}>
          {!drawn.drawing && <FaceBoxes faces={faces} areShown={boxes.isShown} onOpen={openFace} />}
          <DrawLayer drawn={drawn} />
        </Stage>
        {!drawn.drawing && way.previousId && (
          <button
            type="button"
            className={styles.way}
            data-step="-1"
            aria-label={t("previous")}
            onClick={() => go(-1)}
          >
            <ChevronLeft aria-hidden />
          </button>
        )}
        {!drawn.drawing && way.nextId && (
          <button
            type="button"
            className={styles.way}
            data-step="1"
            aria-label={t("next")}
            onClick={() => go(1)}
          >
            <ChevronRight aria-hidden />
          </button>
        )}
        <DrawBar drawn={drawn} onDone={save} />
      </div>
      {info.isShown && photo && (
        <InfoPanel {...{ photo, faces, acts }} onDraw={begin} onClose={info.toggle} />
      )}
    </main>
  );
}
