import type { Made } from "../../core/lifecycle.js";
import { plannedOperation } from "../../core/planned.js";
import { Fault } from "../../core/fault.js";
import { place } from "../operations.js";
import { holding } from "../scope.js";
import { asFailed, fault, type Step } from "../step.js";
import type { Reply } from "../../http/jsonReply.js";
import { readPlaced, type OrderInfo, type Placed } from "../wire.js";
import { readCsr } from "./csr.js";
import type { OrderInputs } from "./inputs.js";
import { keptOrder } from "./keeping.js";
import { look } from "./looking.js";
import { idsOf, lookalikes } from "./recognizing.js";
import { namesOf } from "./request.js";
import type { OrderState } from "./state.js";
import { endedHow } from "./statuses.js";
import { untilIssued } from "./waiting.js";

/** Places the first order, or adopts the one that `adopt` names. */
export async function make(inputs: OrderInputs, context: Step): Promise<Made<OrderState>> {
  const state =
    inputs.adopt === undefined ? await placed(inputs, context) : await adopted(inputs.adopt, inputs, context);
  context.claim([holding(state.order.id)]);
  return { id: String(state.order.id), state: await untilIssued(state, inputs.waitMinutes, context) };
}

const stateOf = (inputs: OrderInputs, info: OrderInfo): OrderState => ({
  ...inputs,
  order: keptOrder(info),
  requests: [],
  previous: [],
  reissues: [],
  duplicates: [],
  found: [],
});

async function adopted(orderId: number, inputs: OrderInputs, context: Step): Promise<OrderState> {
  const info = await adoptable(orderId, inputs, context);
  const state = await look(stateOf(inputs, info), context);
  const wrong = [...unlikeOrder(info, inputs), ...unlikeCurrent(state)];
  if (wrong.length === 0) return state;
  throw fault(context, {
    action: `adopt order ${state.order.id}`,
    cameBack: wrong.join("; "),
    known: "nothing was sent and nothing is kept",
    next: "give the inputs that it was placed and its certificate was made with, and change them once it is adopted; or remove adopt to have an order placed",
    outcome: "not executed",
  });
}

/** What an order shows otherwise than the program says it. */
function unlikeOrder(info: OrderInfo, { organizationId, containerId, autoRenew }: OrderInputs): string[] {
  const unlike = (field: string, wanted: number | undefined, shown: number | undefined): string[] =>
    wanted === undefined || shown === undefined || wanted === shown ? [] : [`its ${field} is ${shown}, not ${wanted}`];
  return [
    ...unlike("organizationId", organizationId, info.organizationId),
    ...unlike("containerId", containerId, info.containerId),
    ...(autoRenew === undefined || info.autoRenew === undefined || autoRenew === info.autoRenew
      ? []
      : [`its auto renew is ${info.autoRenew ? "on" : "off"}`]),
  ];
}

/** A new resource takes over what the program says, so that nothing is reissued because of it. */
function unlikeCurrent(state: OrderState): string[] {
  const { current, csr, signatureHash } = state;
  if (current === undefined) return [];
  const wanted = readCsr(csr);
  const more = namesOf(current).filter((name) => !namesOf(state).includes(name));
  const otherKey =
    current.keyDigest === undefined
      ? current.csrDigest !== undefined && current.csrDigest !== wanted?.digest
      : current.keyDigest !== wanted?.keyDigest;
  return [
    ...(more.length > 0 ? [`it names ${more.join(", ")}, too`] : []),
    ...(current.commonName.toLowerCase() === state.commonName.toLowerCase()
      ? []
      : [`its common name is ${current.commonName}`]),
    ...(otherKey ? ["its certificate was made for another key than that of csr"] : []),
    ...(current.signatureHash === undefined || current.signatureHash === signatureHash
      ? []
      : [`its signatureHash is ${current.signatureHash}, not ${signatureHash}`]),
  ];
}

/** @throws Fault when the order cannot be taken over. */
export async function adoptable(orderId: number, inputs: OrderInputs, context: Step): Promise<OrderInfo> {
  const info = await context.api.order(orderId, context.resource);
  const { commonName, dnsNames } = info.certificate;
  const has = commonName === undefined ? undefined : namesOf({ commonName, dnsNames: [...dnsNames] });
  const lacking = has === undefined ? [] : namesOf(inputs).filter((name) => !has.includes(name));
  const wrong =
    endedHow(info.status) !== undefined
      ? `it ${endedHow(info.status) ?? ""}`
      : context.heldByOthers().has(holding(orderId))
        ? "another resource of this stack holds it"
        : info.product !== undefined && info.product !== inputs.productNameId
          ? `its product is ${info.product}, not ${inputs.productNameId}`
          : lacking.length > 0
            ? `it does not name ${lacking.join(", ")}`
            : undefined;
  if (wrong === undefined) return info;
  throw fault(context, {
    action: `adopt order ${orderId}`,
    cameBack: wrong,
    known: "nothing was sent and nothing is kept",
    next: "set adopt to an order of the account that is in force and has the program's product and names, or remove adopt to have one placed",
    outcome: "not executed",
  });
}

