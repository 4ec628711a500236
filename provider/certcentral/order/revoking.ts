import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "../../core/fault.js";
import type { Operation } from "../../core/operation.js";
import { cancel, reject, revokeCertificate, revokeOrder } from "../operations.js";
import { asFailed, fault, type Step } from "../step.js";
import type { Failed, Reply } from "../../http/jsonReply.js";
import { readRevocationRequest, type AccountRequest, type OrderInfo } from "../wire.js";
import { ordersOf, type OrderState } from "./state.js";
import { endedHow, isOpenRequest, isUnissued } from "./statuses.js";

/** Revocation requests of an order that wait for a person. */
export interface Waiting {
  readonly orderId: number;
  readonly requests: readonly AccountRequest[];
}

/** A deletion: ends every order that the plan names, oldest first, each by what it is when it is read. */
export async function end(state: OrderState, context: Step): Promise<void> {
  const { operations } = context.plan;
  if (operations.length === 0) return; // onDelete is retain, or everything has ended
  const older = ordersOf(state).filter((id) => id !== state.order.id && id !== state.next?.orderId);
  const next = state.next === undefined || state.next.orderId === state.order.id ? [] : [state.next.orderId];
  const waiting: Waiting[] = [];
  for (const orderId of [...older.reverse(), state.order.id, ...next]) {
    const waits = await endOrder(orderId, state, context);
    if (waits !== undefined) waiting.push(waits);
  }
  if (waiting.length === 0) return;
  if (state.whenRevocationWaits === "letGo") tellOf(waiting, context);
  else throw waitingFault(waiting, context);
}

async function endOrder(orderId: number, state: OrderState, context: Step): Promise<Waiting | undefined> {
  const { api, resource, plan } = context;
  let info = await api.order(orderId, resource);
  if (endedHow(info.status) !== undefined) return undefined; // settled by reading
  const canceling = plan.operations.find(
    ({ name, target }) => name === cancel.name && target.orderId === String(orderId),
  );
  if (info.status === "needs_approval") {
    const request = info.requests.find((one) => one.type === "new_request" && isOpenRequest(one));
    const planned = plan.operations.find(
      (one) => one.name === reject.name && (request === undefined || one.target.requestId === String(request.id)),
    );
    const reply = await sent(demand(planned, info, "reject its request", context), context);
    await settle(reply, info, "reject the request of", context);
    return undefined;
  }
  if (isUnissued(info.status)) {
    await settle(await sent(demand(canceling, info, "cancel it", context), context), info, "cancel", context);
    return undefined;
  }
  if (info.status === "reissue_pending") {
    const dropped = await sent(demand(canceling, info, "cancel its reissue", context), context);
    info = await reissueGone(dropped, info, context);
  }
  return revokeIssued(info, state, context);
}

/** The planned call that the order needs now. @throws Fault when no preview has named it. */
function demand(operation: Operation | undefined, info: OrderInfo, need: string, context: Step): Operation {
  if (operation !== undefined) return operation;
  throw fault(context, {
    action: `end order ${info.id}`,
    cameBack: `its status is ${info.status}, so the call to ${need} is needed, and no preview has named it`,
    known: "nothing was sent for this order, the resource stays in the state",
    next: "run pulumi refresh and pulumi up, which bring the state up to date, then remove the resource: the preview names what is needed now",
    outcome: "not executed",
  });
}

const sent = (operation: Operation, { api, perform }: Step): Promise<Reply> => api.ask(perform, operation);

/** Yes, no and silence are settled by reading: codes and states of a repeated call are not documented (sections 5, 8). */
async function settle(reply: Reply, before: OrderInfo, verb: string, context: Step): Promise<void> {
  const action = `${verb} order ${before.id}`;
  if (reply.outcome === "not executed") throw unended(action, reply, "the order was not ended", context);
  const info = await readBack(before.id, action, reply, context, ({ status }) => endedHow(status) !== undefined);
  if (endedHow(info.status) !== undefined) return;
  throw unended(action, asNo(reply), `order ${before.id} is still ${info.status}`, context);
}

async function reissueGone(reply: Reply, before: OrderInfo, context: Step): Promise<OrderInfo> {
  const action = `cancel the reissue of order ${before.id}`;
  if (reply.outcome === "not executed") throw unended(action, reply, "nothing was ended", context);
  const info = await readBack(before.id, action, reply, context, ({ status }) => status !== "reissue_pending");
  if (info.status !== "reissue_pending") return info;
  throw unended(
    action,
    asNo(reply),
    `the reissue of order ${before.id} still waits, and would block a revocation`,
    context,
  );
}

