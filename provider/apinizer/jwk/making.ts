import { Fault, PartialFault } from "../../core/fault.js";
import type { Made } from "../../core/lifecycle.js";
import type { Operation } from "../../core/operation.js";
import { cameBackOf, type Reply } from "../../http/jsonReply.js";
import { createJwk, removeJwk, updateJwk } from "../operations.js";
import { failuresInWords, namesOf, outcomesInWords, type Outcome } from "../outcomes.js";
import { unlessRights } from "../client.js";
import { managerOf } from "../manager.js";
import { holdingJwk } from "../scope.js";
import { fault, partial, takeForOwn, type Step } from "../step.js";
import { saidOf, type Jwk, type Members } from "../wire.js";
import type { JwkInputs } from "./inputs.js";
import { hasKey, keyOfSource, refers, taken } from "./reading.js";
import { demandUndeployed, inWords, removed } from "./removing.js";
import { isFollowing, isThere, isUnread, mayRefer, unmade, unread, withInputs, type JwkState } from "./state.js";

const idOf = ({ project, name }: Pick<JwkInputs, "project" | "name">): string => `${project}/jwks/${name}`;

const objectOf = ({ project, name }: Pick<JwkInputs, "project" | "name">): string =>
  `JWK ${name} of project ${project}`;

/** Makes a JWK, adopts one, or waits for its certificate. */
export async function make(inputs: JwkInputs, context: Step): Promise<Made<JwkState>> {
  const id = idOf(inputs);
  const empty: JwkState = {
    ...inputs,
    manager: managerOf(context),
    made: false,
    missing: false,
    attached: false,
    outdated: false,
    outcomes: [],
  };
  const operation = context.plan.operations.find(({ name }) => name === createJwk.name);
  if (inputs.adopt !== true && operation === undefined) return { id, state: empty };
  takeForOwn(objectOf(inputs), [holdingJwk(inputs.project, inputs.name)], context);
  if (inputs.adopt === true) return { id, state: await adopted(empty, context) };
  if (operation === undefined) throw new Error("the plan of this step makes nothing. Nothing was sent.");
  return { id, state: await created(empty, await keyOfSource(empty, context), operation, context) };
}

/** What a JWK is otherwise than the inputs of a resource that adopts it say. */
function unlike(after: JwkState, found: Jwk, { certificateName, generate, description }: JwkState): string[] {
  const { type, kid, members, description: shown } = found;
  const bits = members?.n === undefined ? undefined : Buffer.from(members.n, "base64url").length * 8;
  const other = (what: string, wanted: string | number | undefined, is: string | number | undefined): string[] =>
    wanted === undefined || is === undefined || wanted === is ? [] : [`its ${what} is ${is}, not ${wanted}`];
  return [
    ...(after.outdated ? [`it has another key than certificate ${certificateName ?? ""}`] : []),
    ...(generate === undefined || type === undefined || type === generate.type
      ? []
      : [`it is of type ${type}, not ${generate.type}`]),
    ...other("curve", generate?.curve, members?.crv),
    ...other("size", generate?.size, bits),
    ...other("kid", generate?.kid, kid),
    ...(description === undefined || shown === undefined || shown === description
      ? []
      : [`its description is ${JSON.stringify(shown)}, not ${JSON.stringify(description)}`]),
  ];
}

