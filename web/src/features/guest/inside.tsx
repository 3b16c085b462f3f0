import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { guestPhotosQuery, type GuestGallery, type GuestPhoto } from "@/api/guest";
import { Waiting } from "@/ui/states";
import { Forget } from "./forget";
import styles from "./guest.module.css";
import { Offline } from "./offline";
import { Results } from "./results";
import { SelfieStep } from "./selfie-step";
import { Stored } from "./stored";

interface InsideProps {
  token: string;
  gallery: GuestGallery;
  onForgotten: () => void;
}

const NONE: readonly GuestPhoto[] = [];

/** A guest who has entered: finds themselves, and sees what they may see. */
export function Inside({ token, gallery, onForgotten }: InsideProps) {
  const { t } = useTranslation("guest");
  const photos = useQuery(guestPhotosQuery(token));
  const [isAsking, setAsking] = useState(false);
  const [hasLooked, setLooked] = useState(false);
  const shown = photos.data ?? NONE;
  const isFound = shown.some((it) => it.box !== null);

  if (photos.isPending) return <Waiting />;
  if (photos.isError && !photos.data)
    return <Offline error={photos.error} retry={() => void photos.refetch()} />;
  const isLooking = isAsking || (!isFound && !hasLooked);
  return (
    <div className={styles.inside}>
      <header className={styles.head}>
        <h1 dir="auto">{gallery.title}</h1>
        {gallery.words && (
          <p className={styles.words} dir="auto">
            {gallery.words}
          </p>
        )}
      </header>
      {(isLooking || !isFound) && (
        <SelfieStep
          token={token}
          hasFoundNothing={hasLooked && !isAsking}
          onFound={() => {
            setAsking(false);
            setLooked(true);
          }}
          onClose={isFound || shown.length > 0 ? () => setAsking(false) : null}
        />
      )}
      {shown.length > 0 && !isAsking && (
        <Results token={token} gallery={gallery} photos={shown} onAgain={() => setAsking(true)} />
      )}
      <footer className={styles.end}>
        <Stored gallery={gallery} />
        <Forget token={token} onForgotten={onForgotten} />
        <p className={styles.aside}>{t("leaving")}</p>
      </footer>
    </div>
  );
}
