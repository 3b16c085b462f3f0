import { FolderPlus, ImagePlus } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { mayBePhoto, offerFiles } from "@/lib/adding";
import styles from "./add-photos.module.css";
import { Button, IconButton } from "./button";

interface AddProps {
  galleryId?: number;
  look?: "plain" | "primary";
  /** With words on the button for folders too. */
  isWordy?: boolean;
}

/** Buttons that ask for files, or a whole folder, to add. */
export function AddPhotos({ galleryId, look = "plain", isWordy = false }: AddProps) {
  const { t } = useTranslation();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement, isFolder: boolean) => {
    const chosen = [...(input.files ?? [])].filter((it) => !isFolder || mayBePhoto(it.name));
    offerFiles({ files: chosen, ...(galleryId !== undefined && { galleryId }) });
    // The same files may be chosen again.
    input.value = "";
  };
  const openFolder = () => folder.current?.click();
  return (
    <div className={styles.add}>
      <Button look={look} icon={<ImagePlus />} onClick={() => files.current?.click()}>
        {t("add.photos")}
      </Button>
      {isWordy ? (
        <Button className={styles.folder} icon={<FolderPlus />} onClick={openFolder}>
          {t("add.folder")}
        </Button>
      ) : (
        <IconButton
          className={styles.folder}
          label={t("add.folder")}
          icon={<FolderPlus />}
          onClick={openFolder}
        />
      )}
      <input
        ref={files}
        hidden
        type="file"
        multiple
        data-adds="files"
        accept="image/*,.heic,.heif,.avif,.jxl,.dng,.cr2,.cr3,.nef,.arw,.raf,.orf,.rw2"
        onChange={(event) => take(event.target, false)}
      />
      <input
        ref={folder}
        hidden
        type="file"
        multiple
        data-adds="folder"
        {...{ webkitdirectory: "" }}
        onChange={(event) => take(event.target, true)}
      />
    </div>
  );
}
