import type { Truststore } from "../client.js";
import type { Reading } from "../step.js";
import type { DeploymentResult, Trusted } from "../wire.js";
import { environmentsIn, everywhere, thumbprintsOf, type CertificateState, type EnvironmentState } from "./state.js";

/**
 * What is known of each environment's workers: what the service says, and what their truststores show (apinizer.md 5). A
 * truststore is the union of what those workers hold that answer, so a no of the service is never made a yes by it; and an
 * empty one is what workers show that do not answer.
 */

/** A certificate as truststores would show it. */
export interface Wanted {
  readonly name: string;
  readonly aliases: readonly string[];
  /** SHA-1, hex, upper case. */
  readonly thumbprints: readonly string[];
}

/** All that a resource may have put into truststores. */
export const wantedOf = (state: CertificateState): Wanted => ({
  name: state.name,
  aliases: [...new Set([state.alias, ...state.entries.flatMap(({ alias }) => alias ?? [])])],
  thumbprints: [
    ...new Set([
      ...(state.deployed === undefined ? [] : [state.deployed.thumbprint]),
      ...everywhere(state).flatMap(({ thumbprints }) => thumbprints),
    ]),
  ],
});

const isOurs = ({ name, alias, thumbprint }: Trusted, wanted: Wanted): boolean => {
  const named = name === undefined || name === wanted.name;
  const aliased = alias !== undefined && wanted.aliases.includes(alias);
  // Name and alias alone are enough: what is there under both is an older one of ours.
  return thumbprint !== undefined && wanted.thumbprints.includes(thumbprint)
    ? named || aliased || alias === undefined
    : aliased && named;
};

/** The message of an environment that was deployed, and whose workers were seen without the certificate since. */
export const NO_LONGER = "its workers no longer have it";

/** Entries of a truststore that are a certificate's. */
const held = (store: Truststore, wanted: Wanted): readonly Trusted[] =>
  store.seen === "yes" ? store.entries.filter((entry) => isOurs(entry, wanted)) : [];

/** Whether an environment's workers trust a certificate, as far as they answer; undefined when that cannot be seen. */
export function trusts(store: Truststore, wanted: Wanted): boolean | undefined {
  if (store.seen !== "yes") return undefined;
  return held(store, wanted).length > 0 || (store.opaque ? undefined : false);
}

/** The truststores of environments, one after the other; `shared`: as of a refresh, which asks once for all resources. */
export async function truststores(
  environments: readonly string[],
  { api, resource }: Reading,
  shared = false,
): Promise<ReadonlyMap<string, Truststore>> {
  const all = new Map<string, Truststore>();
  for (const environment of environments)
    all.set(
      environment,
      await (shared ? api.sharedTruststore(environment, resource) : api.truststore(environment, resource)),
    );
  return all;
}

/** Whether this token may look into truststores, as far as these have told. */
export const rightsIn = (
  stores: ReadonlyMap<string, Truststore>,
  before: CertificateState["truststores"],
): CertificateState["truststores"] =>
  stores.size === 0 ? before : [...stores.values()].some(({ seen }) => seen === "refused") ? "refused" : "readable";

/** Whether the service said no, and not of which environment. */
export const isUnlistedNo = (said: DeploymentResult | undefined): boolean =>
  said !== undefined && !said.listed && said.success === false;

/** An environment as far as its truststore tells, which should have one certificate and nothing older. */
export function seenIn(
  before: EnvironmentState,
  thumbprint: string | undefined,
  store: Truststore,
  wanted: Wanted,
): EnvironmentState {
  const { environment } = before;
  const may = [...new Set([...before.thumbprints, ...(thumbprint === undefined ? [] : [thumbprint])])];
  if (store.seen === "unread" || store.seen === "refused")
    return { environment, outcome: "unknown", message: store.cameBack, thumbprints: may };
  const there = thumbprintsOf(held(store, { ...wanted, thumbprints: [...wanted.thumbprints, ...may] }));
  const older = there.filter((one) => one !== thumbprint);
  if (thumbprint !== undefined && there.includes(thumbprint) && older.length === 0)
    return { environment, outcome: "deployed", thumbprints: [thumbprint] };
  const message =
    store.seen !== "yes"
      ? `its workers show nothing (${store.cameBack})`
      : older.length > 0
        ? `its truststore holds ${older.join(", ")}`
        : "its truststore does not hold it";
  return { environment, outcome: "failed", message, thumbprints: [...new Set([...may, ...older])] };
}

