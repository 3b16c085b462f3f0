import { infiniteQueryOptions } from "@tanstack/react-query";
import { API } from "@/lib/media";
import { api, body, type Schema } from "./client";

export type AuditEntry = Schema<"AuditEntryOut">;
export type AuditAction = Schema<"AuditAction">;

const ACTIONS: Record<AuditAction, true> = {
  index: true,
  search: true,
  compare: true,
  batch_index: true,
  export: true,
  erase: true,
  decide: true,
  cleanup: true,
};
export const AUDIT_ACTIONS = Object.keys(ACTIONS) as AuditAction[];

/** Days as they are chosen here; the last one belongs to them. */
export interface AuditFilter {
  action?: AuditAction;
  actor?: string;
  from?: string;
  to?: string;
}

function asked({ action, actor, from, to }: AuditFilter) {
  return {
    ...(action && { action }),
    ...(actor && { actor }),
    ...(from && { from: startOf(from, 0) }),
    ...(to && { to: startOf(to, 1) }),
  };
}

function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", filter],
    queryFn: async ({ signal, pageParam }) => {
      const query = { limit: 100, ...asked(filter), ...(pageParam && { cursor: pageParam }) };
      return body(await api.GET("/audit", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** Where a file of the same entries is. */
export function auditFile(filter: AuditFilter, format: "csv" | "jsonl"): string {
  return `${API}/audit/export?${new URLSearchParams({ ...asked(filter), format }).toString()}`;
}
