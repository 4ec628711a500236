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
import { demandUndeployed, inWords, removed } from "./removing.js";
import { isUnread, withInputs, type JwkState } from "./state.js";

const idOf = ({ project, name }: Pick<JwkInputs, "project" | "name">): string => `${project}/jwks/${name}`;

/** Makes a JWK, adopts one, or waits for its certificate. */
export async function make(inputs: JwkInputs, context: Step): Promise<Made<JwkState>> {
  const id = idOf(inputs);
  const empty: JwkState = { ...inputs, made: false, attached: false, outcomes: [] };
  const operation = context.plan.operations.find(({ name }) => name === createJwk.name);
  if (inputs.adopt === true) return { id, state: await adopted(empty, context) };
  if (operation === undefined) return { id, state: empty };
  return { id, state: await created(empty, operation, context) };
}

async function adopted(empty: JwkState, context: Step): Promise<JwkState> {
  const found = await context.api.jwk(empty.project, empty.name, context.resource);
  if (found !== undefined) {
    const after = taken(empty, found);
    if (hasKey(found, await keyOfSource(empty, context)) !== false) return after;
    context.tell(
      `JWK ${empty.name} of project ${empty.project} has another key than certificate ${empty.certificateName ?? ""}: it is taken over as detached from it`,
    );
    return { ...after, attached: false };
  }
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
  if (plan.refusal !== undefined)
    throw fault(context, {
      action: `change JWK ${before.name} of project ${before.project}`,
      cameBack: plan.refusal,
      known: "nothing was sent, the state is left as it was",
      next: "answer that in the program, and run again",
      outcome: "not executed",
    });
  const state = withInputs(before, inputs);
  if (!before.made && inputs.adopt === true) return adopted(state, context);
  const operation = (name: string): Operation | undefined => plan.operations.find((each) => each.name === name);
  const [making, updating, removing] = [createJwk, updateJwk, removeJwk].map(({ name }) => operation(name));
  if (making !== undefined) {
    // What a run made whose end nobody has written down is there in place of the old one.
    const ends = removing !== undefined && context.unkept(making) === undefined;
    if (ends && (await api.jwk(before.project, before.name, resource)) !== undefined) {
      const said = await removed(before, removing, context);
      const known = "no new one is made by this run; the next run finds no record and makes it";
      demandUndeployed(before, said, known, context);
    }
    const { keyType, kid, publicJwk, thumbprint, ...others } = state;
    return created({ ...others, made: false, attached: false, outcomes: [] }, making, context, ends);
  }
  const follows = before.made && inputs.certificateThumbprint !== before.certificateThumbprint;
  if (updating !== undefined)
    return settle(updating, before, state, follows ? await keyOfSource(state, context) : undefined, context);
  return follows || isUnread(before) ? followed(before, state, context) : state;
}

/**
 * Makes the JWK unless the project has it already: the very one that is wanted is taken over.
 *
 * @param again whether an old one was ended for it.
 */