async function adopted(empty: JwkState, context: Step): Promise<JwkState> {
  const found = await context.api.jwk(empty.project, empty.name, context.resource);
  if (found !== undefined) {
    const after = taken({ ...empty, usageUnknown: true }, found, await keyOfSource(empty, context));
    const wrong = unlike(after, found, empty);
    if (wrong.length === 0) {
      context.tell(
        `use and algorithm of ${objectOf(empty)} are in no answer: what the program says of them is not compared, and publicJwk is without them`,
      );
      return withDoubt(after, context);
    }
    throw fault(context, {
      action: `adopt JWK ${empty.name} of project ${empty.project}`,
      cameBack: wrong.join("; "),
      known: "nothing was sent and nothing is kept",
      next: "give the inputs that it has, or another name; one that is detached with an old key can only be made anew",
      outcome: "not executed",
    });
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
  if (!isThere(before) && inputs.adopt === true) {
    takeForOwn(objectOf(state), [holdingJwk(state.project, state.name)], context);
    return adopted(state, context);
  }
  const operation = (name: string): Operation | undefined => plan.operations.find((each) => each.name === name);
  const [making, updating, removing] = [createJwk, updateJwk, removeJwk].map(({ name }) => operation(name));
  if (making !== undefined) {
    // Read before anything is deleted.
    const wanted = await keyOfSource(state, context);
    const empty = unmade(state);
    // What a run made whose end nobody has written down is there in place of the old one.
    if (removing === undefined || context.unkept(making) !== undefined) return created(empty, wanted, making, context);
    const there = (await api.jwk(before.project, before.name, resource)) !== undefined;
    const said = there ? await removed(before, removing, context, unread(before)) : undefined;
    return withoutOld(empty, context, () => {
      if (there) demandUndeployed(before, said, `no new one is made by this run; ${NEXT_MAKES}`, context, empty);
      return created(empty, wanted, making, context, true);
    });
  }
  const follows = isFollowing(before, inputs);
  if (updating !== undefined)
    return settle(updating, before, state, follows ? await keyOfSource(state, context) : undefined, context);
  return follows || isUnread(before) ? followed(state, context) : state;
}

const NEXT_MAKES = "that there is none is kept in the state, and the next preview names the call that makes it";

/** What fails once the old JWK is deleted keeps that: a state that still had it would plan nothing. */
async function withoutOld(empty: JwkState, context: Step, work: () => Promise<JwkState>): Promise<JwkState> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof PartialFault) throw error;
    const told = error instanceof Fault ? error.parts : { cameBack: error.message, outcome: "unknown" as const };
    throw partial(context, empty, {
      next: "run again",
      ...told,
      action: `make JWK ${empty.name} of project ${empty.project} anew`,
      known: `the old one is deleted, and no call that makes the new one was answered; ${NEXT_MAKES}`,
    });
  }
}

/**
 * Makes the JWK unless the project has it already: the very one that is wanted is taken over.
 *
 * @param again whether an old one was ended for it.
 */
async function created(
  empty: JwkState,
  wanted: Members | undefined,
  operation: Operation,
  context: Step,
  again = false,
): Promise<JwkState> {
  const { api, resource } = context;
  const { project, name } = empty;
  const found = await api.jwk(project, name, resource);
  const sent = settleEarlier(operation, context);
  if (found === undefined) return settle(operation, undefined, empty, wanted, context, again);
  if (sent || isWanted(found, wanted)) {
    context.tell(
      `JWK ${name} of project ${project} is there already, ${sent ? "made by a run that did not come to its end" : "with the key that is wanted"}: taken over`,
    );
    return withDoubt(taken(empty, found, wanted), context);
  }
  const parts = {
    action: `make JWK ${name} of project ${project}`,
    cameBack: "the project has another JWK of this name",
    next:
      hasKey(found, wanted) === false
        ? "give another name, or delete that one: it has another key than the certificate"
        : "set adopt: true to take it over, or give another name",
    outcome: "not executed",
  } as const;
  if (again) throw partial(context, empty, { ...parts, known: `the old one is deleted; ${NEXT_MAKES}` });
  throw fault(context, { ...parts, known: "nothing was sent and nothing is kept" });
}

