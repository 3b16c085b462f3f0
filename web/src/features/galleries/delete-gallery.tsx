import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useDeleteGallery, type Gallery } from "@/api/galleries";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useSaying } from "@/ui/toasts";

interface DeleteProps {
  gallery: Gallery;
  isOpen: boolean;
  onClose: () => void;
}

/** Says what goes, before it goes for good. */
export function DeleteGallery({ gallery, isOpen, onClose }: DeleteProps) {
  const { t } = useTranslation(["galleries", "common"]);
  const navigate = useNavigate();
  const saying = useSaying();
  const erase = useDeleteGallery(gallery.gallery_id);
  const go = () =>
    erase.mutate(undefined, {
      onSuccess: () => {
        saying.done(t("delete.done", { title: gallery.title }));
        void navigate({ to: "/galleries" });
      },
      onError: (error) => saying.failed(error),
    });
  return (
    <Dialog
      title={t("delete.ask")}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="danger" onClick={go} disabled={erase.isPending}>
            {t("delete.go")}
          </Button>
        </>
      }
    >
      <p>{t("delete.photos", { count: gallery.photo_count })}</p>
      {gallery.share_count > 0 && <p>{t("delete.links", { count: gallery.share_count })}</p>}
      <p>{t("delete.forGood")}</p>
    </Dialog>
  );
}
