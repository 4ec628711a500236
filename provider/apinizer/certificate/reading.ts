import { isDeepStrictEqual } from "node:util";
import type { Reading } from "../step.js";
import type { Certificate } from "../wire.js";
import type { Truststore } from "../client.js";
import { NO_LONGER, rightsIn, seenIn, trusts, truststores, wantedOf, type Wanted } from "./outcomes.js";
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
  const stores = await truststores(
    [...open, ...believed].map(({ environment }) => environment),
    context,
    true,
  );
  const wanted = wantedOf(now);
  const outcomes = all.flatMap((one): EnvironmentState[] => {
    const store = stores.get(one.environment);
    if (store === undefined) return [one];
    if (believed.includes(one)) return [stillThere(one, store, wanted, context)];
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

/** An environment whose workers were known to have the certificate. */
function stillThere(one: EnvironmentState, store: Truststore, wanted: Wanted, context: Reading): EnvironmentState {
  if (store.seen === "unread")
    context.tell(
      `the truststore of ${one.environment} could not be read (${store.cameBack}): whether its workers still have certificate ${wanted.name} is not known, and it is left as it was`,
    );
  return trusts(store, wanted) === false ? { ...one, outcome: "failed", message: NO_LONGER } : one;
}

async function vanished(before: CertificateState, context: Reading): Promise<CertificateState> {
  // A creation that has not come to its end: nothing was there to be deleted.
  if (before.entries.length === 0 && !before.missing) return before;
  const known = everywhere(before);
  const stores = await truststores(
    known.map(({ environment }) => environment),
    context,
    true,
  );
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
