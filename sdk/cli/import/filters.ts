import type { Row } from "./found.js";

/** What is asked for. Empty lists ask for everything. */
export interface Filters {
  /** In the service's words, any case. */
  readonly status: readonly string[];
  /** Patterns of names; `*` stands for any text. */
  readonly name: readonly string[];
  /** UTC days, `YYYY-MM-DD`. */
  readonly expiresBefore: string | undefined;
  readonly expiresAfter: string | undefined;
  readonly comms: readonly number[];
  readonly commTypes: readonly string[];
  readonly contracts: readonly number[];
  readonly projects: readonly string[];
}

/** Whether an object is asked for. Without a status that is what `isInForce` says. */
export function isAskedFor(row: Row, filters: Filters, isInForce: boolean): boolean {
  const { status, name, expiresBefore, expiresAfter } = filters;
  const wanted = status.length === 0 ? isInForce : status.some((one) => one.toLowerCase() === row.status.toLowerCase());
  return (
    wanted &&
    (name.length === 0 || row.names.some((one) => name.some((pattern) => matches(pattern, one)))) &&
    (expiresBefore === undefined || (row.until !== undefined && row.until < expiresBefore)) &&
    (expiresAfter === undefined || (row.until !== undefined && row.until > expiresAfter))
  );
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(name);
}
