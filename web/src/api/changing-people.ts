import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, body, type Schema } from "./client";
import { forgetPeople } from "./decisions";
import { personQuery, type People, type PersonFace, type PersonPatch } from "./people";

interface Change {
  personId: number;
  patch: PersonPatch;
}

/** Changes what is known of a person; each thing is a decision of its own. */
export function useChangePerson() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ personId, patch }: Change) =>
      body(
        await api.PATCH("/people/{person_id}", { params: { path: { person_id: personId } }, body: patch }),
      ),
    onMutate: ({ personId, patch }) => showChanged(queries, personId, patch),
    onError: (_error, _change, takeBack) => takeBack?.(),
    onSettled: () => forgetPeople(queries),
  });
}

/** Makes persons one. `onDone` is told before anything is read anew, so that a page can leave who is gone. */
export function useMergePeople() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ into, from }: { into: number; from: readonly number[]; onDone?: () => void }) =>
      body(await api.POST("/people/merge", { body: { into, from: [...from] } })),
    onMutate: ({ from }) => withoutPersons(queries, from),
    onSuccess: (_decision, { onDone }) => onDone?.(),
    onError: (_error, _merge, takeBack) => takeBack?.(),
    onSettled: () => forgetPeople(queries),
  });
}

export function useSplitPerson() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ personId, ...split }: { personId: number } & Schema<"SplitIn">) =>
      body(
        await api.POST("/people/{person_id}/split", {
          params: { path: { person_id: personId } },
          body: split,
        }),
      ),
    onSettled: () => forgetPeople(queries),
  });
}

interface Erasing {
  personId: number;
  withFaces: boolean;
  onDone: () => void;
}

/** Erases a person for good. */
export function useErasePerson() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ personId, withFaces }: Erasing) =>
      api.DELETE("/people/{person_id}", {
        params: { path: { person_id: personId }, query: { delete_faces: withFaces } },
      }),
    onSuccess: (_answer, { onDone }) => onDone(),
    onSettled: () => forgetPeople(queries),
  });
}

async function showChanged(queries: QueryClient, personId: number, patch: PersonPatch): Promise<() => void> {
  const { queryKey } = personQuery(personId);
  await queries.cancelQueries({ queryKey, exact: true });
  const before = queries.getQueryData(queryKey);
  queries.setQueryData(
    queryKey,
    (now) =>
      now && {
        ...now,
        name: patch.name === undefined ? now.name : patch.name,
        born_on: patch.born_on === undefined ? now.born_on : patch.born_on,
        is_hidden: patch.is_hidden ?? now.is_hidden,
      },
  );
  return () => {
    queries.setQueryData(queryKey, before);
  };
}

interface Pages<Page> {
  pages: Page[];
  pageParams: unknown[];
}

/** Takes persons out of the lists; what it answers puts them back. */
export async function withoutPersons(
  queries: QueryClient,
  personIds: readonly number[],
): Promise<() => void> {
  const gone = new Set(personIds);
  const filters = {
    predicate: ({ queryKey }: { queryKey: readonly unknown[] }) =>
      queryKey[0] === "people" && queryKey.length === 2,
  };
  return changePages<People>(queries, filters, (page) => ({
    ...page,
    items: page.items.filter((it) => !gone.has(it.person_id)),
  }));
}

/** Takes faces out of the lists of a person's faces: they are decided. */
export async function withoutFaces(queries: QueryClient, faceIds: readonly number[]): Promise<() => void> {
  const gone = new Set(faceIds);
  const filters = {
    predicate: ({ queryKey }: { queryKey: readonly unknown[] }) =>
      queryKey[0] === "person" && queryKey[2] === "faces",
  };
  return changePages<{ items: PersonFace[] }>(queries, filters, (page) => ({
    ...page,
    items: page.items.filter((it) => !gone.has(it.face_id)),
  }));
}

async function changePages<Page>(
  queries: QueryClient,
  filters: { predicate: (query: { queryKey: readonly unknown[] }) => boolean },
  change: (page: Page) => Page,
): Promise<() => void> {
  await queries.cancelQueries(filters);
  const before = queries.getQueriesData<Pages<Page>>(filters);
  queries.setQueriesData<Pages<Page>>(filters, (data) => data && { ...data, pages: data.pages.map(change) });
  return () => {
    for (const [key, data] of before) queries.setQueryData(key, data);
  };
}
