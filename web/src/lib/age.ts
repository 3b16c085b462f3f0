/** How many birthdays somebody has had by a day (2024-05-03); null before the birth. */
export function ageAt(bornOn: string, day: string): number | null {
  if (day < bornOn) return null;
  const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return day.slice(5, 10) < bornOn.slice(5, 10) ? years - 1 : years;
}

/** This day here, as dates are written in the API. */
export function today(): string {
  const now = new Date();
  const two = (it: number) => String(it).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
