import { Fault, PartialFault } from "../../core/fault.js";
import type { Operation } from "../../core/operation.js";
import { place, reissue, renew } from "../operations.js";
import { asFailed, fault, partial, type Step } from "../step.js";
import type { Reply } from "../../http/jsonReply.js";
import { readPlaced } from "../wire.js";
import type { OrderInputs } from "./inputs.js";
import { look } from "./looking.js";
import { adoptable, afterPlacing, sentOrder } from "./ordering.js";
import { idsOf, isFor, lookalikes } from "./recognizing.js";
import { withInputs, type OrderState } from "./state.js";
import { endedHow } from "./statuses.js";
import { successorToTake } from "./succession.js";
import { openIn, untilIssued } from "./waiting.js";

/** An update: reissues, renews, orders anew, takes over, looks again or only stores, as the plan says. */
export async function change(state: OrderState, inputs: OrderInputs, context: Step): Promise<OrderState> {
  const { refusal, operations } = context.plan;
  if (refusal !== undefined)
    throw fault(context, {
      action: `update order ${state.order.id}`,
      cameBack: refusal,
      known: "nothing was sent, and the state is left as it was",
      next: "decide as the message says, then run again",
      outcome: "not executed",
    });
  const operation = operations.find(({ certainty }) => certainty.kind !== "due");
  if (operation !== undefined)
    return untilIssued(await asking(state, inputs, operation, context), inputs.waitMinutes, context);
  const wanted = successorToTake(state, inputs, context.plannedHeldByOthers);
  if (wanted !== undefined) {
    const { status } = await adoptable(wanted, inputs, context);
    const { lost: _lost, ...rest } = withInputs(state, inputs);
    // Not issued yet, it waits beside the certificate in charge, as a renewal of our own does.
    return look({ ...rest, found: [], next: { kind: "order", orderId: wanted, status } }, context);
  }
  if (openIn(state) === undefined && state.current?.pem !== undefined) return withInputs(state, inputs);
  const seen = await untilIssued(await look(state, context), inputs.waitMinutes, context);
  return asDecided(state, withInputs(seen, { ...inputs, ...askedFor(state) }), context);
}

/** What the certificate that waits was asked with: a change of it asks for another one, after this one. */
const askedFor = ({ csr, commonName, dnsNames, signatureHash, trigger }: OrderState): Partial<OrderInputs> => ({
  csr,
  commonName,
  dnsNames,
  signatureHash,
  trigger,
});

/** @throws PartialFault when what waited was turned down: somebody has to act, nothing is asked for again by itself. */
function asDecided(before: OrderState, now: OrderState, context: Step): OrderState {
  const [was, is] = [before.next ?? before.order, now.next ?? now.order];
  const how = endedHow(is.status);
  if (how === undefined || endedHow(was.status) !== undefined) return now;
  const what =
    now.next?.kind === "reissue"
      ? `the reissue of order ${now.order.id}`
      : `order ${now.next?.orderId ?? now.order.id}`;
  throw partial(context, now, {
    action: `follow ${what}`,
    cameBack: `it ${how}`,
    known: "nothing was sent; its status is kept in the state",
    next: "ask whoever decided it, then change trigger to have it asked for again (an order is billed), or remove the resource from the program",
    outcome: "not executed",
  });
}

async function asking(
  state: OrderState,
  inputs: OrderInputs,
  operation: Operation,
  context: Step,
): Promise<OrderState> {
  // Right before the call the order is read again: somebody, auto renew, or a run that died may have been first.
  const seen = await look(state, context);
  const same = situation(state) === situation(seen) && newcomers(state, seen).length === 0;
  const { lost: _lost, ...settled } = seen;
  const earlier =
    state.lost === undefined || operation.certainty.kind !== "conditional" ? undefined : earlierCall(state, settled);
  if (earlier !== undefined) return look(withInputs(earlier, inputs), context);
  if (!same) {
    throw partial(
      context,
      { ...seen, ...(inputs.trigger === undefined ? {} : { trigger: inputs.trigger }) },
      {
        action: action(operation, state),
        cameBack: `it is not as the plan knows it: ${differences(state, seen)}`,
        known: "nothing was sent; what was found is kept in the state, and taken for what a new trigger asked for",
        next: "preview again: it shows what becomes of it, and nothing is asked for twice",
        outcome: "not executed",
      },
    );
  }
  if (operation.name === reissue.name) return reissued(settled, inputs, operation, context);
  return ordered(settled, state.lost, inputs, operation, context);
}

