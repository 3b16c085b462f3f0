import { useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ImageOff } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { yearQuery, type PersonDetail, type PersonPhoto } from "@/api/people";
import { PhotoGrid } from "@/ui/photo-grid/photo-grid";
import type { PhotoItem } from "@/ui/photo-grid/photo-item";
import type { Section } from "@/ui/photo-grid/rows";
import { Empty } from "@/ui/states";
import styles from "./person-page.module.css";

/** A person's photos by years, the newest first, and how old they are on each. */
export function PersonPhotos({ person }: { person: PersonDetail }) {
  const { t, i18n } = useTranslation("people");
  const navigate = useNavigate();
  const { years, person_id } = person;
  const [near, setNear] = useState<readonly string[]>([]);
  const wanted = useMemo(
    () => years.map((it) => it.year).filter((it) => near.includes(String(it))),
    [years, near],
  );
  const read = useQueries({
    queries: wanted.map((year) => yearQuery(person_id, year)),
    combine: photosOf,
  });
  const byYear = useMemo(() => new Map(wanted.map((year, index) => [year, read[index]])), [wanted, read]);
  const ages = useMemo(
    () => new Map(read.flatMap((some) => some ?? []).map((it) => [it.photo_id, it.age_years])),
    [read],
  );
  const sections = useMemo<Section[]>(
    () =>
      years.map(({ year, photo_count }) => {
        const items = byYear.get(year);
        return { key: String(year), title: String(year), count: photo_count, ...(items && { items }) };
      }),
    [years, byYear],
  );
  const cameNear = useCallback((keys: readonly string[]) => {
    setNear((now) => (keys.every((it) => now.includes(it)) ? now : [...new Set([...now, ...keys])]));
  }, []);
  const ageOf = (photo: PhotoItem) => ages.get(photo.photo_id) ?? null;

  if (years.length === 0) {
    return (
      <Empty icon={<ImageOff />} title={t("empty.photos")}>
        <p>{t("empty.photosNext")}</p>
      </Empty>
    );
  }
  return (
    <PhotoGrid
      sections={sections}
      hrefOf={(photo) => `/photos/${photo.photo_id}?person_id=${person_id}`}
      onOpen={(photo) =>
        void navigate({
          to: "/photos/$photoId",
          params: { photoId: String(photo.photo_id) },
          search: { person_id },
        })
      }
      onNear={cameNear}
      headOf={(section) => (
        <span className={styles.yearCount}>
          {t("photos", { count: section.count, shown: section.count.toLocaleString(i18n.language) })}
        </span>
      )}
      overlayOf={(photo) => {
        const age = ageOf(photo);
        return age === null ? null : <span className={styles.age}>{t("born.age", { count: age })}</span>;
      }}
    />
  );
}

function photosOf(results: readonly { data?: PersonPhoto[] | undefined }[]): (PersonPhoto[] | undefined)[] {
  return results.map((it) => it.data);
}