async function created(empty: JwkState, operation: Operation, context: Step, again = false): Promise<JwkState> {
  const { api, resource } = context;
  const { project, name } = empty;
  const wanted = await keyOfSource(empty, context);
  const found = await api.jwk(project, name, resource);
  const sent = settleEarlier(operation, context);
  if (found === undefined) return settle(operation, undefined, empty, wanted, context, again);
  if (sent || isWanted(found, wanted)) {
    context.tell(
      `JWK ${name} of project ${project} is there already, ${sent ? "made by a run that did not come to its end" : "with the key that is wanted"}: taken over`,
    );
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

/**
 * Writes down of calls that earlier runs have sent, and whose end nobody has written down, that what came of them is known
 * now: a later JWK of this name must not be taken for theirs. @returns whether there are any.
 */
function settleEarlier(operation: Operation, { unkept, keeps }: Step): boolean {
  const settled = new Set<string>();
  for (let sent = unkept(operation); sent !== undefined && !settled.has(sent.traceId); sent = unkept(operation)) {
    keeps(operation, sent.traceId);
    settled.add(sent.traceId);
  }
  return settled.size > 0;
}

/** Whether a JWK has the certificate's key, and still refers to it as far as is told. */
const isWanted = (found: Jwk, wanted: Members | undefined): boolean =>
  hasKey(found, wanted) === true && found.attached !== false;

/** Performs a creation or an update and reads back what the manager holds; then what became of each environment. */
async function settle(
  operation: Operation,
  before: JwkState | undefined,
  state: JwkState,
  wanted: Members | undefined,
  context: Step,
  again = false,
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
      known: `${again ? "the old one is deleted, and " : ""}${known}; the state is left as it was`,
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
    const more = `; reading it back failed: ${error.parts.cameBack}`;
    if (reply.outcome !== "done") throw undone("whether it was stored is not known", more);
    keeps(operation, reply.traceId);
    throw partial(
      context,
      // Any update detaches (section 3.3).
      {
        ...{ ...state, made: true, attached: before === undefined && state.certificateName !== undefined },
        outcomes: [...outcomesOf(reply, before)],
      },
      {
        action,
        ...cameBackOf(reply),
        cameBack: `${cameBackOf(reply).cameBack}${more}`,
        known: "what the service said yes to is kept in the state",
        next: "run again: what is missing of it is read",
      },
      idOf(state),
    );
  }
  if (found === undefined)
    throw undone(before === undefined ? "the project has no such JWK" : "THE JWK IS GONE from the project");
  // A no is believed unless something contradicts it: what it says of environments, or what the call alone can have done.
  if (reply.outcome === "refused" && saidOf(reply)?.listed !== true) {
    const believed = (reply.status ?? 400) >= 400;
    if (before === undefined && believed && !isWanted(found, wanted))
      throw undone("the project has a JWK of this name that this call has not made");
    const shown = description !== undefined && before?.description !== description;
    const detached = before?.attached === true && found.attached === false;
    if (before !== undefined && !shown && !detached) throw undone("the project has it as it was before");
  }
  if (!isDone(found)) throw undone("the project has it as it was before");
  keeps(operation, reply.traceId);
  const after = taken(state, found);
  if (hasKey(found, wanted) === false)
    context.tell(`JWK ${name} of project ${project} has not the key of its certificate`);
  return deployed({ ...after, outcomes: [...outcomesOf(reply, before)] }, reply, action, context);
}

/** What was said of each environment. Where nothing was, nothing is known any more; what had failed has not recovered. */
function outcomesOf(reply: Reply, before: JwkState | undefined): readonly Outcome[] {
  const said = saidOf(reply);
  if (said?.listed === true)
    return said.results.map(({ environment, success, message }) => ({
      environment,
      outcome: success ? ("deployed" as const) : ("failed" as const),
      ...(message === undefined ? {} : { message }),
    }));
  const recovered = said?.success === true;
  return (before?.outcomes ?? []).map((one) =>
    one.outcome === "failed" && !recovered ? one : { environment: one.environment, outcome: "unknown" },
  );
}

/** @throws Fault that keeps the state, where an environment has failed. No call shows what JWKs workers hold. */
function deployed(state: JwkState, reply: Reply, action: string, context: Step): JwkState {
  const { outcomes, project, name } = state;
  if (saidOf(reply)?.listed !== true) {
    const lost = reply.outcome === "done" ? "" : ` (${reply.cameBack})`;
    context.tell(
      `where JWK ${name} of project ${project} is deployed is not known: the service has ${inWords(saidOf(reply))}${lost}, and no call shows it`,
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
    idOf(state),
  );
}

/** What the replacement of its certificate has made of a JWK: the new key, or the old one and no reference. Or what a lost read would have shown. */
async function followed(before: JwkState, state: JwkState, context: Step): Promise<JwkState> {
  const { api, resource } = context;
  const { project, name, certificateName } = state;
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
  if (certificateName === undefined) return after;
  if (!after.attached)
    context.tell(
      `JWK ${name} of project ${project} is detached from certificate ${certificateName} and keeps the old key`,
    );
  else if (hasKey(seen, wanted) === false) {
    const { certificateThumbprint, ...others } = after;
    // As before, so that the next run looks again: what still has the old key must not look as if it had followed.
    const { certificateThumbprint: old } = before;
    throw partial(
      context,
      { ...others, ...(old === undefined ? {} : { certificateThumbprint: old }) },
      {
        action: `follow certificate ${certificateName} with JWK ${name} of project ${project}`,
        cameBack: "the JWK refers to the certificate and still has another key",
        known: "what the service tells of it is kept, and the next run looks again",
        next: "look at the JWK in the manager, or change trigger to have it made anew",
        outcome: "done",
      },
    );
  }
  return after;
}
