import { UserRoundPlus } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { FacePicture } from "./face";
import styles from "./name-field.module.css";
import { useBelow } from "./use-below";

/** Somebody who may be meant. */
export interface NameChoice {
  personId: number;
  name: string;
  /** How many faces they have. */
  count: number;
  picture: string | null;
}

/** Who was meant: somebody known, or (null) somebody new. */
export interface Named {
  personId: number | null;
  name: string;
}

export const LONGEST_NAME = 200;

interface NameFieldProps {
  label: string;
  text: string;
  onText: (text: string) => void;
  /** People whose names begin so, the best first. */
  choices: readonly NameChoice[];
  /** Whether the choices are those of this text; Enter waits for them. */
  isSettled: boolean;
  onName: (named: Named) => void;
  onLeave: () => void;
  /** Enter without a text. */
  onEmpty?: () => void;
  problem?: string | null;
  placeholder?: string;
  /** Not offered to make somebody new. */
  isKnownOnly?: boolean;
  /** Whether it takes the keyboard when it comes; else it waits for it. */
  isFocused?: boolean;
}

/** A name, completed from those there are: Enter takes the best, arrows another, Escape leaves. */
export function NameField(props: NameFieldProps) {
  const { label, text, onText, isSettled, onName, onLeave, onEmpty, placeholder } = props;
  const { t } = useTranslation("names");
  const id = useId();
  const [at, setAt] = useState(0);
  const [isLeft, setLeft] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const entered = useRef<string | null>(null);
  const name = text.trim().replace(/\s+/g, " ");
  const tooLong = Array.from(name).length > LONGEST_NAME;
  const problem = tooLong ? t("nameTooLong", { count: LONGEST_NAME }) : props.problem;
  const options = optionsOf(props, tooLong ? "" : name);
  const best = options[Math.min(at, options.length - 1)];
  const isOpen = options.length > 0 && !isLeft;
  useBelow(input, list, isOpen);

  useEffect(() => {
    if (!isSettled || entered.current !== text) return;
    entered.current = null;
    if (best) onName(best);
  }, [isSettled, text, best, onName]);

  const enter = () => {
    if (tooLong) return;
    if (name === "") (onEmpty ?? onLeave)();
    else if (isSettled && best) onName(best);
    else entered.current = text;
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && options.length > 0) setAt((now) => (now + step + options.length) % options.length);
    else if (event.key === "Enter") enter();
    else if (event.key === "Escape") onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles.field}>
      <input
        ref={input}
        type="text"
        role="combobox"
        dir="auto"
        className={styles.input}
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && best ? `${id}-${options.indexOf(best)}` : undefined}
        aria-invalid={!!problem}
        aria-describedby={problem ? `${id}-problem` : undefined}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        // It comes because somebody has asked for it.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={props.isFocused ?? true}
        value={text}
        onChange={(event) => {
          onText(event.target.value);
          setAt(0);
          setLeft(false);
        }}
        onKeyDown={press}
        onFocus={() => setLeft(false)}
        onBlur={() => setLeft(true)}
      />
      {problem && (
        <p id={`${id}-problem`} className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      <ul
        ref={list}
        id={`${id}-list`}
        className={styles.list}
        role="listbox"
        aria-label={label}
        popover="manual"
      >
        {options.map((it, index) => (
          // Keys are heard by the field, which keeps the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={it.personId ?? "new"}
            id={`${id}-${index}`}
            role="option"
            aria-selected={it === best}
            className={styles.option}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onName(it)}
          >
            {it.choice ? (
              <FacePicture src={it.choice.picture} size={32} alt="" />
            ) : (
              <UserRoundPlus aria-hidden className={styles.new} />
            )}
            <span className={styles.name} dir="auto">
              {it.choice ? it.name : t("newPerson", { name: it.name })}
            </span>
            {it.choice && <span className={styles.count}>{t("faces", { count: it.choice.count })}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Option extends Named {
  choice?: NameChoice;
}

/** People known, and at the end somebody new, unless somebody has this very name. */
function optionsOf({ choices, isKnownOnly = false }: NameFieldProps, name: string): Option[] {
  if (name === "") return [];
  const options: Option[] = choices.map((choice) => ({
    personId: choice.personId,
    name: choice.name,
    choice,
  }));
  const exact = options.findIndex((it) => it.name.toLocaleLowerCase() === name.toLocaleLowerCase());
  if (exact > 0) options.unshift(...options.splice(exact, 1));
  if (exact < 0 && !isKnownOnly) options.push({ personId: null, name });
  return options;
}
