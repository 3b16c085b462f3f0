/** As a JPEG of at most so many pixels a side: quick to send, upright, without the place it was taken at. */
export async function shrink(picture: Blob, longest = 2048): Promise<Blob> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return picture; // the browser cannot read it; the server may
  }
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const shrunk = await drawn(bitmap, bitmap.width * scale, bitmap.height * scale);
  bitmap.close();
  return shrunk ?? picture;
}

/** What a camera shows now. */
export function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  return drawn(video, video.videoWidth, video.videoHeight);
}

function drawn(source: CanvasImageSource, width: number, height: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const context = canvas.getContext("2d");
  if (!context) return Promise.resolve(null);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}
