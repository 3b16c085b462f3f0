import { describe, expect, it } from "vitest";
import { LANGUAGES } from "@/lib/i18n";

type Catalog = { [key: string]: string | Catalog };

const files = import.meta.glob<Catalog>("./*/*.json", { eager: true, import: "default" });
const english = Object.keys(files).filter((path) => path.startsWith("./en/"));
const others = Object.keys(LANGUAGES).filter((it) => it !== "en");

/** Every text by its path; the forms of a plural are one. */
function texts(catalog: Catalog, path = ""): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [key, value] of Object.entries(catalog)) {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === "string") {
      const base = at.replace(/_(zero|one|two|few|many|other)$/, "");
      found.set(base, [...(found.get(base) ?? []), value]);
    } else {
      for (const [name, below] of texts(value, at)) found.set(name, below);
    }
  }
  return found;
}

function pluralForms(catalog: Catalog, base: string): string[] {
  let at: string | Catalog = catalog;
  const parts = base.split(".");
  for (const part of parts.slice(0, -1)) at = (at as Catalog)[part] ?? {};
  const last = parts.at(-1) ?? "";
  return Object.keys(at)
    .filter((key) => key.startsWith(`${last}_`))
    .map((key) => key.slice(last.length + 1));
}

const holes = (all: string[]) => new Set(all.flatMap((it) => it.match(/{{\w+/g) ?? []));

describe.each(others)("the texts in %s", (language) => {
  it.each(english)("are those of %s", (path) => {
    const reference = files[path] ?? {};
    const translated = files[path.replace("./en/", `./${language}/`)];
    if (!translated) expect.fail(`there is no ${path.replace("/en/", `/${language}/`)}`);
    const [mine, theirs] = [texts(translated), texts(reference)];
    expect([...mine.keys()].sort()).toEqual([...theirs.keys()].sort());
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [base, wanted] of theirs) {
      expect(holes(mine.get(base) ?? []), base).toEqual(holes(wanted));
      if (pluralForms(reference, base).includes("other")) {
        expect(pluralForms(translated, base), base).toEqual(expect.arrayContaining(needed));
      }
    }
  });
});
