import type { Offer } from "@/lib/adding";
import { api, body, type Schema } from "./client";

export type Begun = Schema<"UploadOut">;
export type Uploaded = Schema<"UploadedOut">;

export const isOver = (it: Begun | Uploaded): it is Uploaded => "outcome" in it;

/** Not to be broken off: only its answer tells what there would be to cancel. */
export async function beginUpload(
  file: File,
  sha256: string | null,
  galleryId: Offer["galleryId"],
): Promise<Begun | Uploaded> {
  const modified_at = file.lastModified > 0 ? new Date(file.lastModified).toISOString() : null;
  return body(
    await api.POST("/uploads", {
      body: { name: file.name, size_bytes: file.size, sha256, modified_at, gallery_id: galleryId ?? null },
    }),
  );
}

export async function readUpload(uploadId: number, signal: AbortSignal): Promise<Begun | Uploaded> {
  return body(await api.GET("/uploads/{upload_id}", { params: { path: { upload_id: uploadId } }, signal }));
}

export async function sendPiece(
  uploadId: number,
  offset: number,
  piece: ArrayBuffer,
  signal: AbortSignal,
): Promise<Begun | Uploaded> {
  return body(
    await api.PATCH("/uploads/{upload_id}", {
      params: { path: { upload_id: uploadId }, header: { "Upload-Offset": offset } },
      headers: { "Content-Type": "application/octet-stream" },
      body: "",
      bodySerializer: () => piece,
      signal,
    }),
  );
}

export async function cancelUpload(uploadId: number): Promise<void> {
  await api.DELETE("/uploads/{upload_id}", { params: { path: { upload_id: uploadId } } });
}
