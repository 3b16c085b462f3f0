import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { neighboursQuery } from "@/api/neighbours";
import { photoQuery } from "@/api/photos";
import { previewOf, thumbnailOf } from "@/lib/media";
import type { PhotoFilter } from "@/lib/photo-filter";

export interface Way {
  previousId: number | null;
  nextId: number | null;
  /** To another photo, in place of this one: the way back leads out of the viewer. */
  show: (photoId: number) => void;
  close: () => void;
}

/** Where one goes from a photo: to those beside it, which are fetched ahead, and back. */
export function useWay(photoId: number, filter: PhotoFilter): Way {
  const queries = useQueryClient();
  const router = useRouter();
  const navigate = useNavigate();
  const { data } = useQuery({ ...neighboursQuery(photoId, filter), enabled: photoId > 0 });

  useEffect(() => {
    for (const id of [data?.next_photo_id, data?.previous_photo_id]) {
      if (!id) continue;
      queries.query(neighboursQuery(id, filter)).catch(() => undefined);
      queries.query({ ...photoQuery(id), staleTime: "static" }).then(fetchPictures, () => undefined);
    }
  }, [data, filter, queries]);

  return {
    previousId: data?.previous_photo_id ?? null,
    nextId: data?.next_photo_id ?? null,
    show: (id) =>
      void navigate({
        to: "/photos/$photoId",
        params: { photoId: String(id) },
        search: filter,
        replace: true,
      }),
    close: () => {
      if (router.history.canGoBack()) router.history.back();
      else void navigate({ to: filter.trashed ? "/trash" : "/" });
    },
  };
}

function fetchPictures(photo: { photo_id: number; version: string }): void {
  for (const address of [thumbnailOf(photo), previewOf(photo)]) new Image().src = address;
}
