import { Fault } from "../core/fault.js";
import type { Operation } from "../core/operation.js";
import type { Snapshot } from "./client.js";
import { terminate } from "./operations.js";
import { holdsLive, inUse, uncovered } from "./roles.js";
import { hasEnded, type Held } from "./held.js";
import { fault, list, refused, type Step } from "./step.js";
import type { Certificate, Reply } from "./wire.js";

/** A deletion: terminates what the plan names, oldest first, each settled by reading. */
export async function end(state: Held, context: Step): Promise<void> {
  if (ends(context).length === 0) return; // onDelete is retain
  guard(state, await context.api.snapshot(state.commId, context.resource, holdsLive(state, context.now)), context);
  for (const operation of ends(context)) await terminated(state.commId, operation, context);
}

/** The planned terminations of a step. */
export const ends = ({ plan: { operations } }: Step): readonly Operation[] =>
  operations.filter(({ name, certainty }) => name === terminate.name && certainty.kind !== "due");

/** Performs one planned termination, settled by reading. @throws Fault when the certificate is still there. */
export async function terminated(commId: number, operation: Operation, context: Step): Promise<void> {
  const certKeyId = Number(operation.target.certKeyId);
  const action = `terminate certificate ${certKeyId} of comm ${commId}`;
  const reply = await context.api.ask(context.perform, operation);
  if (reply.outcome === "not executed")
    throw refused(context, action, reply, "the certificate was not ended, the resource stays");
  // Yes, no and silence are all settled by reading: `data:false`, a repeated call and a hidden record are not
  // documented (ecgrid.md 1.5).
  const still = await stillListed(context, commId, certKeyId, action, reply);
  if (still === undefined) return;
  const cameBack = reply.outcome === "done" ? said(reply.data) : reply.cameBack;
  throw fault(context, {
    action,
    cameBack: `${cameBack}, and the comm still lists it as ${still.status}`,
    known:
      "certificates that were named before this one have been ended, this one is not; the resource stays in the state",
    next: "run again: every certificate is named again, and one that has ended is settled by reading",
    outcome: reply.outcome,
    traceId: reply.traceId,
  });
}

/**
 * The certificate as a comm lists it after a terminate, whose answer alone proves nothing; undefined when it has ended.
 * Reads can lag behind (ecgrid.md 8), so unless the service has said no it is given the time that new certificates have.
 */
async function stillListed(
  context: Step,
  commId: number,
  certKeyId: number,
  action: string,
  reply: Reply,
): Promise<Certificate | undefined> {
  let still: Certificate | undefined;
  const ended = ({ certificates }: Snapshot): true | undefined => {
    still = certificates.find((candidate) => candidate.certKeyId === certKeyId);
    if (still !== undefined && hasEnded(still)) still = undefined;
    return still === undefined || saysNo(reply) ? true : undefined;
  };
  try {
    await context.api.await(commId, context.resource, ended, true);
    return still;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw fault(context, {
      action,
      cameBack: `${reply.outcome === "done" ? said(reply.data) : reply.cameBack}; reading it back failed: ${error.parts.cameBack}`,
      known: "whether the certificate has ended is not known; the resource stays in the state",
      next: "run again: the call is repeated, and settled by reading",
      outcome: "unknown",
      traceId: reply.traceId,
    });
  }
}

/**
 * Refuses a termination after which no certificate of the comm could carry on, unless that was consented to; and one
 * whose accepted successor is not in use. Nothing has been sent when it throws.
 */
function guard(state: Held, snapshot: Snapshot, context: Step): void {
  const ending = new Set(context.plan.operations.map(({ target }) => Number(target.certKeyId)));
  const live = snapshot.certificates.filter(
    (candidate) => ending.has(candidate.certKeyId) && inUse(candidate, context.now),
  );
  const others = snapshot.certificates.filter(
    (candidate) => !ending.has(candidate.certKeyId) && inUse(candidate, context.now),
  );
  const refuse = (cameBack: string, next: string): Fault =>
    fault(context, {
      action: `terminate certificate ${list(live)} of comm ${state.commId}`,
      cameBack,
      known: "nothing was sent, the resource stays in the state",
      next,
      outcome: "not executed",
    });
  if (live.length === 0) return;
  const { partnerAccepted } = state;
  if (partnerAccepted !== undefined && !others.some(({ thumbprint }) => thumbprint === partnerAccepted)) {
    throw refuse(
      `partnerAccepted names ${partnerAccepted}, and no other active certificate of the comm has this thumbprint`,
      "set partnerAccepted to the thumbprint of the active certificate that the partner has accepted, run up, then remove the resource",
    );
  }
  const bare = [...new Set(live.flatMap((candidate) => uncovered(candidate, others)))];
  if (bare.length > 0 && state.allowLastTermination !== true) {
    throw refuse(
      `it would leave the comm without an active certificate for ${bare.join(" and ")}, and AS2 traffic would stop`,
      "make sure that a successor is active, or set allowLastTermination: true and run up, then remove the resource",
    );
  }
}

const saysNo = (reply: Reply): boolean =>
  reply.outcome === "refused" || (reply.outcome === "done" && reply.data === false);

/** What a yes held: a boolean by the documentation. Anything else may hold private material and is not repeated. */
const said = (data: unknown): string =>
  typeof data === "boolean"
    ? `the service answered ${data}`
    : "the service answered yes, without the boolean that is documented";
