import type { TFunction } from "i18next";

/** What a request that failed says: problem+json, or that there was no answer at all. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

export const OFFLINE = "offline";

/** Reads the body of an answer that is no success. */
export function problemOf(status: number, body: unknown): Problem {
  if (isRecord(body) && typeof body.code === "string") {
    return new Problem(body.code, status, typeof body.detail === "string" ? body.detail : "", body);
  }
  return new Problem(status === 0 ? OFFLINE : "unexpected", status, "");
}

/** The sentence for people: by code where there is one in their language, else what the server says. */
export function describeProblem(error: unknown, t: TFunction): string {
  if (!(error instanceof Problem)) return t("problem.unexpected");
  const known = t(`problem.${error.code}` as "problem.unexpected", { defaultValue: "" });
  return known || error.detail || t("problem.unexpected");
}

/** Who was asked for that was merged away, and who they are now. */
export function mergeIn(error: unknown): { from: number; into: number } | null {
  if (!(error instanceof Problem) || error.code !== "person_merged") return null;
  const { merged_person_id: from, person_id: into } = error.facts;
  return typeof from === "number" && typeof into === "number" ? { from, into } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
