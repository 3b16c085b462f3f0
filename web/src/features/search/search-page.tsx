import { useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { Chips } from "./chips";
import { EmptySearch } from "./empty-search";
import { FaceSearch } from "./face-search";
import { Results } from "./results";
import { SearchBox } from "./search-box";
import styles from "./search.module.css";
import { isAsked, useSearchFilter } from "./use-search-filter";

/** One box for people, dates and words; and a search by a picture. */
export function SearchPage() {
  const { t } = useTranslation();
  const search = useSearchFilter();
  const [picture, setPicture] = useState<Blob | null>(null);
  const drops = useDrops(setPicture);
  return (
    <div className={styles.page} {...drops}>
      <h1 className="visually-hidden">{t("rooms.search")}</h1>
      <div className={styles.top}>
        <SearchBox search={search} onPicture={setPicture} />
        {!picture && <Chips search={search} />}
      </div>
      {picture ? (
        <FaceSearch picture={picture} onClose={() => setPicture(null)} onPicture={setPicture} />
      ) : isAsked(search.filter) ? (
        <Results search={search} />
      ) : (
        <EmptySearch onPicture={setPicture} />
      )}
    </div>
  );
}

/** A picture dropped here is searched by, where elsewhere it would be added to the photos. */
function useDrops(onPicture: (picture: File) => void) {
  const ours = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    onDragEnter: ours,
    onDragLeave: ours,
    onDragOver: ours,
    onDrop: (event: DragEvent) => {
      ours(event);
      const file = event.dataTransfer.files[0];
      if (file) onPicture(file);
    },
  };
}