/** @throws Fault when the order has a certificate in charge that no preview can have named. */
function demandNamed(
  { id, certificate }: OrderInfo,
  { order, current, previous, reissues }: OrderState,
  context: Step,
): void {
  const named = [current, ...previous, ...reissues].map((one) => one?.certificateId);
  if (id !== order.id || current === undefined || certificate.id === undefined || named.includes(certificate.id))
    return;
  throw fault(context, {
    action: `revoke order ${id}`,
    cameBack: `certificate ${certificate.id} is in charge, which was issued meanwhile and which no preview has named`,
    known: "nothing was sent for this order, the resource stays in the state",
    next: "run pulumi refresh and pulumi up, then remove the resource: the preview names it",
    outcome: "not executed",
  });
}

/** Revokes what is issued, unless it is revoked already or a revocation of it waits. */
async function revokeIssued(info: OrderInfo, state: OrderState, context: Step): Promise<Waiting | undefined> {
  demandNamed(info, state, context);
  const waiting = await revocationsOf(info, context);
  if (waiting.open.length > 0) return { orderId: info.id, requests: waiting.open };
  const acknowledged = new Set(state.rejectedRevocations ?? []);
  const rejected = waiting.rejected.filter(({ id }) => !acknowledged.has(id));
  if (rejected.length > 0)
    throw fault(context, {
      action: `revoke order ${info.id}`,
      cameBack: `an administrator has rejected revocation request ${rejected.map(({ id }) => id).join(", ")}`,
      known: "nothing was sent, the certificates stay valid and the resource stays in the state",
      next: `ask the administrator; to file another request, set rejectedRevocations: [${rejected.map(({ id }) => id).join(", ")}] and run up before the removal; to keep the certificates, set onDelete: "retain"`,
      outcome: "not executed",
    });
  const certificates = context.plan.operations.filter(
    ({ name, sentence }) => name === revokeCertificate.name && sentence.includes(` of order ${info.id} `),
  );
  const requests: AccountRequest[] = [];
  for (const operation of certificates) {
    const certificateId = Number(operation.target.certificateId);
    if (await isCertificateRevoked(certificateId, info.id, context)) continue;
    // An earlier one may have taken the order along.
    requests.push(...((await revoked(operation, info, context, certificateId))?.requests ?? []));
  }
  if (certificates.length > 0) return requests.length === 0 ? undefined : { orderId: info.id, requests };
  const operation = demand(
    context.plan.operations.find(({ name, target }) => name === revokeOrder.name && target.orderId === String(info.id)),
    info,
    "revoke it",
    context,
  );
  return revoked(operation, info, context);
}

/**
 * Performs a planned revocation, of an order or of one certificate: 204 is confirmed by reading, 201 is a request that
 * waits for a person (section 8).
 */
export async function revoked(
  operation: Operation,
  before: OrderInfo,
  context: Step,
  certificateId?: number,
): Promise<Waiting | undefined> {
  const action =
    certificateId === undefined
      ? `revoke order ${before.id}`
      : `revoke certificate ${certificateId} of order ${before.id}`;
  const reply = await sent(operation, context);
  if (reply.outcome === "not executed") throw unended(action, reply, "nothing was revoked", context);
  const answered = reply.outcome === "done" && reply.status !== 204 ? readRevocationRequest(reply.data) : undefined;
  const request = answered?.ok === true && answered.value.type === "revoke" ? answered.value : undefined;
  if (request !== undefined && isOpenRequest(request)) return { orderId: before.id, requests: [request] };
  const { visibility } = context.api.waiting;
  const patience = reply.outcome === "refused" ? 0 : visibility;
  for (let waited = 0, step = Math.max(50, visibility / 8); ; waited += step) {
    const info = await readBack(before.id, action, reply, context, () => true);
    if (info.status === "revoked") return undefined;
    if (certificateId !== undefined && (await isCertificateRevoked(certificateId, info.id, context, info)))
      return undefined;
    const { open } = await revocationsOf(info, context);
    if (open.length > 0) return { orderId: info.id, requests: open };
    if (waited >= patience) break;
    await delay(step);
  }
  throw unended(
    action,
    asNo(reply),
    reply.outcome === "done"
      ? "no read shows the revocation yet: DigiCert may still be carrying it out"
      : "no read shows a revocation",
    context,
  );
}

