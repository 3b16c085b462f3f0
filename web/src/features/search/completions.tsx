import { CalendarDays } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Asked } from "@/lib/search-words";
import { FacePicture } from "@/ui/face";
import styles from "./search.module.css";
import type { Choice } from "./use-choices";

interface CompletionsProps {
  id: string;
  asked: Asked | null;
  choices: readonly Choice[];
  active: number;
  onChoose: (choice: Choice) => void;
}

/** What the word with a sign may become; Enter takes the one that is lit. */
export function Completions({ id, asked, choices, active, onChoose }: CompletionsProps) {
  const { t } = useTranslation("search");
  return (
    <div className={styles.choices} hidden={asked === null}>
      <ul id={`${id}-choices`} role="listbox" aria-label={t("choices")}>
        {choices.map((it, index) => (
          // The box keeps the keyboard and says which one is lit.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={it.kind === "person" ? it.personId : it.name}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(it)}
          >
            {it.kind === "person" ? (
              <FacePicture src={it.picture} size={32} alt="" />
            ) : (
              <CalendarDays aria-hidden />
            )}
            <span className={styles.name} dir="auto">
              {it.name}
            </span>
            {it.kind === "person" && (
              <span className={styles.count}>
                {it.role === "all" ? t("faces", { count: it.count }) : t(`roles.${it.role}`)}
              </span>
            )}
          </li>
        ))}
      </ul>
      {asked !== null && choices.length === 0 && (
        <p className={styles.hint}>
          {t(asked.kind === "time" ? "dateHint" : asked.text === "" ? "nameHint" : "nobody")}
        </p>
      )}
    </div>
  );
}