async function placed(inputs: OrderInputs, context: Step): Promise<OrderState> {
  const action = `order ${inputs.productNameId} for ${inputs.commonName}`;
  const earlier = await lookalikes(inputs, new Set(), context);
  if (earlier.length > 0)
    throw fault(context, {
      action,
      cameBack: `the account already has an order that an earlier attempt of this resource could have placed: ${idsOf(earlier)}`,
      known: "nothing was sent by this run and nothing is kept",
      next: `set adopt: ${earlier[0]?.id ?? ""} to take it over, or orderAnother: [${idsOf(earlier)}] when it is not this resource's`,
      outcome: "not executed",
    });
  const before = new Set((await context.api.namesakes(inputs.commonName, context.resource)).map(({ id }) => id));
  const reply = await context.api.ask(context.perform, plannedOperation(context.plan, place.name));
  const sent = await sentOrder(inputs, before, reply, action, context, "nothing is kept in the state");
  const { requestId } = sent;
  const made = stateOf(inputs, asInfo(sent));
  // By this request an order is rejected that never gets its approval: orders need not show it.
  const requests = requestId === undefined ? [] : [{ id: requestId, type: "new_request", status: "pending" }];
  return afterPlacing({ ...made, requests }, sent, context);
}

/** What an order's answer says, or, where it was lost, what the account shows. */
export async function sentOrder(
  inputs: OrderInputs,
  before: ReadonlySet<number>,
  reply: Reply,
  action: string,
  context: Step,
  kept: string,
): Promise<Placed> {
  if (reply.outcome === "refused" || reply.outcome === "not executed")
    throw fault(context, {
      action,
      ...asFailed(reply),
      known: `no order was placed, and ${kept}`,
      next: "mend what the answer names, then run again",
    });
  const read = reply.outcome === "done" ? readPlaced(reply.data) : undefined;
  if (read?.ok === true) return read.value;
  const cameBack = reply.outcome === "done" ? `an answer that cannot be read (${read?.problem ?? ""})` : reply.cameBack;
  const found = await appeared(inputs, before, context);
  const [only] = found.orders;
  if (only !== undefined && found.orders.length === 1) return { id: only.id, domains: [] };
  throw fault(context, {
    action,
    cameBack: `${cameBack}; ${found.orders.length === 0 ? "no new order for it is listed yet" : `orders ${idsOf(found.orders)} are new, and which of them is this resource's cannot be told`}${found.unread}`,
    known: `whether an order was placed is not known, and ${kept}`,
    next: "run again: the next run looks at the account's orders first, places nothing while one of them could be this one, and names it",
    outcome: "unknown",
    traceId: reply.traceId,
  });
}

/** Orders that came since; a failed read leaves it open. */
async function appeared(
  inputs: OrderInputs,
  before: ReadonlySet<number>,
  context: Step,
): Promise<{ readonly orders: readonly OrderInfo[]; readonly unread: string }> {
  try {
    return { orders: await lookalikes(inputs, before, context), unread: "" };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { orders: [], unread: `; reading the orders failed: ${error.parts.cameBack}` };
  }
}

/** An order as its answer alone shows it. */
export const asInfo = ({ id }: Placed): OrderInfo => ({
  id,
  status: "processing",
  certificate: { dnsNames: [] },
  isRenewal: false,
  isRenewed: false,
  requests: [],
  hasDuplicates: false,
});

/** Reads a placed order. It is kept whatever the read does: it was placed and billed. */
export async function afterPlacing(
  state: OrderState,
  { id, randomValue, domains }: Placed,
  context: Step,
): Promise<OrderState> {
  const tokens =
    randomValue === undefined && domains.length === 0
      ? {}
      : {
          validation: {
            ...(randomValue === undefined ? {} : { randomValue }),
            domains: domains.map((one) => ({ ...one })),
          },
        };
  try {
    return await look({ ...state, ...tokens }, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    context.tell(
      `order ${id} was placed and could not be read (${error.parts.cameBack}): the next up or refresh reads it`,
    );
    return { ...state, ...tokens };
  }
}