/** Whether a certificate is revoked: on the order when it is its active one, else in the lists of its order. */
async function isCertificateRevoked(
  certificateId: number,
  orderId: number,
  { api, resource }: Step,
  fresh?: OrderInfo,
): Promise<boolean> {
  const info = fresh ?? (await api.order(orderId, resource));
  if (info.status === "revoked") return true;
  if (info.certificate.id === certificateId) return info.certificate.status === "revoked";
  const listed = [...(await api.reissues(orderId, resource)), ...(await api.duplicates(orderId, resource))];
  return listed.some(({ id, status }) => id === certificateId && status === "revoked");
}

/** Revocation requests of an order, by the order and by the account's list: either may show less (section 8). */
export async function revocationsOf(
  info: OrderInfo,
  { api, resource }: Step,
): Promise<{ readonly open: readonly AccountRequest[]; readonly rejected: readonly AccountRequest[] }> {
  const listed = (await api.revocations(["pending", "submitted", "rejected"], resource)).filter(
    ({ orderId }) => orderId === info.id,
  );
  const all = new Map(
    [...info.requests.filter(({ type }) => type === "revoke"), ...listed].map((one) => [one.id, one]),
  );
  return {
    open: [...all.values()].filter(isOpenRequest),
    rejected: [...all.values()].filter(({ status }) => status === "rejected"),
  };
}

const named = ({ requests }: Waiting): string =>
  requests
    .map(
      (one) =>
        `${one.id}${one.date === undefined ? "" : ` of ${one.date}`}${one.requester === undefined ? "" : ` by ${one.requester}`}`,
    )
    .join(", ");

const inWords = (waiting: readonly Waiting[]): string =>
  waiting.map((one) => `revocation request ${named(one)} of order ${one.orderId}`).join(" and ");

/** Revocations wait for a person, and the resource does not. */
export const tellOf = (waiting: readonly Waiting[], { tell }: Step): void => {
  tell(`${inWords(waiting)} waits for an administrator: the certificates stay valid until then`);
};

/** Revocations wait for a person: others are never filed. */
const waitingFault = (waiting: readonly Waiting[], context: Step): Fault =>
  fault(context, {
    action: `revoke order ${waiting.map(({ orderId }) => orderId).join(" and ")}`,
    cameBack: `${inWords(waiting)} waits for an administrator's approval`,
    known:
      "the request is filed, no second one is; the certificates stay valid until it is approved, and the resource stays in the state",
    next: `have it approved in the CertCentral console of ${context.api.service.replace(/\/services\/v2$/, "")} (Certificates > Requests, request ${waiting.flatMap(({ requests }) => requests.map(({ id }) => id)).join(", ")}), then run again; or set whenRevocationWaits: "letGo"`,
    outcome: "not executed",
  });

/** Reads an order after a call. @throws Fault that keeps what is known of the call, when it cannot be read. */
async function readBack(
  orderId: number,
  action: string,
  reply: Reply,
  context: Step,
  enough: (info: OrderInfo) => boolean,
): Promise<OrderInfo> {
  const limit = reply.outcome === "refused" ? 0 : context.api.waiting.visibility;
  try {
    return (await context.api.await(orderId, context.resource, limit, (info) => (enough(info) ? true : undefined)))
      .info;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw fault(context, {
      action,
      cameBack: `${reply.outcome === "done" ? "the service said yes" : reply.cameBack}; reading it back failed: ${error.parts.cameBack}`,
      known: "whether it has ended is not known; the resource stays in the state",
      next: "run again: what has ended is settled by reading, and nothing is filed twice",
      outcome: "unknown",
      traceId: reply.traceId,
    });
  }
}

const asNo = (reply: Reply): Failed =>
  reply.outcome === "done"
    ? {
        outcome: "unknown",
        cameBack: `the service answered yes (HTTP ${reply.status})`,
        traceId: reply.traceId,
        codes: [],
      }
    : reply;

const unended = (action: string, reply: Failed, known: string, context: Step): Fault =>
  fault(context, {
    action,
    ...asFailed(reply),
    cameBack: `${reply.cameBack}${reply.status === 403 ? ": approving a revocation and skip_approval need the rights of an administrator" : ""}`,
    known: `${known}; the resource stays in the state`,
    next: "run again: every call is named again, and what has ended is settled by reading",
  });
