import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "@/locales/en";
import { readStored, writeStored } from "./stored";

export const LANGUAGES = {
  en: "English",
  es: "Español",
  "pt-BR": "Português (Brasil)",
  ru: "Русский",
} as const;
export type Language = keyof typeof LANGUAGES;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof en;
  }
}

// English is there at once; the others are fetched by those who read them.
const catalogs = import.meta.glob<Record<string, unknown>>(["../locales/*/*.json", "!../locales/en/*.json"], {
  import: "default",
});

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en },
    lng: "en",
    fallbackLng: "en",
    defaultNS: "common",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await speak(preferredLanguage());
}

export function preferredLanguage(): Language {
  const wanted = [readStored("language"), ...navigator.languages].filter((it) => it !== null);
  const all = Object.keys(LANGUAGES) as Language[];
  for (const tag of wanted) {
    const found =
      all.find((it) => it === tag) ?? all.find((it) => it.split("-")[0] === tag.split("-")[0]?.toLowerCase());
    if (found) return found;
  }
  return "en";
}

export async function chooseLanguage(language: Language): Promise<void> {
  writeStored("language", language);
  await speak(language);
}

async function speak(language: Language): Promise<void> {
  const wanted = Object.entries(catalogs).filter(([path]) => path.includes(`/locales/${language}/`));
  await Promise.all(
    wanted.map(async ([path, load]) => {
      const namespace = path.split("/").at(-1)?.replace(".json", "") ?? "common";
      i18next.addResourceBundle(language, namespace, await load());
    }),
  );
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