/** The call whose answer was lost, where what is there now shows that it was made: it is not made again. */
function earlierCall({ lost, current }: OrderState, seen: OrderState): OrderState | undefined {
  if (lost?.operation === "reissue")
    return seen.next?.kind === "reissue" || seen.current?.certificateId !== current?.certificateId ? seen : undefined;
  const [only] = seen.found;
  if (only === undefined || seen.found.length > 1) return undefined;
  return { ...seen, found: [], next: { kind: "renewal", orderId: only.orderId, status: "processing" } };
}

const situation = ({ order, current, next, found, requests }: OrderState): string =>
  JSON.stringify([
    order.status,
    order.isRenewed,
    current?.certificateId,
    current?.status,
    next ?? null,
    found,
    requests.filter(({ type, status }) => type === "revoke" && status !== "rejected").map(({ id }) => id),
  ]);

/** Reissues and duplicates of the order that the state does not know: no preview has named them. */
const newcomers = (before: OrderState, now: OrderState): number[] => {
  // The list of reissues holds the order's first certificate, too, and a state has that list only since its last look.
  const ours = [...(before.current === undefined ? [] : [before.current]), ...before.previous];
  const known = new Set([...before.reissues, ...before.duplicates, ...ours].map(({ certificateId }) => certificateId));
  return [...now.reissues, ...now.duplicates].flatMap(({ certificateId }) =>
    known.has(certificateId) ? [] : [certificateId],
  );
};

const differences = (before: OrderState, now: OrderState): string =>
  [
    before.order.status === now.order.status ? [] : [`its status is ${now.order.status}, not ${before.order.status}`],
    before.current?.certificateId === now.current?.certificateId
      ? []
      : [
          `certificate ${now.current?.certificateId ?? "none"} is in charge, not ${before.current?.certificateId ?? "none"}`,
        ],
    now.next === undefined || before.next !== undefined ? [] : [`a ${now.next.kind} of it waits (${now.next.status})`],
    now.found.length === 0
      ? []
      : [`order ${now.found.map(({ orderId }) => orderId).join(", ")} renews it or looks as if`],
    before.order.isRenewed === now.order.isRenewed ? [] : ["it has been renewed"],
    newcomers(before, now).length === 0
      ? []
      : [`it has certificates that were not known: ${newcomers(before, now).join(", ")}`],
  ]
    .flat()
    .join("; ") || "its requests changed";

const action = (operation: Operation, { order }: OrderState): string =>
  operation.name === reissue.name
    ? `reissue order ${order.id}`
    : operation.name === renew.name
      ? `renew order ${order.id}`
      : `place a new order in place of order ${order.id}`;

/** A reissue, settled by reading the order. */
async function reissued(
  state: OrderState,
  inputs: OrderInputs,
  operation: Operation,
  context: Step,
): Promise<OrderState> {
  const reply = await context.api.ask(context.perform, operation);
  if (reply.outcome === "refused" || reply.outcome === "not executed")
    throw partial(context, state, {
      action: action(operation, state),
      ...asFailed(reply),
      known: "nothing was reissued, the certificate stays as it is",
      next: "mend what the answer names, then run again: the reissue is planned again",
    });
  const read = reply.outcome === "done" ? readPlaced(reply.data) : undefined;
  const { next: _old, ...rest } = state;
  if (read?.ok === true) {
    const requestId = read.value.requestId;
    const asked: OrderState = {
      ...withInputs(rest, inputs),
      next: {
        kind: "reissue",
        orderId: state.order.id,
        status: "processing",
        ...(requestId === undefined ? {} : { requestId }),
      },
    };
    const seen = await lookOrKeep(asked, `the reissue of order ${state.order.id} was accepted`, context);
    // Reads can lag behind: what was accepted a moment ago is not taken for turned down because nothing shows it yet.
    return seen.next?.status === "canceled" ? { ...seen, next: { ...seen.next, status: "processing" } } : seen;
  }
  return found(state, inputs, operation, reply, "reissue", [], context);
}

