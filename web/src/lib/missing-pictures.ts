/**
 * Marks pictures that cannot be had, of originals on a disk that is away for one, so that their place is shown
 * without the browser's sign for broken ones. Neither event rises through the page, so both are caught on their way.
 */
export function markMissingPictures(): void {
  const mark = (event: Event) => {
    if (event.target instanceof HTMLImageElement)
      event.target.toggleAttribute("data-missing", event.type === "error");
  };
  document.addEventListener("error", mark, { capture: true });
  document.addEventListener("load", mark, { capture: true });
}
