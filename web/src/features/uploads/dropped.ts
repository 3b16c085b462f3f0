import { mayBePhoto } from "@/lib/adding";

/** All files of a drop, those in folders too. Has to be called within the event: it is empty afterwards. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((it) => it.webkitGetAsEntry()).filter((it) => it !== null);
  if (entries.length === 0) return [...transfer.files];
  const found = await Promise.all(entries.map((it) => filesIn(it, true)));
  return found.flat();
}

async function filesIn(entry: FileSystemEntry, isChosen: boolean): Promise<File[]> {
  if (isFolder(entry)) {
    if (!isChosen && entry.name.startsWith(".")) return [];
    const found = await Promise.all((await entriesOf(entry)).map((it) => filesIn(it, false)));
    return found.flat();
  }
  // What somebody dropped by itself is sent whatever its name, and refused with the reason.
  return isFile(entry) && (isChosen || mayBePhoto(entry.name)) ? [await fileOf(entry)] : [];
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A folder is told in parts of a hundred; an empty part is the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (part.length === 0) return all;
    all.push(...part);
  }
}
