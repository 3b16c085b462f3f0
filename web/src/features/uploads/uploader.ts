import { cancelUpload } from "@/api/uploads";
import type { Offer } from "@/lib/adding";
import { Problem } from "@/lib/problem";
import { forget, nameOf } from "./remembered";
import { sendFile } from "./sending";

export type UploadState = "waiting" | "sending" | "added" | "duplicate" | "failed" | "cancelled";

export interface Upload {
  id: number;
  file: File;
  galleryId: number | undefined;
  state: UploadState;
  sent: number;
  isLost: boolean;
  photoId: number | null;
  error: unknown;
}

export interface Uploads {
  all: readonly Upload[];
  count: Readonly<Record<UploadState, number>>;
  /** Of what is not cancelled. */
  bytes: { sent: number; all: number };
  isBusy: boolean;
  isLost: boolean;
}

const AT_ONCE = 3;
// People see no difference, and a folder of thousands does not redraw the page thousands of times.
const CALM_MS = 100;

/** Sends what it is given, a few files at a time, and tells how far it is. It lives as long as the page. */
export class Uploader {
  private readonly uploads = new Map<number, Upload>();
  private readonly running = new Map<number, { stop: AbortController; uploadId?: number }>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private nextId = 1;
  private seen: Uploads = summaryOf([]);

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Uploads => this.seen;

  add({ files, galleryId }: Offer): void {
    if (!this.seen.isBusy && this.seen.count.failed === 0) this.uploads.clear();
    for (const file of files) {
      const id = this.nextId++;
      const fresh = { state: "waiting" as const, sent: 0, isLost: false, photoId: null, error: null };
      this.uploads.set(id, { id, file, galleryId, ...fresh });
    }
    this.goOn();
    this.tell();
  }

  cancel(id: number): void {
    const upload = this.uploads.get(id);
    if (upload?.state !== "waiting" && upload?.state !== "sending") return;
    this.change(id, { state: "cancelled", isLost: false });
    this.running.get(id)?.stop.abort();
  }

  cancelAll(): void {
    for (const id of this.uploads.keys()) this.cancel(id);
  }

  retry(id?: number): void {
    for (const upload of this.uploads.values()) {
      if (upload.state !== "failed" || (id !== undefined && upload.id !== id)) continue;
      this.change(upload.id, { state: "waiting", sent: 0, error: null });
    }
    this.goOn();
  }

  clear(): void {
    this.cancelAll();
    this.uploads.clear();
    this.tell();
  }

  private goOn(): void {
    for (const upload of this.uploads.values()) {
      if (this.running.size >= AT_ONCE) return;
      if (upload.state === "waiting" && !this.running.has(upload.id)) void this.run(upload);
    }
  }

  private async run({ id, file, galleryId }: Upload): Promise<void> {
    const mine: { stop: AbortController; uploadId?: number } = { stop: new AbortController() };
    const { signal } = mine.stop;
    this.running.set(id, mine);
    this.change(id, { state: "sending" });
    try {
      const { outcome, photo_id } = await sendFile({
        file,
        galleryId,
        signal,
        onBegun: (uploadId) => (mine.uploadId = uploadId),
        onSent: (sent) => this.change(id, { sent, isLost: false }),
        onLost: (isLost) => this.change(id, { isLost }),
      });
      this.change(id, { state: outcome, sent: file.size, isLost: false, photoId: photo_id });
    } catch (error) {
      if (signal.aborted) await this.takeBack(file, galleryId, mine.uploadId);
      else this.change(id, { state: "failed", isLost: false, error });
    } finally {
      this.running.delete(id);
      this.goOn();
      this.tell();
    }
  }

  private async takeBack(file: File, galleryId: number | undefined, uploadId?: number): Promise<void> {
    forget(nameOf(file, galleryId));
    if (uploadId === undefined) return;
    try {
      await cancelUpload(uploadId);
    } catch (error) {
      // It is over already, or out of reach; the server forgets it within a day.
      if (!(error instanceof Problem)) throw error;
    }
  }

  private change(id: number, by: Partial<Upload>): void {
    const upload = this.uploads.get(id);
    if (!upload) return;
    this.uploads.set(id, { ...upload, ...by });
    this.tell();
  }

  private tell(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.seen = summaryOf([...this.uploads.values()]);
      for (const listener of this.listeners) listener();
    }, CALM_MS);
  }
}

function summaryOf(all: readonly Upload[]): Uploads {
  const count = { waiting: 0, sending: 0, added: 0, duplicate: 0, failed: 0, cancelled: 0 };
  const bytes = { sent: 0, all: 0 };
  for (const it of all) {
    count[it.state] += 1;
    if (it.state === "cancelled") continue;
    bytes.all += it.file.size;
    bytes.sent += it.state === "failed" ? it.file.size : it.sent;
  }
  const isBusy = count.waiting + count.sending > 0;
  return { all, count, bytes, isBusy, isLost: all.some((it) => it.isLost) };
}
