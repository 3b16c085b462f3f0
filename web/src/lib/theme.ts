import { readStored, writeStored } from "./stored";

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function chosenTheme(): Theme {
  const stored = readStored("theme");
  return THEMES.find((it) => it === stored) ?? "system";
}

/** Shows the page in a theme, and from now on. */
export function chooseTheme(theme: Theme): void {
  writeStored("theme", theme === "system" ? null : theme);
  showTheme();
}

export function showTheme(): void {
  const theme = chosenTheme();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
