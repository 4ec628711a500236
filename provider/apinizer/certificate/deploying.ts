import { Fault, PartialFault } from "../../core/fault.js";
import type { Made } from "../../core/lifecycle.js";
import type { Operation } from "../../core/operation.js";
import { cameBackOf, type Reply } from "../../http/jsonReply.js";
import { failuresInWords, namesOf, outcomesInWords } from "../outcomes.js";
import { create, remove, update as replace } from "../operations.js";
import { unlessRights, type Truststore } from "../client.js";
import { managerOf } from "../manager.js";
import { holding } from "../scope.js";
import { fault, partial, takeForOwn, type Step } from "../step.js";
import { saidOf, type Certificate, type DeploymentResult } from "../wire.js";
import type { CertificateInputs } from "./inputs.js";
import { isUnlistedNo, settled, truststores } from "./outcomes.js";
import { infoOf } from "./pem.js";
import { removed } from "./removing.js";
import { unnamedIn } from "./unnamed.js";
import {
  doubled,
  entriesOf,
  environmentsIn,
  everywhere,
  inputsOf,
  isWaiting,
  taken,
  thumbprintsOf,
  withInputs,
  type CertificateState,
  type EnvironmentState,
} from "./state.js";

const idOf = ({ project, name }: Pick<CertificateInputs, "project" | "name">): string => `${project}/${name}`;
const objectOf = ({ project, name }: Pick<CertificateInputs, "project" | "name">): string =>
  `certificate ${name} of project ${project}`;

/** Deploys a certificate, adopts one, or waits for one that is not issued yet. */
export async function make(inputs: CertificateInputs, context: Step): Promise<Made<CertificateState>> {
  const id = idOf(inputs);
  const empty: CertificateState = {
    ...inputs,
    ...{ manager: managerOf(context), entries: [], outcomes: [], truststores: "unread", missing: false, writes: 0 },
  };
  takeForOwn(objectOf(inputs), [holding(inputs.project, inputs.name)], context);
  if (inputs.adopt !== true && context.plan.operations.length === 0) return { id, state: empty };
  const found = await context.api.certificate(inputs.project, inputs.name, context.resource);
  if (inputs.adopt === true) return { id, state: await adopted(found, empty, context) };
  return { id, state: await deploy(empty, found, inputs, context) };
}

/** What a certificate is otherwise than the inputs of a resource that adopts it say. */
function unlike(there: CertificateState, inputs: CertificateState): string[] {
  const thumbprint = infoOf(inputs)?.thumbprint;
  const others = thumbprintsOf(there.entries).filter((one) => thumbprint !== undefined && one !== thumbprint);
  const [had, wanted] = [environmentsIn(there), inputs.environments].map((names) => [...names].sort().join(", "));
  const aliases = [...new Set(there.entries.flatMap(({ alias }) => alias ?? []))];
  return [
    ...(others.length === 0 ? [] : [`its thumbprint is ${others.join(" and ")}, and that of pem ${thumbprint ?? ""}`]),
    ...(had === wanted ? [] : [`it is in ${had ?? ""}, not in ${wanted ?? ""}`]),
    ...(aliases.every((alias) => alias === inputs.alias)
      ? []
      : [`its alias is ${aliases.join(", ")}, not ${inputs.alias}`]),
    ...(there.description === inputs.description
      ? []
      : [`its description is ${JSON.stringify(there.description)}, not ${JSON.stringify(inputs.description)}`]),
  ];
}

/** What is there is taken over, with what the truststores of its environments show. */
async function adopted(
  found: Certificate | undefined,
  empty: CertificateState,
  context: Step,
): Promise<CertificateState> {
  if (found === undefined)
    throw fault(context, {
      action: `adopt ${objectOf(empty)}`,
      cameBack: "the project has no certificate of this name",
      known: "nothing was sent and nothing is kept",
      next: "remove adopt to have it deployed, or mend the names",
      outcome: "not executed",
    });
  const there = taken(empty, found);
  const wrong = unlike(there, empty);
  if (wrong.length > 0)
    throw fault(context, {
      action: `adopt ${objectOf(empty)}`,
      cameBack: wrong.join("; "),
      known: "nothing was sent and nothing is kept",
      next: "give the inputs that it has, and change them once it is adopted; or give another name",
      outcome: "not executed",
    });
  const { outcomes, truststores: rights } = await settled(there, undefined, undefined, new Map(), context);
  const open = outcomes.filter(({ outcome }) => outcome !== "deployed");
  if (open.length > 0)
    context.tell(`${objectOf(empty)} is taken over: ${outcomesInWords(open)}, by what the truststores show`);
  const { count: _count, chain: _chain, ...deployed } = infoOf(empty) ?? { count: 0, chain: [] };
  return {
    ...withInputs(there, inputsOf(empty)),
    ...{ description: there.description, outcomes, truststores: rights },
    // It is the very one that the inputs have, as if this resource had deployed it.
    ...("thumbprint" in deployed ? { deployed: { ...deployed, pem: empty.pem } } : {}),
  };
}