/** A state whose reference the service does not show, which is told once. */
function withDoubt(state: JwkState, { tell }: Step): JwkState {
  if (mayRefer(state) && state.attached === undefined)
    tell(
      `whether JWK ${state.name} of project ${state.project} refers to certificate ${state.certificateName ?? ""} is not known: the service does not show it`,
    );
  return state;
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
  const undone = (known: string, more = "", isGone = again): Fault => {
    const parts = {
      action,
      ...cameBackOf(reply),
      cameBack: `${cameBackOf(reply).cameBack}${more}`,
      next: unlessRights(cameBackOf(reply).cameBack, "run again: what the project has is read first"),
    };
    return isGone
      ? partial(context, unmade(state), {
          ...parts,
          known: `${again ? "the old one is deleted, and " : ""}${known}; ${NEXT_MAKES}`,
        })
      : fault(context, { ...parts, known: `${known}; the state is left as it was` });
  };
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
        ...{
          ...state,
          ...{ made: true, missing: false },
          attached: before === undefined && state.certificateName !== undefined ? undefined : false,
        },
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
    throw before === undefined
      ? undone("the project has no such JWK")
      : undone("THE JWK IS GONE from the project", "", true);
  // A no is believed unless something contradicts it: what it says of environments, or what the call alone can have done.
  if (reply.outcome === "refused" && saidOf(reply)?.listed !== true) {
    const believed = (reply.status ?? 400) >= 400;
    if (before === undefined && believed && !isWanted(found, wanted))
      throw undone("the project has a JWK of this name that this call has not made");
    const shown = description !== undefined && before?.description !== description;
    const detached = before?.attached === true && refers(before, found) === false;
    if (before !== undefined && !shown && !detached) throw undone("the project has it as it was before");
  }
  if (!isDone(found)) throw undone("the project has it as it was before");
  keeps(operation, reply.traceId);
  // Where no reference is shown, what is documented counts: any update detaches (section 3.3).
  const documented = before !== undefined && found.attached === undefined ? { ...state, attached: false } : state;
  const after = taken(documented, found, wanted);
  if (hasKey(found, wanted) === false)
    context.tell(`JWK ${name} of project ${project} has not the key of its certificate`);
  return deployed(withDoubt({ ...after, outcomes: [...outcomesOf(reply, before)] }, context), reply, action, context);
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
      next:
        "bring those environments' workers back, and run again: the preview names the update that redeploys it" +
        (mayRefer(state) ? " and detaches it; a new trigger makes it anew instead, attached" : ""),
      outcome: "done",
    },
    idOf(state),
  );
}

/**
 * What a write of its certificate has made of a JWK: the new key, or the old one with or without its reference. Or what a
 * lost read would have shown. One that still refers to the certificate and has another key is an installation that does not
 * know how to update it (section 7): that is a fault once, since the preview of the certificate has said otherwise, and a
 * remark from then on, because a new trigger alone changes it.
 */
async function followed(state: JwkState, context: Step): Promise<JwkState> {
  const { api, resource, tell } = context;
  const { project, name, certificateName = "" } = state;
  const wanted = await keyOfSource(state, context);
  const { seen } = await api.await(
    () => api.jwk(project, name, resource),
    (found) =>
      found === undefined || refers(state, found) === false || hasKey(found, wanted) !== false ? true : undefined,
  );
  if (seen === undefined)
    throw partial(context, unmade(state), {
      action: `read JWK ${name} of project ${project}`,
      cameBack: "the project does not have it any more",
      known: `nothing was sent; ${NEXT_MAKES}`,
      next: "look at the preview again, or remove the resource from the program",
      outcome: "not executed",
    });
  const after = taken(state, seen, wanted);
  if (state.certificateName === undefined) return after;
  const which = `JWK ${name} of project ${project}`;
  if (after.attached === false)
    tell(
      `${which} is detached from certificate ${certificateName} and keeps ${after.outdated ? "the old key" : "the key that it has"}: a new trigger makes it anew`,
    );
  else if (after.outdated && after.attached === undefined)
    tell(
      `${which} has another key than certificate ${certificateName}, and the service does not show whether it refers to it: a new trigger makes it anew`,
    );
  else if (after.outdated)
    throw partial(context, after, {
      action: `follow certificate ${certificateName} with JWK ${name} of project ${project}`,
      cameBack: "the JWK refers to the certificate and still has another key: the service has not updated it",
      known:
        "nothing was sent; what the service tells of the JWK is kept in the state, and previews say it from now on",
      next: "change trigger to have it made anew; without that it is left as it is, and the next run does not fail for it",
      outcome: "done",
    });
  return after;
}
