import type { HttpCall } from "../core/operation.js";

/** How the account's service spells the validity of an order: an object, or the older fields at the root (section 3). */
export const VALIDITY_FIELDS = ["nested", "root"] as const;
export type ValidityFields = (typeof VALIDITY_FIELDS)[number];

/** A call as the service is configured to take it. */
export function spelled(call: HttpCall, validity: ValidityFields): HttpCall {
  const { order_validity: order, ...rest } = call.body ?? {};
  if (validity === "nested" || typeof order !== "object" || order === null) return call;
  const { years, days, custom_expiration_date: date } = order as Record<string, unknown>;
  const root = { validity_years: years, validity_days: days, custom_expiration_date: date };
  return {
    ...call,
    body: { ...rest, ...Object.fromEntries(Object.entries(root).filter(([, value]) => value !== undefined)) },
  };
}