/** Performs what the plan holds: deploys, replaces, or mends double entries. */
export async function change(
  before: CertificateState,
  inputs: CertificateInputs,
  context: Step,
): Promise<CertificateState> {
  const { plan, resource, api } = context;
  if (plan.refusal !== undefined)
    throw fault(context, {
      action: `change ${objectOf(before)}`,
      cameBack: plan.refusal,
      known: "nothing was sent, the state is left as it was",
      next: "answer that in the program, and run again",
      outcome: "not executed",
    });
  const adopts = isWaiting(before) && inputs.adopt === true;
  if (plan.operations.length === 0 && !adopts) return withInputs(before, inputs);
  const found = await api.certificate(before.project, before.name, resource);
  if (adopts) takeForOwn(objectOf(before), [holding(before.project, before.name)], context);
  if (adopts) return adopted(found, withInputs(before, inputs), context);
  const planned = (name: string): Operation | undefined => plan.operations.find((one) => one.name === name);
  const [operation, mending, making] = [planned(replace.name), planned(remove.name), planned(create.name)];
  if (operation === undefined && (mending === undefined || making === undefined || found === undefined))
    return deploy(before, found, inputs, context);
  if (found === undefined)
    throw partial(
      context,
      { ...before, missing: true },
      {
        action: `replace ${objectOf(before)}`,
        cameBack: "it was deleted outside",
        known: "nothing was sent, and that it is missing is kept in the state",
        next: "look at the preview again: it says what deploys it again",
        outcome: "not executed",
      },
    );
  demandAsNamed(before, inputs, found, context);
  if (operation !== undefined) return settle(operation, before, inputs, found, context);
  if (mending === undefined || making === undefined) throw new Error("the plan of this step mends nothing.");
  return settle(making, await cleared(before, found, mending, context), inputs, undefined, context, true);
}

/**
 * What a replacement finds must be what its preview was made from: an environment or a certificate that it has not named
 * would go with it. @throws Fault that keeps what was found, before anything is sent.
 */
function demandAsNamed(before: CertificateState, inputs: CertificateInputs, found: Certificate, context: Step): void {
  const strange = unnamedIn(before, found, inputs);
  if (strange.length === 0) return;
  throw partial(context, taken(before, found), {
    action: `replace ${objectOf(before)}`,
    cameBack: `the manager has it otherwise than the preview was made from: ${strange.join(", ")}`,
    known: "nothing was sent, and what was found is kept in the state",
    next: "look at the preview again: it names what becomes of that",
    outcome: "not executed",
  });
}

/** Deletes a certificate with double entries, so that it can be made once. @returns the state without its record. */
async function cleared(
  before: CertificateState,
  found: Certificate,
  mending: Operation,
  context: Step,
): Promise<CertificateState> {
  const state = { ...before, writes: before.writes + 1, outcomes: everywhere(before, found) };
  try {
    await removed(before, mending, context);
  } catch (error) {
    if (!(error instanceof Fault) || error.outcome === "not executed") throw error;
    throw new PartialFault(error.parts, state);
  }
  const outcomes = state.outcomes.map((one): EnvironmentState => ({
    ...one,
    outcome: one.outcome === "deployed" ? "unknown" : one.outcome,
  }));
  return { ...state, entries: [], outcomes };
}

/** Creates the certificate unless the project has it already: the very one that is wanted is taken over. */
async function deploy(
  before: CertificateState,
  found: Certificate | undefined,
  inputs: CertificateInputs,
  context: Step,
): Promise<CertificateState> {
  const operation = context.plan.operations.find(({ name }) => name === create.name);
  if (operation === undefined) throw new Error("the plan of this step deploys nothing. Nothing was sent.");
  if (found === undefined) return settle(operation, before, inputs, undefined, context);
  const info = infoOf(inputs);
  const entries = entriesOf(found);
  const same =
    entries.length > 0 &&
    entries.every(
      ({ thumbprint, alias }) => thumbprint === info?.thumbprint && (alias ?? inputs.alias) === inputs.alias,
    );
  if (same)
    return outcomesOf({ ...withInputs(before, inputs), entries, missing: false }, undefined, new Map(), context);
  const parts = {
    action: `deploy ${objectOf(inputs)}`,
    cameBack: "the project has another certificate of this name",
    outcome: "not executed",
  } as const;
  if (isWaiting(before))
    throw fault(context, {
      ...parts,
      known: "nothing was sent and nothing is kept",
      next: "set adopt: true, with the certificate, alias, environments and description that it has, to take it over and change it from there; or give another name",
    });
  throw partial(context, taken(before, found), {
    ...parts,
    known: "nothing was sent, and what was found is kept in the state",
    next: "look at the preview again: it names what becomes of that certificate",
  });
}

