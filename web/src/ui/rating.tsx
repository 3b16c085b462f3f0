import { Star } from "lucide-react";
import { useTranslation } from "react-i18next";
import styles from "./rating.module.css";

interface RatingProps {
  value: number | null;
  onRate: (rating: number | null) => void;
}

/** One to five stars; the same again takes them away. */
export function Rating({ value, onRate }: RatingProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.rating} role="group" aria-label={t("rating.label")}>
      {[1, 2, 3, 4, 5].map((it) => (
        <button
          key={it}
          type="button"
          className={styles.star}
          aria-pressed={value === it}
          aria-label={t("rating.stars", { count: it })}
          title={t("rating.stars", { count: it })}
          data-lit={it <= (value ?? 0)}
          onClick={() => onRate(value === it ? null : it)}
        >
          <Star aria-hidden />
        </button>
      ))}
    </div>
  );
}
