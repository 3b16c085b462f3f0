import { beginUpload, isOver, readUpload, sendPiece, type Begun, type Uploaded } from "@/api/uploads";
import { Problem } from "@/lib/problem";
import { bytesOf, digestOf } from "./digest";
import { forget, nameOf, recall, remember } from "./remembered";

const PIECE_BYTES = 2 << 20;
// The network is away, or the server busy: it is worth waiting for.
const PASSING = new Set([0, 429, 502, 503, 504]);
const LONGEST_WAIT_MS = 15_000;
// A server that names another byte again and again will not come to an end.
const MOST_DETOURS = 5;

export interface Sending {
  file: File;
  galleryId?: number | undefined;
  signal: AbortSignal;
  onBegun: (uploadId: number) => void;
  onSent: (bytes: number) => void;
  /** Whether it waits for the network. */
  onLost: (isLost: boolean) => void;
}

/** Sends a file, from where it broke off if some of it was sent before; waits out a network that is away. */
export async function sendFile(sending: Sending): Promise<Uploaded> {
  const name = nameOf(sending.file, sending.galleryId);
  try {
    const uploaded = await send(sending, name);
    forget(name);
    return uploaded;
  } catch (error) {
    if (error instanceof Problem && !PASSING.has(error.status) && error.status !== 401) forget(name);
    throw error;
  }
}

async function send(sending: Sending, name: string): Promise<Uploaded> {
  let at = await goOn(sending, recall(name));
  let detours = 0;
  let wasLast = false;
  for (;;) {
    at ??= await begin(sending, name);
    // What the server had when the answer was lost is no duplicate of an older photo.
    if (isOver(at)) return wasLast && at.outcome === "duplicate" ? { ...at, outcome: "added" } : at;
    const here = at;
    const { upload_id, offset } = here;
    sending.onBegun(upload_id);
    sending.onSent(offset);
    const end = Math.min(offset + PIECE_BYTES, sending.file.size);
    const piece = await bytesOf(sending.file.slice(offset, end));
    wasLast = end >= sending.file.size;
    try {
      at = await sendPiece(upload_id, offset, piece, sending.signal);
    } catch (error) {
      detours += isDetour(error) ? 1 : 0;
      if (detours > MOST_DETOURS) throw error;
      at = await afterwards(sending, here, error);
    }
  }
}

const isDetour = (error: unknown) =>
  error instanceof Problem && ["upload_offset_wrong", "upload_not_found"].includes(error.code);

/** Where to go on after a piece that failed; nowhere means from the beginning. */
async function afterwards(
  sending: Sending,
  at: Begun,
  error: unknown,
): Promise<Begun | Uploaded | undefined> {
  if (!(error instanceof Problem)) throw error;
  if (error.code === "upload_not_found") return undefined;
  if (error.code === "upload_offset_wrong" && typeof error.facts.offset === "number") {
    return { ...at, offset: error.facts.offset };
  }
  if (!PASSING.has(error.status)) throw error;
  await pause(sending, 0);
  return goOn(sending, at.upload_id);
}

/** How far an upload is that was begun before; nothing where the server no longer knows it. */
async function goOn(sending: Sending, uploadId?: number): Promise<Begun | Uploaded | undefined> {
  if (uploadId === undefined) return undefined;
  try {
    return await patiently(sending, () => readUpload(uploadId, sending.signal));
  } catch (error) {
    if (error instanceof Problem && error.code === "upload_not_found") return undefined;
    throw error;
  }
}

async function begin(sending: Sending, name: string): Promise<Begun | Uploaded> {
  const digest = await digestOf(sending.file);
  sending.signal.throwIfAborted();
  const begun = await patiently(sending, () => beginUpload(sending.file, digest, sending.galleryId));
  if (isOver(begun)) return begun;
  sending.onBegun(begun.upload_id);
  remember(name, begun.upload_id);
  sending.signal.throwIfAborted();
  return begun;
}

async function patiently<Answer>(sending: Sending, ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await ask();
      sending.onLost(false);
      return answer;
    } catch (error) {
      if (!(error instanceof Problem) || !PASSING.has(error.status)) throw error;
      await pause(sending, tries);
    }
  }
}

/** Waits a while, longer each time, but no longer than until the browser says that it is online again. */
async function pause({ signal, onLost }: Sending, tries: number): Promise<void> {
  onLost(true);
  await new Promise<void>((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      signal.removeEventListener("abort", go);
      resolve();
    };
    const timer = setTimeout(go, Math.min(LONGEST_WAIT_MS, 1000 * 2 ** tries));
    window.addEventListener("online", go);
    signal.addEventListener("abort", go);
  });
  signal.throwIfAborted();
}