/** Whether the manager has all that was asked for: certificate, alias, environments and, where it is shown, description. */
function isAsked({ entries, description }: Certificate, inputs: CertificateInputs): boolean {
  const thumbprint = infoOf(inputs)?.thumbprint;
  const has = (environment: string): boolean =>
    entries.some(
      (entry) =>
        entry.environment === environment &&
        entry.thumbprint === thumbprint &&
        (entry.alias ?? inputs.alias) === inputs.alias,
    );
  return (
    (description ?? inputs.description) === inputs.description &&
    inputs.environments.every(has) &&
    entries.every(({ environment }) => inputs.environments.includes(environment))
  );
}

/** What a write came to, as far as answer and manager tell. */
type CameTo = "stored" | "not stored" | "not known";

/**
 * A yes counts when the manager shows what was asked; so does a no that names environments, because it tells of a
 * deployment. Any other no is believed unless the manager shows what it did not have before, and what was lost is not
 * known when there was nothing to see.
 */
function cameTo(
  reply: Reply,
  inputs: CertificateInputs,
  found: Certificate | undefined,
  seen: Certificate | undefined,
): CameTo {
  const shown = seen !== undefined && isAsked(seen, inputs);
  const isNew = shown && (found === undefined || !isAsked(found, inputs));
  if (shown && (reply.outcome === "done" || isNew || saidOf(reply)?.listed === true)) return "stored";
  const plainNo = reply.outcome === "refused" && (reply.status ?? 0) >= 400 && saidOf(reply)?.listed !== true;
  return plainNo ? "not stored" : "not known";
}

/**
 * Performs a deployment and reads back what the manager holds; then what became of each environment.
 *
 * @param again whether an old record was deleted for it: then every fault keeps that.
 */
async function settle(
  operation: Operation,
  before: CertificateState,
  inputs: CertificateInputs,
  found: Certificate | undefined,
  context: Step,
  again = false,
): Promise<CertificateState> {
  const { api, resource } = context;
  const info = infoOf(inputs);
  const dropped = everywhere(before).flatMap(({ environment }) =>
    inputs.environments.includes(environment) ? [] : [environment],
  );
  const stores = await truststores(dropped, context);
  const reply = await api.ask(context.perform, operation);
  const action = `deploy ${objectOf(inputs)}`;
  const old = again ? "the one with double entries is deleted, and " : "";
  const next = (otherwise: string): string => unlessRights(cameBackOf(reply).cameBack, otherwise);
  if (reply.outcome === "not executed") {
    const parts = { action, ...cameBackOf(reply), next: next("run again: what the project has is read first") };
    if (again) throw partial(context, before, { ...parts, known: `${old}that is kept in the state` });
    throw fault(context, { ...parts, known: "nothing was changed by this call; the state is left as it was" });
  }
  const last = { ...before, writes: before.writes + 1 };
  /** What it may have become: each environment may have the old one and the new one. */
  const doubt = (state: CertificateState): CertificateState => ({ ...state, outcomes: doubted(before, inputs, reply) });
  let seen: Certificate | undefined;
  try {
    seen = (
      await api.await(
        () => api.certificate(inputs.project, inputs.name, resource),
        (one) => (one !== undefined && isAsked(one, inputs) ? one : undefined),
        reply.outcome !== "refused",
      )
    ).seen;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { cameBack } = cameBackOf(reply);
    throw partial(
      context,
      doubt(last),
      {
        ...{ action, ...cameBackOf(reply), cameBack: `${cameBack}; reading it back failed: ${error.parts.cameBack}` },
        known: `${old}whether it was stored is not known; that is kept in the state`,
        next: next("run again: what the project has is read first, and the preview names what is missing"),
      },
      idOf(inputs),
    );
  }
  const result = cameTo(reply, inputs, found, seen);
  if (result === "stored" && seen !== undefined) {
    const state = { ...withInputs(last, inputs), entries: entriesOf(seen), missing: false };
    return outcomesOf(state, saidOf(reply), stores, context);
  }
  const gone = seen === undefined && found !== undefined;
  const known = gone
    ? "THE CERTIFICATE IS GONE from the project, and gateways may be without it"
    : seen === undefined
      ? "the project has no such certificate"
      : result === "not stored"
        ? "the project has what it had before"
        : isAsked(seen, inputs)
          ? "whether it was deployed anew is not known, because the project had all that was asked for before"
          : `the project does not have what was asked for (thumbprint ${info?.thumbprint ?? "?"}, alias, environments, description)`;
  const parts = { action, ...cameBackOf(reply) };
  const isTheirs = seen?.entries.every(({ thumbprint }) => thumbprint !== info?.thumbprint) === true;
  if (isWaiting(before) && (result === "not stored" || (reply.outcome !== "done" && isTheirs)))
    throw fault(context, {
      ...parts,
      known: `${seen === undefined ? known : "the project has a certificate of this name that this call has not made"}; nothing is kept`,
      next: next("mend what the answer names, and run again"),
    });
  const now = seen === undefined ? { ...last, missing: gone || before.missing } : taken(last, seen);
  throw partial(
    context,
    result === "not stored" ? now : doubt(now),
    {
      ...parts,
      known: `${old}${known}; that is kept in the state`,
      next: next("mend what the answer names, and run again: the preview names what is missing"),
    },
    idOf(inputs),
  );
}

