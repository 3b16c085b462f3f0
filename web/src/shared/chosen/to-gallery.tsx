import { useInfiniteQuery } from "@tanstack/react-query";
import { Image } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  galleriesQuery,
  useCopyToGallery,
  useCreateGallery,
  type Added,
  type Gallery,
} from "@/api/galleries";
import { useTrashPhotos } from "@/api/photos";
import { thumbnailOf } from "@/lib/media";
import { describeProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import { Failed, Progress, Waiting } from "@/ui/states";
import { useSaying } from "@/ui/toasts";
import styles from "./chosen.module.css";

interface ToGalleryProps {
  photos: readonly PhotoItem[];
  onClose: () => void;
  onDone: () => void;
}

/** Asks which gallery photos go into, or makes one for them. */
export function ToGallery({ photos, onClose, onDone }: ToGalleryProps) {
  const { t } = useTranslation("chosen");
  const { put, progress } = usePutting(photos, () => {
    onClose();
    onDone();
  });
  return (
    <Dialog title={t("gallery.put")} isOpen onClose={onClose}>
      <p>{t("gallery.explained")}</p>
      {progress === null ? (
        <>
          <Galleries onChoose={put} />
          <NewGallery onMade={put} />
        </>
      ) : (
        <div className={styles.progress} role="status">
          <Progress done={progress} of={photos.length} label={t("gallery.put")} />
          <span>{t("gallery.putting", { done: progress, count: photos.length })}</span>
        </div>
      )}
    </Dialog>
  );
}

function usePutting(photos: readonly PhotoItem[], onDone: () => void) {
  const { t } = useTranslation("chosen");
  const saying = useSaying();
  const copy = useCopyToGallery();
  const trash = useTrashPhotos();
  const [progress, setProgress] = useState<number | null>(null);
  // What is in the gallery since this was opened, also by a try that failed: all of it can be taken back.
  const added = useRef<number[]>([]);
  const takeBack = (photoIds: readonly number[]) =>
    trash.mutate({ photoIds, to: "trash" }, { onError: (error) => saying.failed(error) });
  const put = async ({ gallery_id: galleryId, title }: Gallery) => {
    const copies: Added[] = [];
    const onCopied = (some: readonly Added[]) => {
      copies.push(...some);
      added.current.push(...some.filter((it) => it.outcome === "added").flatMap((it) => it.photo_id ?? []));
      setProgress(copies.length);
    };
    setProgress(0);
    try {
      await copy.mutateAsync({ galleryId, photoIds: photos.map((it) => it.photo_id), onCopied });
    } catch (error) {
      setProgress(null);
      saying.failed(error);
      return;
    }
    const refused = copies.filter((it) => !it.outcome).length;
    const taken = copies.length - refused;
    const undo = added.current.length > 0 ? () => takeBack(added.current) : undefined;
    if (taken > 0) saying.done(t("done.gallery", { count: taken, title }), undo);
    if (refused > 0) saying.done(t("gallery.failed", { count: refused, title }));
    onDone();
  };
  return { put: (gallery: Gallery) => void put(gallery), progress };
}

function Galleries({ onChoose }: { onChoose: (gallery: Gallery) => void }) {
  const { t, i18n } = useTranslation(["chosen", "galleries", "common"]);
  const galleries = useInfiniteQuery(galleriesQuery);
  if (galleries.isPending) return <Waiting />;
  if (galleries.isError) return <Failed error={galleries.error} retry={() => void galleries.refetch()} />;
  const open = galleries.data.pages.flatMap((it) => it.items).filter((it) => !it.expired_at);
  if (open.length === 0) return <p>{t("gallery.none")}</p>;
  return (
    <ul className={styles.galleries}>
      {open.map((it) => (
        <li key={it.gallery_id}>
          <button type="button" onClick={() => onChoose(it)}>
            {it.cover ? <img src={thumbnailOf(it.cover)} alt="" /> : <Image aria-hidden />}
            <span dir="auto">{it.title}</span>
            <small>
              {t("galleries:photos", {
                count: it.photo_count,
                shown: it.photo_count.toLocaleString(i18n.language),
              })}
            </small>
          </button>
        </li>
      ))}
      {galleries.hasNextPage && (
        <li>
          <Button disabled={galleries.isFetchingNextPage} onClick={() => void galleries.fetchNextPage()}>
            {t("common:more")}
          </Button>
        </li>
      )}
    </ul>
  );
}

function NewGallery({ onMade }: { onMade: (gallery: Gallery) => void }) {
  const { t } = useTranslation("chosen");
  const { t: tCommon } = useTranslation();
  const [title, setTitle] = useState("");
  const make = useCreateGallery();
  const go = () =>
    make.mutate(
      { title, words: "", expires_at: null, delete_photos_on_expiry: false },
      { onSuccess: onMade },
    );
  return (
    <form
      className={styles.new}
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <TextField
        label={t("gallery.new")}
        required
        maxLength={200}
        dir="auto"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        problem={make.error ? describeProblem(make.error, tCommon) : null}
      />
      <Button type="submit" look="primary" disabled={title.trim() === "" || make.isPending}>
        {t("gallery.create")}
      </Button>
    </form>
  );
}
