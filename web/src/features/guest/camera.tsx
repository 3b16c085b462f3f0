import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { frameOf } from "@/lib/picture";
import { Button, IconButton } from "@/ui/button";
import styles from "./camera.module.css";

/** Whether the page may ask for a camera: browsers allow it on this machine and over https only. */
export function hasCamera(): boolean {
  // Absent from insecure pages, whatever the types say.
  return (navigator as Partial<Navigator>).mediaDevices !== undefined;
}

interface CameraProps {
  onTaken: (picture: Blob) => void;
  onClose: () => void;
}

/** The user's own picture as in a mirror, with a ring for the face, and a button that takes it. */
export function Camera({ onTaken, onClose }: CameraProps) {
  const { t } = useTranslation(["guest", "common"]);
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"opening" | "open" | "refused">("opening");

  useEffect(() => {
    let isGone = false;
    let stream: MediaStream | undefined;
    const wanted = { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 1280 } };
    navigator.mediaDevices.getUserMedia({ video: wanted, audio: false }).then(
      (opened) => {
        stream = opened;
        if (isGone) stop(opened);
        else if (video.current) video.current.srcObject = opened;
      },
      () => !isGone && setState("refused"),
    );
    return () => {
      isGone = true;
      if (stream) stop(stream);
    };
  }, []);

  const take = async () => {
    const picture = video.current && (await frameOf(video.current));
    if (picture) onTaken(picture);
  };
  return (
    <section className={styles.camera} aria-label={t("camera.label")}>
      {state === "refused" ? (
        <div className={styles.refused} role="alert">
          <p>{t("camera.refused")}</p>
          <Button onClick={onClose}>{t("camera.back")}</Button>
        </div>
      ) : (
        <>
          <div className={styles.stage}>
            <video ref={video} autoPlay playsInline muted onPlaying={() => setState("open")} />
            <div className={styles.ring} aria-hidden />
          </div>
          <p className={styles.hint}>{t("camera.hint")}</p>
          <div className={styles.controls}>
            <IconButton label={t("common:cancel")} icon={<X />} onClick={onClose} />
            <button
              type="button"
              className={styles.shutter}
              aria-label={t("camera.take")}
              disabled={state !== "open"}
              onClick={() => void take()}
            />
            <span />
          </div>
        </>
      )}
    </section>
  );
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
