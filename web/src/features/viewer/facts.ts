/** A wall clock, as the language writes it. */
export function longDateTime(moment: string, language: string): string {
  return new Date(moment).toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function bytes(count: number, language: string): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), UNITS.length - 1);
  const value = count / 1000 ** step;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value);
}

export function pixels(width: number, height: number, language: string): string {
  const mega = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format((width * height) / 1e6);
  return `${width} × ${height} · ${mega} MP`;
}

export function coordinates(latitude: number, longitude: number, language: string): string {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 5 });
  return `${number.format(latitude)}, ${number.format(longitude)}`;
}

/** Makes often stand in the model too, as in "Canon Canon EOS R5". */
export function camera(make: string | null, model: string | null): string | null {
  if (make && model) return model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`;
  return model ?? make;
}
