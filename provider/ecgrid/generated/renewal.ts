import type { Fault } from "../../core/fault.js";
import { adopted, mint } from "./creation.js";
import type { CertificateInputs } from "./inputs.js";
import { lookFor, type Settled } from "../lookFor.js";
import { create, renew } from "../operations.js";
import { successorToTake } from "./plan.js";
import { holdsLive } from "../roles.js";
import { holding } from "../scope.js";
import { couldSucceed, successors } from "./successors.js";
import { idsOf } from "../comparing.js";
import { endedInWords, hasEnded } from "../held.js";
import { inputsOf, type CertificateState } from "./state.js";
import { fault, list, partial, planned, type Step } from "../step.js";
import { refreshed } from "../succession.js";
import { stateAfter } from "./state.js";
import type { Reply } from "../wire.js";

/** An update: renews, takes over, makes anew or only stores, as the plan says. */
export async function change(
  state: CertificateState,
  inputs: CertificateInputs,
  context: Step,
): Promise<CertificateState> {
  const { refusal, operations } = context.plan;
  if (refusal !== undefined) {
    throw fault(context, {
      action: `update certificate ${state.current.certKeyId} of comm ${state.commId}`,
      cameBack: refusal,
      known: "nothing was sent, and the state is left as it was",
      next: "decide as the message says, then run again",
      outcome: "not executed",
    });
  }
  if (operations.some(({ name }) => name === create.name)) return remake(state, inputs, context);
  if (operations.some(({ name }) => name === renew.name)) return renewal(state, inputs, context);
  const wanted = successorToTake(state, inputs, context.plannedHeldByOthers);
  if (wanted !== undefined) return takeOver(state, inputs, wanted, context);
  if (state.pendingRenewal?.outcome === "done") return awaitRenewal(state, inputs, context);
  // A setting for the next renewal or for the end: no remote call.
  return { ...state, ...blank(state), ...inputs };
}

/** Optional inputs that were removed must not survive in the state. */
const blank = (state: CertificateState): Partial<CertificateState> =>
  Object.fromEntries(Object.keys(inputsOf(state)).map((key) => [key, undefined]));

/** A new certificate in place of one that was ended outside. */
async function remake(state: CertificateState, inputs: CertificateInputs, context: Step): Promise<CertificateState> {
  const snapshot = await context.api.snapshot(state.commId, context.resource, holdsLive(state, context.now));
  const now = refreshed(state, snapshot);
  if (!hasEnded(now.current))
    throw partial(context, now, {
      action: `create a certificate in place of ${state.current.certKeyId} on comm ${state.commId}`,
      cameBack: `it ${endedInWords(state.current)} by the last read, and is ${now.current.status} now`,
      known: "nothing was sent; its status is kept in the state",
      next: "preview again",
      outcome: "not executed",
    });
  const made = await mint(
    {
      ...inputs,
      createAnother: [...(inputs.createAnother ?? []), ...state.previous.map(({ certKeyId }) => certKeyId)],
    },
    snapshot,
    context,
  );
  return stateAfter(state, inputs, made, context);
}

async function takeOver(
  state: CertificateState,
  inputs: CertificateInputs,
  certKeyId: number,
  context: Step,
): Promise<CertificateState> {
  const snapshot = await context.api.snapshot(state.commId, context.resource, holdsLive(state, context.now));
  return stateAfter(state, inputs, adopted(certKeyId, inputs, snapshot, context), context);
}

/** The service has said yes before; only its certificate was not listed yet. */
async function awaitRenewal(
  state: CertificateState,
  inputs: CertificateInputs,
  context: Step,
): Promise<CertificateState> {
  const before = new Set([...(state.pendingRenewal?.before ?? []), ...state.__seen]);
  const settled = await lookFor(context, state.commId, before, undefined, (candidates) =>
    candidates.filter((candidate) => couldSucceed(candidate, state.current, context.now)),
  );
  if (settled.kind === "one") return stateAfter(state, inputs, settled.found, context);
  throw unsettled(state, context, undefined, settled);
}

