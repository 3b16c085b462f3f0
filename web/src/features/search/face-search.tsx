import { useNavigate } from "@tanstack/react-router";
import { ScanFace, X } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFaceSearch, type FoundByFace } from "@/api/search";
import { cropOf } from "@/lib/media";
import { shrink } from "@/lib/picture";
import { describeProblem } from "@/lib/problem";
import { useObjectUrl } from "@/lib/use-object-url";
import { Button } from "@/ui/button";
import { FacePicture } from "@/ui/face";
import { FaceChoice } from "@/ui/face-choice";
import { PhotoGrid } from "@/ui/photo-grid/photo-grid";
import { PictureButton } from "@/ui/picture-button";
import { Waiting } from "@/ui/states";
import styles from "./search.module.css";
import { useSearchFilter } from "./use-search-filter";

interface FaceProps {
  picture: Blob;
  onPicture: (picture: File) => void;
  onClose: () => void;
}

/** Who somebody in a picture may be, and photos of them. The picture is kept nowhere. */
export function FaceSearch({ picture, onPicture, onClose }: FaceProps) {
  const { t } = useTranslation("search");
  const { t: common } = useTranslation();
  const [small, setSmall] = useState<Blob | null>(null);
  const url = useObjectUrl(small);
  const search = useFaceSearch();
  const { mutate } = search;
  useEffect(() => {
    let isGone = false;
    void shrink(picture).then((it) => {
      if (isGone) return;
      setSmall(it);
      mutate({ picture: it, face: null });
    });
    return () => {
      isGone = true;
    };
  }, [picture, mutate]);
  // From left to right, as people count them.
  const faces = [...(search.data?.faces ?? [])].sort((one, other) => one.box.x - other.box.x);
  return (
    <section className={styles.byFace} aria-label={t("byPicture")}>
      <div className={styles.asked}>
        {url && search.data ? (
          <FaceChoice
            src={url}
            alt={t("yourPicture")}
            faces={faces}
            nameOf={(place) => t("face", { place })}
            chosen={search.data.face_index}
            onChoose={(face) => small && search.mutate({ picture: small, face })}
          />
        ) : (
          url && <img className={styles.picture} src={url} alt={t("yourPicture")} />
        )}
        {faces.length > 1 && <p>{t("chooseFace")}</p>}
        <p className={styles.hint}>{t("notKept")}</p>
        <div className={styles.acts}>
          <PictureButton icon={<ScanFace />} onPick={onPicture}>
            {t("otherPicture")}
          </PictureButton>
          <Button icon={<X />} onClick={onClose}>
            {t("leave")}
          </Button>
        </div>
      </div>
      <div className={styles.found}>
        {search.isPending && <Waiting />}
        {search.isError && (
          <p role="alert" className={styles.problem}>
            {describeProblem(search.error, common)}
          </p>
        )}
        {search.data && <Found found={search.data} onClose={onClose} />}
      </div>
    </section>
  );
}

function Found({ found, onClose }: { found: FoundByFace; onClose: () => void }) {
  const { t } = useTranslation("search");
  const navigate = useNavigate();
  const { ask } = useSearchFilter();
  const sections = useMemo(
    () => [{ key: "found", count: found.photos.length, items: found.photos }],
    [found.photos],
  );
  if (found.people.length === 0) return <p role="status">{t("nobodyLike")}</p>;
  return (
    <>
      <h2>{t("like")}</h2>
      <ul className={styles.people}>
        {found.people.map((it) => (
          <li key={it.face_id}>
            <PersonCard
              person={it}
              onAsk={(personId) => {
                onClose();
                ask({ all: [personId] });
              }}
            />
          </li>
        ))}
      </ul>
      <h2>{t("theirPhotos")}</h2>
      <PhotoGrid
        sections={sections}
        hrefOf={(photo) => `/photos/${photo.photo_id}`}
        onOpen={(photo) =>
          void navigate({ to: "/photos/$photoId", params: { photoId: String(photo.photo_id) } })
        }
      />
    </>
  );
}

interface CardProps {
  person: FoundByFace["people"][number];
  onAsk: (personId: number) => void;
}

/** Somebody, whose photos it asks for; of a face that is nobody's it shows the photo. */
function PersonCard({ person, onAsk }: CardProps) {
  const { t, i18n } = useTranslation("search");
  const navigate = useNavigate();
  const { person_id, name, cover, face_id, photo_ids } = person;
  const similarity = person.similarity.toLocaleString(i18n.language, {
    style: "percent",
    maximumFractionDigits: 0,
  });
  const open = () => {
    if (person_id !== null) onAsk(person_id);
    else if (photo_ids[0] !== undefined)
      void navigate({ to: "/photos/$photoId", params: { photoId: String(photo_ids[0]) } });
  };
  return (
    <button type="button" onClick={open}>
      <FacePicture src={cropOf(cover ?? { face_id, version: "" })} size={56} alt="" />
      <span className={styles.name} dir="auto">
        {name ?? t("unnamed")}
      </span>
      <span className={styles.count}>{t("similarity", { similarity })}</span>
    </button>
  );
}
