import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { ImagePlus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { galleryQuery } from "@/api/galleries";
import { useTimeline } from "@/api/use-timeline";
import { useSelection } from "@/lib/selection";
import { useShortcuts } from "@/lib/shortcuts";
import { ChosenPhotos } from "@/shared/chosen/chosen-photos";
import { AddPhotos } from "@/ui/add-photos";
import { PhotoGrid } from "@/ui/photo-grid/photo-grid";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { Empty, Failed, Waiting } from "@/ui/states";
import styles from "./galleries.module.css";
import { GalleryHead } from "./gallery-head";
import { ShareDialog } from "./share-dialog";

// How far an intake is nobody tells by themselves.
const INTAKE_EVERY_MS = 2_000;

/** One gallery: its photos, and all its owner does with it. */
export function GalleryPage() {
  const { galleryId } = useParams({ from: "/owner/shell/galleries/$galleryId" });
  return <OneGallery key={galleryId} galleryId={Number(galleryId)} />;
}

function OneGallery({ galleryId }: { galleryId: number }) {
  const { t } = useTranslation("galleries");
  const navigate = useNavigate();
  const filter = useMemo(() => ({ gallery_id: galleryId }), [galleryId]);
  const gallery = useQuery({
    ...galleryQuery(galleryId),
    refetchInterval: ({ state }) => (state.data?.intake?.is_done === false ? INTAKE_EVERY_MS : false),
  });
  const { timeline, sections, cameNear } = useTimeline(filter);
  const photos = useMemo(() => sections.flatMap((it) => it.items ?? []), [sections]);
  const selection = useSelection(useMemo(() => photos.map((it) => it.photo_id), [photos]));
  const [current, setCurrent] = useState<PhotoItem | null>(null);
  const [isSharing, setSharing] = useState(false);
  useShortcuts([{ keys: "s", label: t("share.open"), run: () => setSharing(true) }]);

  if (gallery.isError) return <Failed error={gallery.error} retry={() => void gallery.refetch()} />;
  if (gallery.isPending || timeline.isPending) return <Waiting />;
  if (timeline.isError) return <Failed error={timeline.error} retry={() => void timeline.refetch()} />;
  return (
    <div className={styles.page}>
      <GalleryHead gallery={gallery.data} onShare={() => setSharing(true)} />
      {timeline.data.total === 0 && gallery.data.photo_count === 0 ? (
        <Empty icon={<ImagePlus />} title={t("empty.gallery")}>
          <p>{t("empty.galleryNext")}</p>
          <AddPhotos galleryId={galleryId} look="primary" isWordy />
        </Empty>
      ) : (
        <PhotoGrid
          sections={sections}
          hrefOf={(photo) => `/photos/${photo.photo_id}?gallery_id=${galleryId}`}
          onOpen={(photo) =>
            void navigate({
              to: "/photos/$photoId",
              params: { photoId: String(photo.photo_id) },
              search: filter,
            })
          }
          onNear={cameNear}
          onCurrent={setCurrent}
          selection={selection}
        />
      )}
      <ChosenPhotos photos={photos} current={current} selection={selection} />
      <ShareDialog gallery={gallery.data} isOpen={isSharing} onClose={() => setSharing(false)} />
    </div>
  );
}
