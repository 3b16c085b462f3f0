import { ScanFace, Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/ui/states";
import { PictureButton } from "@/ui/picture-button";
import styles from "./search.module.css";

const EXAMPLES = ["together", "without", "either", "month", "word"] as const;

/** What can be asked, by examples. */
export function EmptySearch({ onPicture }: { onPicture: (picture: File) => void }) {
  const { t } = useTranslation("search");
  return (
    <Empty icon={<Search />} title={t("empty")}>
      <dl className={styles.examples}>
        {EXAMPLES.map((it) => (
          <div key={it}>
            <dt>
              <code>{t(`examples.${it}`)}</code>
            </dt>
            <dd>{t(`examples.${it}Means`)}</dd>
          </div>
        ))}
      </dl>
      <p>{t("emptyPicture")}</p>
      <PictureButton icon={<ScanFace />} onPick={onPicture}>
        {t("byPicture")}
      </PictureButton>
    </Empty>
  );
}
