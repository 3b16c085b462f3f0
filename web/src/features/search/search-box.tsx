import { ScanFace, Search, X } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { askedIn } from "@/lib/search-words";
import { useShortcuts } from "@/lib/shortcuts";
import { IconButton } from "@/ui/button";
import { PictureButton } from "@/ui/picture-button";
import { Completions } from "./completions";
import styles from "./search.module.css";
import { useChoices, type Choice } from "./use-choices";
import type { SearchState } from "./use-search-filter";

interface BoxProps {
  search: SearchState;
  onPicture: (picture: File) => void;
}

const CALM_MS = 250;

/** Words as they are, `@` for people, `#` for dates: what a sign begins is completed and becomes a chip. */
export function SearchBox({ search, onPicture }: BoxProps) {
  const { t } = useTranslation("search");
  const { filter, change } = search;
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(filter.q ?? "");
  const [active, setActive] = useState(0);
  const [told, setTold] = useState(text);
  const asked = askedIn(text);
  const choices = useChoices(asked);
  const words = (asked ? asked.rest : text).trim();
  useShortcuts([{ keys: "/", label: t("focus"), run: () => box.current?.focus() }]);
  useEffect(() => box.current?.focus(), []);

  // Words are searched as they are written, without a step back in the history for each letter.
  const q = filter.q ?? "";
  useEffect(() => {
    if (words === told) return;
    const timer = setTimeout(() => {
      setTold(words);
      change({ q: words }, true);
    }, CALM_MS);
    return () => clearTimeout(timer);
  });
  // Somebody went back, or followed a link: the box says what is searched for.
  const [seen, setSeen] = useState(q);
  if (q !== seen) {
    setSeen(q);
    if (q !== told) {
      setTold(q);
      setText(q);
    }
  }

  const write = (next: string) => {
    setText(next);
    setActive(0);
  };
  const choose = (choice: Choice) => {
    write(asked?.rest ? `${asked.rest} ` : "");
    if (choice.kind === "person") search.put(choice.personId, choice.role);
    else change(choice.days);
    box.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && choices.length > 0) {
      event.preventDefault();
      setActive((active + step + choices.length) % choices.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const choice = choices[active];
      if (choice) choose(choice);
      else change({ q: words });
    } else if (event.key === "Escape" && text !== "") {
      event.preventDefault();
      write(asked ? asked.rest : "");
    }
  };
  const isOpen = asked !== null;
  return (
    <div className={styles.box} role="search">
      <Search aria-hidden />
      <input
        ref={box}
        type="text"
        role="combobox"
        aria-label={t("box")}
        aria-expanded={isOpen}
        aria-controls={`${id}-choices`}
        aria-autocomplete="list"
        aria-activedescendant={choices.length > 0 ? `${id}-${active}` : undefined}
        placeholder={t("placeholder")}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        maxLength={200}
        value={text}
        onChange={(event) => write(event.target.value)}
        onKeyDown={keys}
      />
      {text !== "" && (
        <IconButton label={t("clear")} icon={<X />} onClick={() => (write(""), box.current?.focus())} />
      )}
      <PictureButton
        look="quiet"
        icon={<ScanFace />}
        aria-label={t("byPicture")}
        title={t("byPicture")}
        onPick={onPicture}
      />
      <Completions id={id} asked={asked} choices={choices} active={active} onChoose={choose} />
    </div>
  );
}
