/** Files somebody wants to have among the photos: the library's, or those of a gallery. */
export interface Offer {
  files: readonly File[];
  galleryId?: number;
}

type Listener = (offer: Offer) => void;
const listeners = new Set<Listener>();

/** Hands files to whoever uploads them; from a button or a drop, anywhere on the page. */
export function offerFiles(offer: Offer): void {
  if (offer.files.length > 0) for (const listener of listeners) listener(offer);
}

export function onOffer(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// As the server's import does: what lies beside pictures and is none.
const SIDECARS = /\.(aae|csv|css|db|dop|html?|ini|js|json|lnk|log|lrv|md|nfo|pp3|thm|tmp|txt|url|xml|xmp)$/i;

/** Whether a file found in a folder may be a picture; hidden ones and sidecars are none. */
export function mayBePhoto(name: string): boolean {
  return !name.startsWith(".") && !SIDECARS.test(name);
}
