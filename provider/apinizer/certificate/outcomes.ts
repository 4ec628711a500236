import type { Truststore } from "../client.js";
import type { Outcome } from "../outcomes.js";
import type { Reading } from "../step.js";
import type { DeploymentResult } from "../wire.js";
import type { CertificateState } from "./state.js";

/** What is known of each environment's workers: what the service says, and what their truststores show (apinizer.md 5). */

/** A certificate as a truststore would show it. */
export interface Wanted {
  readonly alias: string;
  /** SHA-1, hex, upper case. */
  readonly thumbprints: readonly string[];
}

/** Whether an environment trusts a certificate; undefined when its truststore cannot be seen. */
export function trusts(store: Truststore, { alias, thumbprints }: Wanted): boolean | undefined {
  if (store.seen !== "yes") return undefined;
  return store.entries.some(
    (entry) =>
      entry.thumbprint !== undefined &&
      thumbprints.includes(entry.thumbprint) &&
      (entry.alias === undefined || entry.alias === alias),
  );
}

/** The truststores of environments, one after the other. */
export async function truststores(
  environments: readonly string[],
  { api, resource }: Reading,
): Promise<ReadonlyMap<string, Truststore>> {
  const all = new Map<string, Truststore>();
  for (const environment of environments) all.set(environment, await api.truststore(environment, resource));
  return all;
}

/** Whether this token may look into truststores, as far as these have told. */
export const rightsIn = (stores: ReadonlyMap<string, Truststore>): CertificateState["truststores"] =>
  [...stores.values()].some(({ seen }) => seen === "refused") ? "refused" : "readable";

/**
 * The outcome of a deployment for each environment: a row that says yes counts; whatever else was said, or not said, is
 * held against the truststore.
 */
export async function deployedWhere(
  environments: readonly string[],
  said: DeploymentResult | undefined,
  wanted: Wanted,
  context: Reading,
): Promise<{ readonly outcomes: Outcome[]; readonly truststores: CertificateState["truststores"] }> {
  const rows = new Map(said?.results.map((row) => [row.environment, row]));
  const doubtful = environments.filter((environment) => rows.get(environment)?.success !== true);
  // One is read although nothing is in doubt: the next preview says whether a deletion can look (section 2.8).
  const stores = await truststores(doubtful.length > 0 ? doubtful : environments.slice(0, 1), context);
  const outcomes = environments.map((environment): Outcome => {
    const row = rows.get(environment);
    const message = row?.message ?? (said?.listed === true ? undefined : said?.message);
    const told = message === undefined ? {} : { message };
    const store = row?.success === true ? undefined : stores.get(environment);
    if (store === undefined) return { environment, outcome: "deployed", ...told };
    const there = trusts(store, wanted);
    if (there === true) return { environment, outcome: "deployed", ...told };
    // Workers that do not answer were not deployed to, as far as anybody can say.
    if (there === false || row?.success === false || store.seen === "unreachable")
      return { environment, outcome: "failed", ...told };
    return { environment, outcome: "unknown", ...told };
  });
  return { outcomes, truststores: rightsIn(stores) };
}
