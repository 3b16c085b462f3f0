import { useId, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/ui/dialog";
import { FacePicture } from "@/ui/face";
import styles from "./palette.module.css";
import { useDestinations, type Destination } from "./use-destinations";

/** A box that leads anywhere by a few letters: rooms, people, galleries, days. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState("");
  // By its key: what is offered may change while somebody chooses.
  const [chosen, setChosen] = useState<string | null>(null);
  const found = useDestinations(text);
  const at = Math.max(
    0,
    found.findIndex((it) => it.key === chosen),
  );
  const lit = found[at];
  const go = (destination: Destination) => {
    onClose();
    destination.go();
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && found.length > 0) setChosen(found[(at + step + found.length) % found.length]?.key ?? null);
    else if (event.key === "Enter" && lit) go(lit);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("palette.title")} isOpen onClose={onClose}>
      <input
        type="text"
        role="combobox"
        dir="auto"
        className={styles.box}
        aria-label={t("palette.title")}
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={lit && `${id}-${lit.key}`}
        autoComplete="off"
        spellCheck={false}
        // It was asked for by its key.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(null);
        }}
        onKeyDown={press}
      />
      <p className={styles.hint}>{found.length === 0 ? t("palette.nothing") : t("palette.signs")}</p>
      <ul id={`${id}-list`} className={styles.list} role="listbox" aria-label={t("palette.title")}>
        {found.map((it) => (
          // Keys are heard by the box, which keeps the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={it.key}
            id={`${id}-${it.key}`}
            role="option"
            aria-selected={it === lit}
            tabIndex={-1}
            ref={it === lit ? showLit : undefined}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => go(it)}
          >
            {it.icon ? <it.icon aria-hidden /> : <FacePicture src={it.picture ?? null} size={32} alt="" />}
            <span dir="auto">{it.name}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

const showLit = (element: HTMLElement | null) => element?.scrollIntoView({ block: "nearest" });