/** Outcomes after a call of which it is not known what it did. */
function doubted(before: CertificateState, inputs: CertificateInputs, reply: Reply): EnvironmentState[] {
  const rows = new Map(saidOf(reply)?.results.map((row) => [row.environment, row]));
  const thumbprints = thumbprintsOf([{ thumbprint: infoOf(inputs)?.thumbprint }]);
  const known = everywhere(before);
  const added = inputs.environments
    .filter((environment) => !known.some((one) => one.environment === environment))
    .map((environment): EnvironmentState => ({ environment, outcome: "unknown", thumbprints: [] }));
  return [...known, ...added].map((one) => {
    const row = rows.get(one.environment);
    const failed = row?.success === false || one.outcome === "failed";
    return {
      environment: one.environment,
      outcome: one.outcome === "left" ? "left" : failed ? "failed" : "unknown",
      ...(row?.message === undefined ? {} : { message: row.message }),
      thumbprints: [
        ...new Set([...one.thumbprints, ...(inputs.environments.includes(one.environment) ? thumbprints : [])]),
      ],
    };
  });
}

/** The state with each environment's outcome. @throws Fault that keeps it, where one has failed or was left behind. */
async function outcomesOf(
  state: CertificateState,
  said: DeploymentResult | undefined,
  before: ReadonlyMap<string, Truststore>,
  context: Step,
): Promise<CertificateState> {
  const { name } = state;
  const info = infoOf(state);
  const { count, chain, ...deployed } = info ?? { count: 0, chain: [] };
  const after: CertificateState = {
    ...state,
    ...("thumbprint" in deployed ? { deployed: { ...deployed, pem: state.pem } } : {}),
    ...(await settled(state, info?.thumbprint, said, before, context)),
  };
  const { outcomes } = after;
  const twice = doubled(after);
  if (twice.length > 0)
    context.tell(
      `the manager lists certificate ${name} twice for ${twice.join(", ")}: the next preview names what mends it`,
    );
  const of = (outcome: EnvironmentState["outcome"]): EnvironmentState[] =>
    outcomes.filter((one) => one.outcome === outcome);
  const listed = environmentsIn(after);
  const unknown = of("unknown").filter(({ environment }) => listed.includes(environment));
  if (unknown.length > 0)
    context.tell(
      `whether certificate ${name} is deployed in ${namesOf(unknown)} is not known: the service has not said, and the truststores cannot be read`,
    );
  const unseen = of("unknown").filter(({ environment }) => !listed.includes(environment));
  if (unseen.length > 0)
    context.tell(
      `whether ${namesOf(unseen)}, which certificate ${name} was dropped from, still trust it is not known: a refresh looks at their truststores`,
    );
  const [failed, left] = [of("failed"), of("left")];
  if (failed.length + left.length === 0) return after;
  const missed = failed.length === 0 ? [] : [`deploy ${objectOf(state)} to ${namesOf(failed)}`];
  const dropped =
    left.length === 0
      ? []
      : [`${failed.length === 0 ? `undeploy ${objectOf(state)}` : "undeploy it"} from ${namesOf(left)}`];
  const rights = said?.listed === true ? "" : `; ${RIGHTS}`;
  throw partial(
    context,
    after,
    {
      action: [...missed, ...dropped].join(" and "),
      cameBack: [
        ...(isUnlistedNo(said) ? [said?.message ?? "the service said that it failed, and not where"] : []),
        failuresInWords([...failed, ...left], "no reason given"),
      ].join("; "),
      known: `the manager has stored it; ${outcomesInWords(outcomes)}; the resource is kept`,
      next:
        (failed.length === 0
          ? "bring those environments' workers back, name them in environments again, and drop them then"
          : "bring those environments' workers back, and run again: the preview names the deployment to all of its environments") +
        rights,
      outcome: "done",
    },
    idOf(state),
  );
}

/** A write by one who may not deploy can be stored without being deployed (section 1.3). */
const RIGHTS = "where they can be reached, check that the token's owner has SECRETS+DEPLOY_UNDEPLOY";
