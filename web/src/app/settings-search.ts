import { AUDIT_ACTIONS, type AuditFilter } from "@/api/audit";
import type { DeliveryState } from "@/api/webhooks";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The filter of the audit log an address holds; what makes no sense is passed over. */
export function auditSearch(search: Record<string, unknown>): AuditFilter {
  const filter: AuditFilter = {};
  const action = AUDIT_ACTIONS.find((it) => it === search.action);
  if (action) filter.action = action;
  if (typeof search.actor === "string" && search.actor) filter.actor = search.actor.slice(0, 200);
  for (const name of ["from", "to"] as const) {
    const day = search[name];
    if (typeof day === "string" && DAY.test(day)) filter[name] = day;
  }
  return filter;
}

export function deliveriesSearch(search: Record<string, unknown>): { state?: DeliveryState } {
  const { state } = search;
  return state === "pending" || state === "delivered" || state === "dead" ? { state } : {};
}
