import { Fault } from "../../core/fault.js";
import type { Made } from "../../core/lifecycle.js";
import type { Operation } from "../../core/operation.js";
import { cameBackOf, type Reply } from "../../http/jsonReply.js";
import { createJwk, removeJwk, updateJwk } from "../operations.js";
import { failuresInWords, namesOf, outcomesInWords, type Outcome } from "../outcomes.js";
import { unlessRights } from "../client.js";
import { fault, partial, type Step } from "../step.js";
import { saidOf, type Jwk, type Members } from "../wire.js";
import type { JwkInputs } from "./inputs.js";
import { hasKey, keyOfSource, taken } from "./reading.js";
import { demandUndeployed, removed } from "./removing.js";
import { withInputs, type JwkState } from "./state.js";

/** Makes a JWK, adopts one, or waits for its certificate. */
export async function make(inputs: JwkInputs, context: Step): Promise<Made<JwkState>> {
  const id = `${inputs.project}/jwks/${inputs.name}`;
  const empty: JwkState = { ...inputs, made: false, attached: false, outcomes: [] };
  const operation = context.plan.operations.find(({ name }) => name === createJwk.name);
  if (inputs.adopt === true) return { id, state: await adopted(empty, context) };
  if (operation === undefined) return { id, state: empty };
  return { id, state: await created(empty, operation, context) };
}

async function adopted(empty: JwkState, context: Step): Promise<JwkState> {
  const found = await context.api.jwk(empty.project, empty.name, context.resource);
  if (found !== undefined) return taken(empty, found);
  throw fault(context, {
    action: `adopt JWK ${empty.name} of project ${empty.project}`,
    cameBack: "the project has no JWK of this name",
    known: "nothing was sent and nothing is kept",
    next: "remove adopt to have it made, or mend the names",
    outcome: "not executed",
  });
}

/** Performs what the plan holds; without a call, what has become of the JWK with its certificate is read. */
export async function change(before: JwkState, inputs: JwkInputs, context: Step): Promise<JwkState> {
  const { plan, api, resource } = context;
  const state = withInputs(before, inputs);
  const operation = (name: string): Operation | undefined => plan.operations.find((each) => each.name === name);
  const [making, updating, removing] = [createJwk, updateJwk, removeJwk].map(({ name }) => operation(name));
  if (making !== undefined) {
    if (removing !== undefined && (await api.jwk(before.project, before.name, resource)) !== undefined)
      demandUndeployed(before, await removed(before, removing, context), context);
    const { keyType, kid, publicJwk, thumbprint, ...others } = state;
    return created({ ...others, made: false, attached: false, outcomes: [] }, making, context);
  }
  if (updating !== undefined) return settle(updating, before, state, undefined, context);
  return inputs.certificateThumbprint !== before.certificateThumbprint && before.made
    ? followed(state, context)
    : state;
}

/** Makes the JWK unless the project has it already: the very one that is wanted is taken over. */
async function created(empty: JwkState, operation: Operation, context: Step): Promise<JwkState> {
  const { api, resource } = context;
  const { project, name } = empty;
  const wanted = await keyOfSource(empty, context);
  const found = await api.jwk(project, name, resource);
  if (found === undefined) return settle(operation, undefined, empty, wanted, context);
  const own = context.unkept(operation) !== undefined || (hasKey(found, wanted) === true && found.attached !== false);
  if (own) {
    context.tell(`JWK ${name} of project ${project} is there already with the key that is wanted: taken over`);
    return taken(empty, found);
  }
  throw fault(context, {
    action: `make JWK ${name} of project ${project}`,
    cameBack: "the project has another JWK of this name",
    known: "nothing was sent and nothing is kept",
    next: "set adopt: true to take it over, or give another name",
    outcome: "not executed",
  });
}

