import type { Outcome } from "../outcomes.js";
import type { Reading } from "../step.js";
import { rightsIn, trusts, truststores } from "./outcomes.js";
import { entriesOf, environmentsIn, isWaiting, type CertificateState } from "./state.js";

/**
 * The state as the manager has it now, by one list of its project; gone when the manager says by its name that there is
 * none, and every environment is seen to be clean.
 */
export async function reread(before: CertificateState, context: Reading): Promise<CertificateState | "gone"> {
  const { project, name } = before;
  if (isWaiting(before)) return before;
  const listed = (await context.api.listed(project, context.resource)).find((one) => one.name === name);
  // A list may leave the content out, and with it what tells one certificate from another.
  const whole = listed?.entries.every(({ thumbprint }) => thumbprint !== undefined) === true;
  const found = whole ? listed : await context.api.certificate(project, name, context.resource);
  if (found === undefined) return vanished(before, context);
  const entries = entriesOf(found);
  const environments = environmentsIn({ entries });
  const same =
    environments.length === before.environments.length &&
    before.environments.every((environment) => environments.includes(environment));
  const aliases = new Set(entries.map(({ alias }) => alias));
  const [alias] = aliases;
  return {
    ...before,
    ...(await outcomesNow({ ...before, entries }, environments, context)),
    entries,
    missing: false,
    ...(same ? {} : { environments }),
    ...(aliases.size === 1 && alias !== undefined ? { alias } : {}),
  };
}

/** What has become of environments that were not known to be deployed; of others nothing is asked. */
async function outcomesNow(
  { outcomes, alias, entries }: CertificateState,
  environments: readonly string[],
  context: Reading,
): Promise<Pick<CertificateState, "outcomes"> & Partial<Pick<CertificateState, "truststores">>> {
  const kept = outcomes.filter(({ environment }) => environments.includes(environment));
  const open = kept.filter(({ outcome }) => outcome !== "deployed").map(({ environment }) => environment);
  if (open.length === 0) return { outcomes: kept };
  const stores = await truststores(open, context);
  const now = kept.map((one): Outcome => {
    const store = stores.get(one.environment);
    const thumbprints = entries.flatMap(({ environment, thumbprint }) =>
      environment === one.environment && thumbprint !== undefined ? [thumbprint] : [],
    );
    const there = store === undefined ? undefined : trusts(store, { alias, thumbprints });
    return there === undefined ? one : { environment: one.environment, outcome: there ? "deployed" : "failed" };
  });
  return { outcomes: now, truststores: rightsIn(stores) };
}

async function vanished(before: CertificateState, context: Reading): Promise<CertificateState | "gone"> {
  const stores = await truststores(environmentsIn(before), context);
  const wanted = {
    alias: before.alias,
    thumbprints: [before.deployed?.thumbprint, ...before.entries.map(({ thumbprint }) => thumbprint)].filter(
      (one): one is string => one !== undefined,
    ),
  };
  const clean = stores.size > 0 && [...stores.values()].every((store) => trusts(store, wanted) === false);
  return clean ? "gone" : { ...before, missing: true, truststores: rightsIn(stores) };
}
