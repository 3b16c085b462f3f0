import { useState } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, LANGUAGES, type Language } from "@/lib/i18n";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "@/lib/theme";
import { SelectField } from "@/ui/field";

/** How this browser shows Kith. */
export function AppearanceFields() {
  const { t, i18n } = useTranslation();
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (chosen: Theme) => {
    chooseTheme(chosen);
    setTheme(chosen);
  };
  return (
    <>
      <SelectField label={t("theme.label")} value={theme} onChange={(it) => choose(it.target.value as Theme)}>
        {THEMES.map((it) => (
          <option key={it} value={it}>
            {t(`theme.${it}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t("language")}
        value={i18n.language}
        onChange={(it) => void chooseLanguage(it.target.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </SelectField>
    </>
  );
}
