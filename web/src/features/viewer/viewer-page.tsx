import { useQuery } from "@tanstack/react-query";
import { useParams, useRouter } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { photoQuery } from "@/api/photos";
import { previewOf } from "@/lib/media";
import { useShortcuts } from "@/lib/shortcuts";
import { IconButton } from "@/ui/button";
import { Failed, Waiting } from "@/ui/states";

/** One photo, alone. */
export function ViewerPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const { photoId } = useParams({ from: "/owner/photos/$photoId" });
  const photo = useQuery(photoQuery(Number(photoId)));
  const close = () =>
    router.history.canGoBack() ? router.history.back() : void router.navigate({ to: "/" });
  useShortcuts([{ keys: "Escape", label: t("close"), run: close }]);
  if (photo.isPending) return <Waiting />;
  if (photo.isError) return <Failed error={photo.error} retry={() => void photo.refetch()} />;
  return (
    <main>
      <IconButton label={t("close")} icon={<X />} onClick={close} />
      <img src={previewOf(photo.data)} alt={photo.data.title ?? photo.data.original_name} />
    </main>
  );
}