/** Performs a creation or an update and reads back what the manager holds; then what became of each environment. */
async function settle(
  operation: Operation,
  before: JwkState | undefined,
  state: JwkState,
  wanted: Members | undefined,
  context: Step,
): Promise<JwkState> {
  const { api, resource, keeps } = context;
  const { project, name, description } = state;
  const action = `${before === undefined ? "make" : "update"} JWK ${name} of project ${project}`;
  const reply = await api.ask(context.perform, operation);
  const undone = (known: string, more = ""): Fault =>
    fault(context, {
      action,
      ...cameBackOf(reply),
      cameBack: `${cameBackOf(reply).cameBack}${more}`,
      known: `${known}; the state is left as it was`,
      next: unlessRights(cameBackOf(reply).cameBack, "run again: what the project has is read first"),
    });
  if (reply.outcome === "not executed") throw undone("nothing was changed by this call");
  const isDone = (seen: Jwk | undefined): boolean =>
    seen !== undefined && (before === undefined || description === undefined || seen.description === description);
  let found: Jwk | undefined;
  try {
    found = (
      await api.await(
        () => api.jwk(project, name, resource),
        (seen) => (isDone(seen) ? seen : undefined),
        reply.outcome !== "refused",
      )
    ).seen;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw undone("whether it was stored is not known", `; reading it back failed: ${error.parts.cameBack}`);
  }
  if (found === undefined)
    throw undone(before === undefined ? "the project has no such JWK" : "THE JWK IS GONE from the project");
  // A no that nothing contradicts is believed: only a changed description shows that an update was made.
  const shown = before === undefined || (description !== undefined && before.description !== description);
  if (!isDone(found) || (reply.outcome === "refused" && !shown)) throw undone("the project has it as it was before");
  keeps(operation, reply.traceId);
  const after = taken(state, found);
  if (hasKey(found, wanted) === false)
    context.tell(`JWK ${name} of project ${project} has not the key of its certificate`);
  return deployed({ ...after, outcomes: [...outcomesOf(reply, before)] }, reply, action, context);
}

/** What was said of each environment; where an answer was lost, what was known before. */
const outcomesOf = (reply: Reply, before: JwkState | undefined): readonly Outcome[] =>
  saidOf(reply)?.results.map(({ environment, success, message }) => ({
    environment,
    outcome: success ? ("deployed" as const) : ("failed" as const),
    ...(message === undefined ? {} : { message }),
  })) ??
  before?.outcomes ??
  [];

/** @throws Fault that keeps the state, where an environment has failed. No call shows what JWKs workers hold. */
function deployed(state: JwkState, reply: Reply, action: string, context: Step): JwkState {
  const { outcomes, project, name } = state;
  if (outcomes.length === 0) {
    const said = saidOf(reply)?.message;
    context.tell(
      `where JWK ${name} of project ${project} is deployed is not known: the service has ${said === undefined ? "not said" : `said "${said}"`}, and no call shows it`,
    );
  }
  const failed = outcomes.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) return state;
  throw partial(
    context,
    state,
    {
      action: `${action} and deploy it to ${namesOf(failed)}`,
      cameBack: failuresInWords(failed, "no reason given"),
      known: `the manager has stored it; ${outcomesInWords(outcomes)}; the resource is kept`,
      next: "bring those environments' workers back, and run again: the preview names the update that redeploys it",
      outcome: "done",
    },
    `${project}/jwks/${name}`,
  );
}

/** What the replacement of its certificate has made of a JWK: the new key, or the old one and no reference. */
async function followed(state: JwkState, context: Step): Promise<JwkState> {
  const { api, resource } = context;
  const { project, name, certificateName = "" } = state;
  const wanted = await keyOfSource(state, context);
  const { seen } = await api.await(
    () => api.jwk(project, name, resource),
    (found) => (found === undefined || found.attached === false || hasKey(found, wanted) !== false ? true : undefined),
  );
  if (seen === undefined)
    throw fault(context, {
      action: `read JWK ${name} of project ${project}`,
      cameBack: "the project does not have it any more",
      known: "nothing was changed, the state is left as it was",
      next: 'run "pulumi refresh": the next up makes it anew',
      outcome: "not executed",
    });
  const after = taken(state, seen);
  if (!after.attached)
    context.tell(
      `JWK ${name} of project ${project} is detached from certificate ${certificateName} and keeps the old key`,
    );
  else if (hasKey(seen, wanted) === false)
    throw partial(context, after, {
      action: `follow certificate ${certificateName} with JWK ${name} of project ${project}`,
      cameBack: "the JWK refers to the certificate and still has another key",
      known: "what the service tells of it is kept",
      next: "look at the JWK in the manager, or change trigger to have it made anew",
      outcome: "done",
    });
  return after;
}