export interface Settled {
  readonly outcomes: EnvironmentState[];
  readonly truststores: CertificateState["truststores"];
}

/**
 * The outcome of a write for each environment. A row decides; without one the truststore does, where it can be seen. An
 * environment that was dropped stays until it is known to be clean.
 *
 * @param state after the write, with the outcomes of before. @param before truststores of dropped environments as they
 * were before the write: workers that answered then are believed when they show nothing now.
 */
export async function settled(
  state: CertificateState,
  thumbprint: string | undefined,
  said: DeploymentResult | undefined,
  before: ReadonlyMap<string, Truststore>,
  context: Reading,
): Promise<Settled> {
  const rows = new Map(said?.results.map((row) => [row.environment, row]));
  const wanted = wantedOf(state);
  const listed = new Set([...state.environments, ...environmentsIn(state)]);
  const known = everywhere(state);
  const all = [
    ...known,
    ...[...listed]
      .filter((environment) => !known.some((one) => one.environment === environment))
      .map((environment): EnvironmentState => ({ environment, outcome: "unknown", thumbprints: [] })),
  ];
  const doubtful = all.flatMap(({ environment }) => (rows.has(environment) ? [] : [environment]));
  // One is read although nothing is in doubt: the next preview says whether a deletion can look (section 2.8).
  const stores = await truststores(doubtful.length > 0 ? doubtful : [...listed].slice(0, 1), context);
  const of = (one: EnvironmentState): EnvironmentState[] => {
    const { environment } = one;
    const row = rows.get(environment);
    const store = stores.get(environment);
    const message = row?.message ?? (said?.listed === true ? undefined : said?.message);
    const told = message === undefined ? {} : { message };
    if (!listed.has(environment)) {
      if (row?.success === true) return [];
      const left = { environment, ...told, thumbprints: one.thumbprints };
      if (row !== undefined || one.outcome === "left") return [{ ...left, outcome: "left" }];
      const there = store === undefined ? undefined : trusts(store, wanted);
      if (there === true) return [{ ...left, outcome: "left", message: "its truststore still holds it" }];
      if (there === false || (store?.seen === "empty" && before.get(environment)?.seen === "yes")) return [];
      return state.whenUndeployUnknown === "letGo" ? [] : [{ ...left, outcome: "unknown" }];
    }
    const may = [...new Set([...one.thumbprints, ...(thumbprint === undefined ? [] : [thumbprint])])];
    if (row?.success === true)
      return [
        { environment, outcome: "deployed", ...told, thumbprints: thumbprint === undefined ? may : [thumbprint] },
      ];
    if (row !== undefined || store === undefined)
      return [{ environment, outcome: "failed", ...told, thumbprints: may }];
    const own = thumbprint ?? state.entries.findLast((entry) => entry.environment === environment)?.thumbprint;
    return [{ ...seenIn(one, own, store, wanted), ...told }];
  };
  const outcomes = all.flatMap(of);
  // Somebody failed: where nobody is seen to have, workers that do not answer are behind it.
  const shown = outcomes.filter(({ environment }) => listed.has(environment));
  const hidden = isUnlistedNo(said) && shown.every(({ outcome }) => outcome !== "failed");
  const somewhere = shown.some(({ outcome }) => outcome === "unknown") ? "unknown" : "deployed";
  return {
    outcomes: hidden
      ? outcomes.map((one) => (shown.includes(one) && one.outcome === somewhere ? { ...one, outcome: "failed" } : one))
      : outcomes,
    truststores: rightsIn(stores, state.truststores),
  };
}
