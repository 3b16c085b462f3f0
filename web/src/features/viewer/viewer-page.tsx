import { useParams, useSearch } from "@tanstack/react-router";
import { Viewer } from "./viewer";

/** One photo, alone, at an address of its own. */
export function ViewerPage() {
  const { photoId } = useParams({ from: "/owner/photos/$photoId" });
  const filter = useSearch({ from: "/owner/photos/$photoId" });
  return <Viewer photoId={/^\d{1,10}$/.test(photoId) ? Number(photoId) : 0} filter={filter} />;
}
