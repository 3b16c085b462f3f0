import { readStored, writeStored } from "@/lib/stored";

// An upload the server has forgotten costs one question; so many are worth remembering.
const MOST = 500;

type Known = Record<string, number>;

/** What a file is known by after a reload, when its content has not been read. */
export function nameOf(file: File, galleryId: number | undefined): string {
  return [galleryId ?? 0, file.webkitRelativePath || file.name, file.size, file.lastModified].join(":");
}

function read(): Known {
  try {
    return JSON.parse(readStored("uploads") ?? "{}") as Known;
  } catch {
    return {};
  }
}

function write(known: Known): void {
  const entries = Object.entries(known).slice(-MOST);
  writeStored("uploads", entries.length > 0 ? JSON.stringify(Object.fromEntries(entries)) : null);
}

export const recall = (name: string): number | undefined => read()[name];

export function remember(name: string, uploadId: number): void {
  write({ ...read(), [name]: uploadId });
}

export function forget(name: string): void {
  const known = read();
  if (!(name in known)) return;
  write(Object.fromEntries(Object.entries(known).filter(([it]) => it !== name)));
}
