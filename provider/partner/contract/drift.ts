import { isoDay } from "../../core/clock.js";
import { differing, listed, type Drift, type DriftKind } from "../../core/drift.js";
import { nameOf } from "../operations.js";
import type { ContractState } from "./state.js";

/** What DigiCert says otherwise of an ACME contract and of its first credential. */
export function drift(before: ContractState, after: ContractState, now: Date): Drift[] {
  const [was, is] = [before.contract, after.contract];
  if (was === undefined || is === undefined) return [];
  const what = `contract ${is.id}`;
  if (is.canceledAt !== undefined)
    return was.canceledAt !== undefined ? [] : differing("ended", what, "in force", "canceled", is.canceledAt);
  const words = (yes: boolean | undefined, on: string, off: string): string | undefined =>
    yes === undefined ? undefined : yes ? on : off;
  const end = is.validTill === undefined ? undefined : new Date(is.validTill);
  const expired = end !== undefined && end <= now;
  // What one of the two answers does not show has not changed.
  const shown = (kind: DriftKind, of: string, before: string | undefined, now: string | undefined): Drift[] =>
    before === undefined || now === undefined ? [] : differing(kind, of, before, now);
  return [
    ...differing("settings", `names of ${what}`, listed(was.sans), listed(is.sans)),
    ...shown("settings", `auto renew of ${what}`, words(was.autoRenew, "on", "off"), words(is.autoRenew, "on", "off")),
    ...shown(
      "status",
      `validation of the organization of ${what}`,
      words(was.organizationValidated, "validated", "not validated"),
      words(is.organizationValidated, "validated", "not validated"),
    ),
    ...(expired ? [] : shown("succeeded", `term of ${what}`, was.validTill, is.validTill)),
    ...(expired ? differing("expired", what, `valid till ${isoDay(end)}`, "expired", isoDay(end)) : []),
    ...(before.credential === undefined || after.credential === undefined
      ? []
      : differing(
          "ended",
          `first credential ${nameOf(after.credential)} of ${what}`,
          before.credential.status,
          after.credential.status,
        )),
  ];
}
