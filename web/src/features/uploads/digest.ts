import { Problem } from "@/lib/problem";

// The server takes no larger pictures; whatever is above it refuses by its size.
const LARGEST_BYTES = 200 << 20;

/** The SHA-256 of a file, or nothing where the browser gives no digests: on plain http from elsewhere. */
export async function digestOf(file: File): Promise<string | null> {
  if (!isSecureContext || file.size > LARGEST_BYTES) return null;
  const digest = await crypto.subtle.digest("SHA-256", await bytesOf(file));
  return [...new Uint8Array(digest)].map((it) => it.toString(16).padStart(2, "0")).join("");
}

/** The bytes of a file or of a piece of it, which may be gone from the disk by now. */
export async function bytesOf(blob: Blob): Promise<ArrayBuffer> {
  try {
    return await blob.arrayBuffer();
  } catch {
    throw new Problem("file_unreadable", 400, "");
  }
}
