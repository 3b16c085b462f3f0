import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";
import { changePhotos, type Photo } from "./photos";

export type Decision = Schema<"DecisionOut">;
export type PhotoFace = Schema<"PhotoFaceOut">;
export type FaceAction = Schema<"FaceAction">;
export type Box = Schema<"BoxIn">;

/** Whose a face is: somebody known, or whoever has a name, made if nobody has. */
export interface Whose {
  personId: number | null;
  name: string;
}

export interface Deciding {
  faceIds: readonly number[];
  action: FaceAction;
  /** Whom faces are assigned to, or are not. */
  whose?: Whose;
}

const CONCERNED = ["people", "person", "photo", "photos", "review", "decisions", "search"];

/** Has all that decisions about people change read anew. */
export function forgetPeople(queries: QueryClient): Promise<unknown> {
  return Promise.all(CONCERNED.map((it) => queries.invalidateQueries({ queryKey: [it] })));
}

// While another decision is on its way, what is read would not have it yet, and show it taken back.
const DECIDING = ["decisions"];

function settle(queries: QueryClient): Promise<unknown> | undefined {
  return queries.isMutating({ mutationKey: DECIDING }) <= 1 ? forgetPeople(queries) : undefined;
}

/** Decides about faces: photos that are read show it at once, and as before where the server refuses. */
export function useDecide() {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: DECIDING,
    mutationFn: async ({ faceIds, action, whose }: Deciding) =>
      body(
        await api.POST("/faces/decide", {
          body: {
            face_ids: [...faceIds],
            action,
            ...(whose && (whose.personId ? { person_id: whose.personId } : { name: whose.name })),
          },
        }),
      ),
    onMutate: (deciding) => {
      const ids = new Set(deciding.faceIds);
      return changePhotos(queries, (photo) =>
        photo.faces.some((it) => ids.has(it.face_id))
          ? { ...photo, faces: photo.faces.map((it) => (ids.has(it.face_id) ? decided(it, deciding) : it)) }
          : photo,
      );
    },
    onError: (_error, _deciding, takeBack) => takeBack?.(),
    onSettled: () => settle(queries),
  });
}

interface Drawing {
  photoId: number;
  box: Box;
  whose?: Whose;
}

/** Draws a face by hand; the photo has it at once. */
export function useDrawFace() {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: DECIDING,
    mutationFn: async ({ photoId, box, whose }: Drawing) =>
      body(
        await api.POST("/photos/{photo_id}/faces", {
          params: { path: { photo_id: photoId } },
          body: {
            box,
            ...(whose && (whose.personId ? { person_id: whose.personId } : { name: whose.name })),
          },
        }),
      ),
    onMutate: ({ photoId, box, whose }) =>
      changePhotos(queries, (photo) =>
        photo.photo_id === photoId ? { ...photo, faces: [...photo.faces, drawn(photo, box, whose)] } : photo,
      ),
    onError: (_error, _drawing, takeBack) => takeBack?.(),
    onSettled: () => settle(queries),
  });
}

/** Takes a decision back; `faces` are as they were before it, and are shown so at once. */
export function useUndo() {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: DECIDING,
    mutationFn: async ({ decisionId }: { decisionId: number; faces?: readonly PhotoFace[] }) =>
      body(
        await api.POST("/decisions/{decision_id}/undo", { params: { path: { decision_id: decisionId } } }),
      ),
    onMutate: ({ faces = [] }) => {
      const before = new Map(faces.map((it) => [it.face_id, it]));
      return changePhotos(queries, (photo) =>
        photo.faces.some((it) => before.has(it.face_id))
          ? { ...photo, faces: photo.faces.map((it) => before.get(it.face_id) ?? it) }
          : photo,
      );
    },
    onError: (_error, _undo, takeBack) => takeBack?.(),
    onSettled: () => settle(queries),
  });
}

function decided(face: PhotoFace, { action, whose }: Deciding): PhotoFace {
  const nobody = { person: null, suggested: null, state: "unknown" };
  switch (action) {
    case "assign":
      return { ...face, ...nobody, person: whose ? personOf(whose) : null, state: "confirmed" };
    case "confirm":
      return { ...face, person: face.person ?? face.suggested, suggested: null, state: "confirmed" };
    case "reject":
    case "unassign":
      return { ...face, ...nobody };
    case "ignore":
      return { ...face, ...nobody, is_ignored: true };
    case "restore":
      return { ...face, is_ignored: false };
  }
}

// Until the server has answered, nobody knows the numbers of what is new.
let notYet = -1;

/** Whether the server knows of it. */
export const isKnown = (id: number) => id > 0;

function drawn(photo: Photo, box: Box, whose: Whose | undefined): PhotoFace {
  return {
    face_id: notYet--,
    version: photo.version,
    box,
    state: whose ? "confirmed" : "unknown",
    origin: "drawn",
    quality: 1,
    similarity: null,
    person: whose ? personOf(whose) : null,
    suggested: null,
    is_ignored: false,
  };
}

function personOf({ personId, name }: Whose) {
  return { person_id: personId ?? notYet--, name };
}
