import { Camera as CameraIcon, ImageUp, ScanFace } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSelfie, type Selfie } from "@/api/guest";
import { shrink } from "@/lib/picture";
import { OFFLINE, Problem, describeProblem } from "@/lib/problem";
import { useObjectUrl } from "@/lib/use-object-url";
import { Button } from "@/ui/button";
import { FaceChoice } from "@/ui/face-choice";
import { PictureButton } from "@/ui/picture-button";
import { Camera, hasCamera } from "./camera";
import styles from "./selfie.module.css";

interface StepProps {
  token: string;
  hasFoundNothing: boolean;
  onFound: (selfie: Selfie) => void;
  /** Back to the photos, where there are some. */
  onClose: (() => void) | null;
}

/** Asks a guest for a selfie and looks for them by it. */
export function SelfieStep({ token, hasFoundNothing, onFound, onClose }: StepProps) {
  const { t } = useTranslation(["guest", "common"]);
  const [isFilming, setFilming] = useState(false);
  const [picture, setPicture] = useState<Blob | null>(null);
  const [isPreparing, setPreparing] = useState(false);
  const url = useObjectUrl(picture);
  const selfie = useSelfie(token);

  const look = (it: Blob, face: number | null) =>
    selfie.mutate(
      { picture: it, face },
      {
        onSuccess: (found) => {
          if (found.needs_choice) return;
          setPicture(null);
          onFound(found);
        },
      },
    );
  const take = async (file: Blob) => {
    setFilming(false);
    selfie.reset();
    setPreparing(true);
    const small = await shrink(file);
    setPreparing(false);
    setPicture(small);
    look(small, null);
  };
  const again = () => {
    selfie.reset();
    setPicture(null);
  };

  if (isFilming) {
    return <Camera onTaken={(it) => void take(it)} onClose={() => setFilming(false)} />;
  }
  if (isPreparing || (picture && selfie.isPending)) {
    return (
      <section className={styles.step} role="status">
        <div className={styles.looking}>{url ? <img src={url} alt="" /> : <ScanFace aria-hidden />}</div>
        <h2>{t("selfie.looking")}</h2>
        <p className={styles.soft}>{t("selfie.lookingLong")}</p>
      </section>
    );
  }
  if (picture && url && selfie.data?.needs_choice) {
    return (
      <section className={styles.step}>
        <h2>{t("selfie.which")}</h2>
        <p className={styles.soft}>{t("selfie.whichExplained", { count: selfie.data.faces.length })}</p>
        <FaceChoice
          src={url}
          alt={t("selfie.yours")}
          faces={selfie.data.faces}
          nameOf={(place) => t("selfie.face", { place })}
          onChoose={(face) => look(picture, face)}
        />
        <Button onClick={again}>{t("selfie.other")}</Button>
      </section>
    );
  }
  return (
    <section className={styles.step}>
      <Said error={selfie.error} url={url} hasFoundNothing={hasFoundNothing} />
      <div className={styles.ways}>
        {picture && isPassing(selfie.error) && (
          <Button look="primary" onClick={() => look(picture, null)}>
            {t("common:retry")}
          </Button>
        )}
        {hasCamera() ? (
          <Button look="primary" icon={<CameraIcon />} onClick={() => setFilming(true)}>
            {t("selfie.take")}
          </Button>
        ) : (
          <PictureButton isCamera look="primary" icon={<CameraIcon />} onPick={(it) => void take(it)}>
            {t("selfie.take")}
          </PictureButton>
        )}
        <PictureButton icon={<ImageUp />} onPick={(it) => void take(it)}>
          {t("selfie.choose")}
        </PictureButton>
        {onClose && (
          <Button look="quiet" onClick={onClose}>
            {t("selfie.back")}
          </Button>
        )}
      </div>
    </section>
  );
}

interface SaidProps {
  error: unknown;
  url: string | null;
  hasFoundNothing: boolean;
}

/** What became of the last picture, or what to do first. */
function Said({ error, url, hasFoundNothing }: SaidProps) {
  const { t } = useTranslation("guest");
  const { t: common } = useTranslation();
  if (error) {
    const isFaceless = error instanceof Problem && error.code === "no_face";
    return (
      <div role="alert" className={styles.said}>
        {url && <img className={styles.last} src={url} alt={t("selfie.yours")} />}
        <h2>{isFaceless ? t("selfie.noFace") : t("selfie.failed")}</h2>
        <p className={styles.soft}>
          {isFaceless
            ? t("selfie.noFaceExplained")
            : isOffline(error)
              ? t("offline.explained")
              : describeProblem(error, common)}
        </p>
      </div>
    );
  }
  return (
    <div className={styles.said} role={hasFoundNothing ? "alert" : undefined}>
      <ScanFace className={styles.sign} aria-hidden />
      <h2>{hasFoundNothing ? t("selfie.nothing") : t("selfie.title")}</h2>
      <p className={styles.soft}>{hasFoundNothing ? t("selfie.nothingExplained") : t("selfie.explained")}</p>
    </div>
  );
}

function isOffline(error: unknown): boolean {
  return error instanceof Problem && error.code === OFFLINE;
}

/** Whether the same picture may do later. */
function isPassing(error: unknown): boolean {
  return error instanceof Problem && [0, 429, 502, 503, 504].includes(error.status);
}
