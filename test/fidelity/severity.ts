import type { Severity } from "../../provider/core/policy.js";
import { catalogued } from "../../provider/dynamic/catalogue.js";
import { fits, type Said } from "../instrument/transcript.js";

/** What a person can tell of how much a call destroys: from its name, and where that does not decide, from the words. */

export const catalogueName = (operation: string): string => operation.split(" ")[0] ?? operation;

/** Words of calls that destroy by their arguments only (README, "Reading a preview"). */
const DESTROYS = /OLD CERTIFICATE ENDS AT ONCE|DIGICERT REVOKES|CANCEL order |VOIDS THE ORGANIZATION|DROPPED|DETACHED/;

/** What an operation that a preview has named destroys; undefined where nothing stops working because of it. */
export function severityShown({ shown: { operation }, sentence }: Said): Severity | undefined {
  const known = catalogued(catalogueName(operation));
  if (known === undefined) return undefined;
  const destroys =
    known.destructive === "always" || (known.destructive === "by its arguments" && DESTROYS.test(sentence));
  return destroys ? severityWhenItDestroys(operation) : undefined;
}

/** What a call destroys that is known to destroy. */
export function severityWhenItDestroys(operation: string): Severity | undefined {
  const known = catalogued(catalogueName(operation));
  return known === undefined ? undefined : known.reversible ? "destructive" : "irreversible";
}

/** The same of an operation that was made: where its name does not decide, by what was named of it. */
export function severityMade(operation: string, said: readonly Said[]): Severity | undefined {
  const named = said.filter(({ shown }) => fits(shown.operation, operation));
  const bare: Said = { shown: { operation, certain: true }, sentence: "" };
  return [bare, ...named].map(severityShown).find((severity) => severity !== undefined);
}