async function renewal(state: CertificateState, inputs: CertificateInputs, context: Step): Promise<CertificateState> {
  const { commId, current } = state;
  const operation = planned(context, renew.name);
  const action = `renew certificate ${current.certKeyId} of comm ${commId}`;
  const snapshot = await context.api.snapshot(commId, context.resource, holdsLive(state, context.now));
  const held = context.heldByOthers();

  // Somebody, or a run that died, may have renewed it already: nothing is sent before that is decided in a preview.
  const others = successors(
    { ...state, createAnother: inputs.createAnother },
    snapshot.certificates,
    held,
    context.now,
  );
  const [only] = others;
  if (
    state.pendingRenewal !== undefined &&
    only !== undefined &&
    others.length === 1 &&
    operation.certainty.kind === "conditional"
  ) {
    const taken = snapshot.certificates.find(({ certKeyId }) => certKeyId === only.certKeyId);
    // The plan said "if it is not found": it is found, so nothing is sent.
    if (taken !== undefined) return stateAfter(state, inputs, { snapshot, certificate: taken }, context);
  }
  if (only !== undefined) {
    throw partial(context, refreshed({ ...state, found: others }, snapshot), {
      action,
      cameBack: `certificate ${list(others)} appeared on the comm since the last change and could be a renewal of ${current.certKeyId}`,
      known: "nothing was sent; what was found is kept in the state",
      next: "preview again: it shows what becomes of the certificate that was found, and nothing is renewed twice",
      outcome: "not executed",
    });
  }
  const now = refreshed(state, snapshot);
  if (hasEnded(now.current)) {
    throw partial(context, now, {
      action,
      cameBack: `it is ${now.current.status} at ECGrid`,
      known: "nothing was sent; its status is kept in the state",
      next: "preview again: it says what has a new certificate made",
      outcome: "not executed",
    });
  }

  const reply = await context.api.ask(context.perform, operation);
  if (reply.outcome === "refused" || reply.outcome === "not executed") {
    throw partial(context, now, {
      action,
      cameBack: reply.cameBack,
      known: "the certificate was not renewed and stays as it is",
      next: "mend what the answer names, then run again: the renewal is planned again",
      outcome: reply.outcome,
      traceId: reply.traceId,
    });
  }
  const settled = await lookFor(context, commId, idsOf(snapshot.certificates), reply, (candidates) =>
    candidates.filter(
      (candidate) => couldSucceed(candidate, current, context.now) && !held.has(holding(commId, candidate.certKeyId)),
    ),
  );
  if (settled.kind === "one") return stateAfter(state, inputs, settled.found, context);
  throw unsettled(
    {
      ...now,
      pendingRenewal: {
        certKeyId: current.certKeyId,
        outcome: reply.outcome,
        before: [...idsOf(snapshot.certificates)],
        trigger: inputs.trigger,
      },
    },
    context,
    reply,
    settled,
  );
}

function unsettled(
  state: CertificateState,
  context: Step,
  reply: Exclude<Reply, { outcome: "refused" | "not executed" }> | undefined,
  settled: Exclude<Settled, { kind: "one" }>,
): Fault {
  const several = settled.kind === "several";
  const kept = several
    ? { ...state, found: settled.candidates.map(({ certKeyId }) => ({ certKeyId, linked: false })) }
    : state;
  const said = reply === undefined || reply.outcome === "done" ? "the service said yes" : reply.cameBack;
  return partial(context, kept, {
    action: `renew certificate ${state.current.certKeyId} of comm ${state.commId}`,
    cameBack: `${said}; ${several ? `several new certificates are on the comm (${list(settled.candidates)}), and which is the renewed one cannot be told` : "no new certificate is listed on the comm"}${settled.unread}`,
    known: `${said === "the service said yes" ? "the renewal was done" : "whether the renewal was done is not known"}; the old certificate stays in the state, together with the open renewal`,
    next: several
      ? "set adopt to the right one, or list the wrong ones in createAnother, then run again"
      : "run again: the next run looks at the comm first and does not renew twice",
    outcome: "unknown",
    ...(reply === undefined ? {} : { traceId: reply.traceId }),
  });
}
