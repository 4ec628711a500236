import { isDeepStrictEqual } from "node:util";
import { fault, type Reading } from "../step.js";
import type { Certificate } from "../wire.js";
import type { Truststore } from "../client.js";
import { NO_LONGER, rightsIn, seenIn, trusts, truststores, wantedOf } from "./outcomes.js";
import {
  entriesOf,
  environmentsIn,
  everywhere,
  isWaiting,
  taken,
  type CertificateState,
  type EnvironmentState,
} from "./state.js";

/**
 * The state as the manager has it now, by one list of its project; missing when the manager says by its name that there is
 * none, and without environments once all of them are seen to be clean.
 */
export async function reread(before: CertificateState, context: Reading): Promise<CertificateState> {
  const { project, name } = before;
  if (isWaiting(before)) return before;
  const listed = await context.api.listed(project, context.resource);
  // A list can leave the content out, and can hold certificates of other projects with the same name (sections 2.1, 1.1):
  // only what is as it was needs no closer look.
  const same = listed.find((one) => one.name === name && isSame(before, one));
  const found = same ?? (await context.api.certificate(project, name, context.resource));
  if (found === undefined) return vanished(before, context);
  const now = taken(before, found);
  return { ...now, ...(await outcomesNow(before, now, context)) };
}

const isSame = ({ entries, description }: CertificateState, found: Certificate): boolean =>
  isDeepStrictEqual(entriesOf(found), entries) && [undefined, "", description].includes(found.description);

/**
 * What has become of the environments, by one look at each of their truststores for all resources that are refreshed. One
 * that has failed stays failed: a truststore is what those workers hold that answer. One that was deployed is not any more
 * when its truststore shows others and not this one; where it cannot be seen, or is empty, it is left as it was.
 */
async function outcomesNow(
  before: CertificateState,
  now: CertificateState,
  context: Reading,
): Promise<Partial<Pick<CertificateState, "outcomes" | "truststores">>> {
  const listed = environmentsIn(now);
  const last = new Map(everywhere(before).map((one) => [one.environment, one]));
  const all = everywhere(now);
  const entryOf = (environment: string): string | undefined =>
    now.entries.findLast((entry) => entry.environment === environment)?.thumbprint;
  const isOpen = ({ environment, outcome }: EnvironmentState): boolean => {
    if (!listed.includes(environment)) return outcome !== "left";
    const thumbprint = entryOf(environment);
    const changed = thumbprint !== undefined && last.get(environment)?.thumbprints.includes(thumbprint) !== true;
    return outcome === "unknown" || changed;
  };
  const open = all.filter(isOpen);
  const believed = all.filter((one) => !open.includes(one) && one.outcome === "deployed");
  if (open.length + believed.length === 0) return {};
  const stores = await readStores([...open, ...believed], context);
  const wanted = wantedOf(now);
  const outcomes = all.flatMap((one): EnvironmentState[] => {
    const store = stores.get(one.environment);
    if (store === undefined) return [one];
    if (believed.includes(one))
      return [trusts(store, wanted) === false ? { ...one, outcome: "failed", message: NO_LONGER } : one];
    if (listed.includes(one.environment)) {
      const seen = seenIn(one, entryOf(one.environment), store, wanted);
      return [one.outcome === "failed" ? { ...one, thumbprints: seen.thumbprints } : seen];
    }
    const there = trusts(store, wanted);
    if (there === false && one.outcome !== "failed") return [];
    return [{ ...one, outcome: there === true || one.outcome === "failed" ? "left" : "unknown" }];
  });
  return { outcomes, truststores: rightsIn(stores, now.truststores) };
}

/**
 * The truststores of a refresh. One that this token may not read is as it is; @throws Fault for one whose read has failed,
 * because nothing is known of its workers then.
 */
async function readStores(
  environments: readonly EnvironmentState[],
  context: Reading,
): Promise<ReadonlyMap<string, Truststore>> {
  const stores = await truststores(
    environments.map(({ environment }) => environment),
    context,
    true,
  );
  for (const [environment, store] of stores)
    if (store.seen === "unread")
      throw fault(context, {
        action: `read the truststore of environment ${environment}`,
        cameBack: store.cameBack,
        known: "nothing was changed, the state is left as it was",
        next: "run again; if it stays so, ask who runs the manager",
        outcome: "unknown",
      });
  return stores;
}

async function vanished(before: CertificateState, context: Reading): Promise<CertificateState> {
  // A creation that has not come to its end: nothing was there to be deleted.
  if (before.entries.length === 0 && !before.missing) return before;
  const known = everywhere(before);
  const stores = await readStores(known, context);
  const wanted = wantedOf(before);
  const clean = known.every(({ environment, outcome }) => {
    const store = stores.get(environment);
    return outcome !== "failed" && outcome !== "left" && store !== undefined && trusts(store, wanted) === false;
  });
  return {
    ...{ ...before, missing: true, truststores: rightsIn(stores, before.truststores) },
    ...(clean ? { entries: [], outcomes: [] } : {}),
  };
}
