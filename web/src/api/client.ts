import createClient, { type Middleware } from "openapi-fetch";
import { API } from "@/lib/media";
import { Problem, problemOf } from "@/lib/problem";
import type { components, paths } from "./schema.gen";

/** A shape of the API by its name there. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** Told when a request was refused for want of a key. */
export const keyWanted = new EventTarget();

// A browser sends 64 KiB in all after a page is gone; so several such requests have room.
const KEPT_BYTES = 16_000;

/** What somebody decides is sent also where they leave the page at once. */
const kept: Middleware = {
  async onRequest({ request }) {
    if (request.method === "GET" || !request.headers.get("content-type")?.includes("json")) return undefined;
    const text = await request.clone().text();
    return text.length < KEPT_BYTES ? new Request(request, { keepalive: true }) : undefined;
  },
};

const problems: Middleware = {
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return response;
    const problem = problemOf(response.status, await response.json().catch(() => null));
    if (response.status === 401) keyWanted.dispatchEvent(new Event("wanted"));
    throw problem;
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return error instanceof Problem ? error : problemOf(0, null);
  },
};

/** The client of Kith's own API; whatever is no success is thrown as a Problem. */
export const api = createClient<paths>({ baseUrl: API });
api.use(kept, problems);

/** The body of an answer, which is there because failures are thrown. */
export function body<Body>(answer: { data?: Body }): NonNullable<Body> {
  if (answer.data === undefined || answer.data === null) throw problemOf(200, null);
  return answer.data;
}

/** A file as a field of a form; the types of the API know it as text. */
export const asField = (file: Blob): string => file as unknown as string;

/** Sends a body as a form rather than as JSON. */
export function asForm(fields: Readonly<Record<string, unknown>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one instanceof Blob) form.append(name, one, one instanceof File ? one.name : "picture.jpg");
      else form.append(name, String(one));
    }
  }
  return form;
}