/** A renewal or a new order in place of a dead one. */
async function ordered(
  state: OrderState,
  lost: OrderState["lost"],
  inputs: OrderInputs,
  operation: Operation,
  context: Step,
): Promise<OrderState> {
  const kind = operation.name === renew.name ? "renewal" : "order";
  const ours = [state.order.id, ...state.previous.map(({ orderId }) => orderId)];
  const known = new Set(lost?.before ?? ours);
  // After a lost call any new order for these names could be it, whatever CSR the program gives now.
  const earlier = await lookalikes(inputs, new Set([...known, ...ours]), context, lost !== undefined);
  const [only] = earlier;
  const { next: _old, ...rest } = state;
  if (lost !== undefined && only !== undefined && earlier.length === 1 && isFor(only, inputs))
    return look({ ...withInputs(rest, inputs), next: { kind, orderId: only.id, status: only.status } }, context);
  if (earlier.length > 0)
    throw partial(
      context,
      { ...state, found: earlier.map(({ id }) => ({ orderId: id, linked: false })) },
      {
        action: action(operation, state),
        cameBack: `the account has an order for these names that an earlier attempt could have placed: ${idsOf(earlier)}`,
        known: "nothing was sent; what was found is kept in the state",
        next: `set adopt: ${only?.id ?? ""} to take it over, or orderAnother: [${idsOf(earlier)}] when it is not this resource's`,
        outcome: "not executed",
      },
    );
  const before = (await context.api.namesakes(inputs.commonName, context.resource)).map(({ id }) => id);
  const reply = await context.api.ask(context.perform, operation);
  try {
    const sent = await sentOrder(
      inputs,
      new Set(before),
      reply,
      action(operation, state),
      context,
      "the old order stays in the state",
    );
    const asked: OrderState = {
      ...withInputs(rest, inputs),
      next: {
        kind,
        orderId: sent.id,
        status: "processing",
        ...(sent.requestId === undefined ? {} : { requestId: sent.requestId }),
      },
    };
    return await afterPlacing(asked, sent, context);
  } catch (error) {
    if (!(error instanceof Fault) || error instanceof PartialFault) throw error;
    throw new PartialFault(
      error.parts,
      error.outcome === "unknown" ? withLost(state, inputs, operation, before) : state,
    );
  }
}

const withLost = (state: OrderState, inputs: OrderInputs, { name }: Operation, before: number[]): OrderState => ({
  ...state,
  lost: {
    operation: name === renew.name ? "renew" : name === place.name ? "place" : "reissue",
    before,
    ...(inputs.trigger === undefined ? {} : { trigger: inputs.trigger }),
  },
});

/** A reissue whose answer was lost: what the order shows decides. */
async function found(
  state: OrderState,
  inputs: OrderInputs,
  operation: Operation,
  reply: Reply,
  what: "reissue",
  before: number[],
  context: Step,
): Promise<OrderState> {
  const cameBack = reply.outcome === "done" ? "an answer that cannot be read" : reply.cameBack;
  let unread = "";
  try {
    const seen = await look(state, context);
    if (seen.next?.kind === what || seen.current?.certificateId !== state.current?.certificateId)
      return withInputs(seen, inputs);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    unread = `; reading the order failed: ${error.parts.cameBack}`;
  }
  throw partial(context, withLost(state, inputs, operation, before), {
    action: action(operation, state),
    cameBack: `${cameBack}; no reissue is shown yet${unread}`,
    known:
      "whether the reissue was accepted is not known; the old certificate stays in the state, together with the lost call",
    next: "run again: the next run looks at the order first and does not reissue twice",
    outcome: "unknown",
    traceId: reply.traceId,
  });
}

/** Reads what was accepted. It is kept whatever the read does. */
async function lookOrKeep(state: OrderState, accepted: string, context: Step): Promise<OrderState> {
  try {
    return await look(state, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    context.tell(`${accepted} and could not be read (${error.parts.cameBack}): the next up or refresh reads it`);
    return state;
  }
}
