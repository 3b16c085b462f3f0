/** The end of a day (2024-05-31) here, as the API is told. */
export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}

/** The day (2024-05-31) of a moment here. */
export function dayOf(moment: string): string {
  const it = new Date(moment);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${it.getFullYear()}-${two(it.getMonth() + 1)}-${two(it.getDate())}`;
}

export function shownDay(moment: string, language: string): string {
  return new Date(moment).toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric" });
}
