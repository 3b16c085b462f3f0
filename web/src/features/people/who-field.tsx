import { useState } from "react";
import { useCompletions } from "@/api/names";
import { NameField, type Named } from "@/ui/name-field";

interface WhoProps {
  label: string;
  initial?: string;
  onName: (named: Named) => void;
  onLeave: () => void;
  onEmpty?: () => void;
  /** Persons who are not offered. */
  without?: readonly number[];
  isKnownOnly?: boolean;
  isFocused?: boolean;
  /** Told of what is written. */
  onText?: (text: string) => void;
}

/** Asks who somebody is, completed from those who have a name. */
export function WhoField({ initial = "", without = [], onText, ...rest }: WhoProps) {
  const [text, setText] = useState(initial);
  const { choices, isSettled } = useCompletions(text);
  return (
    <NameField
      {...rest}
      text={text}
      onText={(next) => {
        setText(next);
        onText?.(next);
      }}
      choices={choices.filter((it) => !without.includes(it.personId))}
      isSettled={isSettled}
      placeholder={rest.label}
    />
  );
}
