import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Problem } from "@/lib/problem";
import { api, body, type Schema } from "./client";
import { changeItems, changePhotos, forgetLists, photoQuery, together, type Photo } from "./photos";

export type Said = Schema<"EditIn">;

interface Change {
  said: Partial<Said>;
  /** What the one who says it has seen; where it is something else by now, nothing is changed. */
  seen?: Partial<Said>;
}

const TRIES = 3;

/** Says something of one photo: shown at once, and refused where somebody else has said it meanwhile. */
export function useChangePhoto(photoId: number) {
  const queries = useQueryClient();
  const { queryKey } = photoQuery(photoId);
  return useMutation({
    mutationFn: (change: Change) => send(photoId, change),
    onMutate: async ({ said }) =>
      together(
        await changePhotos(queries, (it) => (it.photo_id === photoId ? { ...it, ...said } : it)),
        await changeItems(queries, (items) =>
          items.map((it) =>
            it.photo_id === photoId && said.title !== undefined ? { ...it, title: said.title } : it,
          ),
        ),
      ),
    onError: (_error, _change, takeBack) => {
      takeBack?.();
      void queries.invalidateQueries({ queryKey });
    },
    onSuccess: (photo, { said }) => {
      queries.setQueryData(queryKey, photo);
      if (said.taken_at !== undefined) void forgetLists(queries);
    },
  });
}

/** Faces and the like may change beside it: that is no conflict, so it is read and said again. */
async function send(photoId: number, { said, seen = {} }: Change): Promise<Photo> {
  const params = { path: { photo_id: photoId } };
  for (let left = TRIES; ; left -= 1) {
    const { data, response } = await api.GET("/photos/{photo_id}", { params, cache: "no-store" });
    const now = body({ data });
    const names = Object.keys(seen) as (keyof Said)[];
    if (names.some((it) => now[it] !== seen[it])) throw changed();
    try {
      const headers = { "If-Match": response.headers.get("ETag") ?? "*" };
      return body(await api.PATCH("/photos/{photo_id}", { params, body: said as Said, headers }));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "photo_changed" || left <= 1) throw error;
    }
  }
}

const changed = () => new Problem("photo_changed", 412, "");
