import { isoDay } from "../../core/clock.js";
import { Fault } from "../../core/fault.js";
import type { Reading } from "../step.js";
import type { AccountRequest, ListedCertificate, OrderInfo } from "../wire.js";
import { isRevoked, keptCertificate, keptOrder } from "./keeping.js";
import { isPresent, namesRemoved } from "./certificates.js";
import type { KeptCertificate, OrderState, PreviousCertificate } from "./state.js";
import { endedHow, isOpenRequest, waitsFor } from "./statuses.js";
import { holding } from "../scope.js";

/** Moves a state on to what is there now, by reading. Nothing is changed at DigiCert. */

/** @throws Fault when the order in charge, or the one that is to take its place, cannot be read. */
export async function look(state: OrderState, context: Reading): Promise<OrderState> {
  const { api, resource } = context;
  const info = await api.order(state.order.id, resource);
  const inCharge = await ofOrder(state, info, context);
  const { next } = inCharge;
  const moved =
    next === undefined || next.kind === "reissue"
      ? inCharge
      : await successor(inCharge, await api.order(next.orderId, resource), context);
  return withRenewals(await withLists(await withRevocations(moved, info, context), info, context), info, context);
}

/** The order in charge: its status, its certificate, a reissue that waits. */
async function ofOrder(state: OrderState, info: OrderInfo, context: Reading): Promise<OrderState> {
  const order = keptOrder(info);
  const listed: OrderState = { ...state, order, requests: requestsOf(info, state.requests) };
  const id = info.certificate.id;
  if (id !== undefined && isPresent(info) && id !== state.current?.certificateId) {
    const moved = await withCertificate(listed, info, "reissue", context);
    if (moved === undefined) return stillMade(listed, info.id);
    const { next, ...settled } = moved;
    return next === undefined || next.kind === "reissue" ? settled : { ...settled, next };
  }
  const current = listed.current === undefined ? undefined : await upToDate(listed.current, info, context);
  const same = { ...listed, ...(current === undefined ? {} : { current }) };
  return withReissue(await withValidation(same, info, context), info, context);
}

/** A reissue that is issued and not to be had yet: the certificate that others use stays in charge until it is. */
const stillMade = (state: OrderState, orderId: number): OrderState =>
  state.next === undefined || state.next.kind === "reissue"
    ? { ...state, next: { ...(state.next ?? { kind: "reissue", orderId }), status: "processing" } }
    : state;

/** A reissue that waits, or that was turned down. */
async function withReissue(state: OrderState, info: OrderInfo, context: Reading): Promise<OrderState> {
  const { next } = state;
  if (info.status === "reissue_pending") {
    const open = info.requests.find((request) => request.type === "reissue" && isOpenRequest(request));
    const requestId = next?.requestId ?? open?.id;
    return {
      ...state,
      next: {
        kind: "reissue",
        orderId: info.id,
        status: info.status,
        ...(requestId === undefined ? {} : { requestId }),
      },
    };
  }
  if (next?.kind !== "reissue" || endedHow(next.status) !== undefined) return state;
  const request = info.requests.find(({ id }) => id === next.requestId);
  if (request !== undefined && isOpenRequest(request)) return { ...state, next: { ...next, status: request.status } };
  if (request?.status === "rejected") return { ...state, next: { ...next, status: "rejected" } };
  // Requests need not be shown: the list of reissues says whether one waits (section 7).
  const reissues = await context.api.reissues(info.id, context.resource);
  return reissues.some(({ status }) => status === "pending")
    ? state
    : { ...state, next: { ...next, status: request?.status === "approved" ? "processing" : "canceled" } };
}

/** The order that is to take the place of the one in charge. */
async function successor(state: OrderState, info: OrderInfo, context: Reading): Promise<OrderState> {
  const { next, ...rest } = state;
  if (next === undefined) return state;
  const requests = [...state.requests, ...requestsOf(info, [])];
  if (info.certificate.id === undefined || !isPresent(info)) {
    const requestId = next.requestId ?? info.requests.find(({ type }) => type === "new_request")?.id;
    const waiting = { ...next, status: info.status, ...(requestId === undefined ? {} : { requestId }) };
    return withValidation({ ...state, requests, next: waiting }, info, context);
  }
  const by = next.kind === "order" ? "order" : "renewal";
  const moved = await takeCharge({ ...rest, requests }, info, by, context);
  return moved ?? { ...state, requests, next: { ...next, status: "processing" } };
}

/** Another order comes into charge; what was in charge becomes a previous one. Undefined while that has to stay. */
async function takeCharge(
  { lost: _lost, validation: _validation, ...state }: OrderState,
  info: OrderInfo,
  by: PreviousCertificate["by"],
  context: Reading,
): Promise<OrderState | undefined> {
  const settled = await withCertificate(state, info, by, context);
  if (settled === undefined) return undefined;
  context.claim([holding(info.id)]);
  return {
    ...settled,
    order: keptOrder(info),
    requests: requestsOf(info, []),
    found: [],
    reissues: [],
    duplicates: [],
  };
}

/** Undefined where the one in charge can be used, and the new one cannot be downloaded yet. */
async function withCertificate(
  { validation: _validation, ...state }: OrderState,
  info: OrderInfo,
  by: PreviousCertificate["by"],
  context: Reading,
): Promise<OrderState | undefined> {
  const current = await keptCertificate(info, context);
  const { current: old } = state;
  if (old === undefined) return { ...state, current };
  if (old.pem !== undefined && current.pem === undefined && !isRevoked(info)) return undefined;
  const { pem: _pem, chainPem: _chainPem, ...rest } = old;
  const removed = by === "reissue" ? namesRemoved(old, current) : [];
  // Within 72 hours of the new one being issued (section 7), for every earlier certificate of the order.
  const revokedBy =
    removed.length === 0 ? undefined : hoursAfter(info.certificate.dateIssued ?? context.now.toISOString(), 72);
  const mark = (each: PreviousCertificate): PreviousCertificate =>
    revokedBy === undefined || each.orderId !== info.id || each.status === "revoked" || each.revokedBy !== undefined
      ? each
      : { ...each, revokedBy };
  const older: PreviousCertificate = { ...rest, replacedOn: isoDay(context.now), by };
  const previous = [older, ...state.previous]
    .map(mark)
    // What has ended by itself or by others needs no end any more.
    .filter(
      ({ status, validTill }) => status !== "revoked" && (validTill === undefined || validTill >= isoDay(context.now)),
    );
  return { ...state, current, previous };
}

const hoursAfter = (time: string, hours: number): string =>
  new Date(Date.parse(time) + hours * 3_600_000).toISOString().replace(/\.\d{3}Z$/, "Z");

/** The same certificate: its status may have changed, its PEM may not have been there before. */
async function upToDate(current: KeptCertificate, info: OrderInfo, context: Reading): Promise<KeptCertificate> {
  if (info.certificate.id !== current.certificateId) return current;
  const fresh = current.pem === undefined && isPresent(info) ? await keptCertificate(info, context) : current;
  const { status } = info.certificate;
  return { ...fresh, status: info.status === "revoked" ? "revoked" : (status ?? "issued") };
}

async function withValidation(state: OrderState, info: OrderInfo, context: Reading): Promise<OrderState> {
  if (info.status !== "pending" && info.status !== "reissue_pending") {
    const { validation: _done, ...rest } = state;
    return waitsFor(info.status) === undefined ? rest : state;
  }
  try {
    const domains = await context.api.validations(info.id, context.resource);
    const known = new Map(state.validation?.domains.map((domain) => [domain.name, domain]));
    return {
      ...state,
      validation: { ...state.validation, domains: domains.map((one) => ({ ...known.get(one.name), ...one })) },
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Tokens are for people: an order is not held up because they cannot be shown.
    context.tell(`the validation of order ${info.id} cannot be shown: ${error.parts.cameBack}`);
    return state;
  }
}

/** Requests as the order shows them; where it shows none (section 4, OBS), what was known before and its status tell. */
const requestsOf = ({ requests, status }: OrderInfo, before: OrderState["requests"]): OrderState["requests"] =>
  requests.length > 0
    ? requests.map(keptRequest)
    : before.map((one) =>
        one.type !== "new_request" || status === "needs_approval" || !isOpenRequest(one)
          ? one
          : { ...one, status: status === "rejected" ? "rejected" : "approved" },
      );

const keptRequest = ({ id, type, status, date, requester }: AccountRequest): OrderState["requests"][number] => ({
  id,
  type,
  status,
  ...(date === undefined ? {} : { date }),
  ...(requester === undefined ? {} : { requester }),
});

/**
 * Revocations that wait show in the account's list of requests, whatever the order shows (section 8), and so do those that were
 * approved, which may have ended a certificate while its order goes on.
 */
async function withRevocations(
  state: OrderState,
  { requests: shown }: OrderInfo,
  context: Reading,
): Promise<OrderState> {
  const listed = await context.api.revocationRequests(context.resource);
  const known = new Set(state.requests.map(({ id }) => id));
  const ours = listed
    .filter((one) => one.orderId === state.order.id && (known.has(one.id) || one.status !== "rejected"))
    .map(keptRequest);
  const ids = new Set(ours.map(({ id }) => id));
  // One that neither the list nor the order shows was decided: what became of it, the order's status says.
  const others = state.requests
    .filter((one) => !ids.has(one.id))
    .map((one) =>
      one.type === "revoke" && isOpenRequest(one) && shown.every(({ id }) => id !== one.id)
        ? { ...one, status: "decided" }
        : one,
    );
  return { ...state, requests: [...others, ...ours].sort((a, b) => a.id - b.id) };
}

async function withLists(state: OrderState, info: OrderInfo, { api, resource }: Reading): Promise<OrderState> {
  if (state.current === undefined || state.order.id !== info.id) return state;
  const kept = ({ id, serialNumber, status, validTill }: ListedCertificate): OrderState["reissues"][number] => ({
    certificateId: id,
    status,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(validTill === undefined ? {} : { validTill }),
  });
  const reissues = (await api.reissues(info.id, resource)).map(kept);
  const duplicates = (await api.duplicates(info.id, resource)).map(kept);
  const status = new Map(reissues.map((one) => [one.certificateId, one.status]));
  const previous = state.previous.map((old) =>
    old.orderId === info.id && (status.get(old.certificateId) === "revoked" || info.status === "revoked")
      ? { ...old, status: "revoked" }
      : old,
  );
  return { ...state, reissues, duplicates, previous };
}

/** Orders that renew the one in charge and that this state knows nothing of: auto renew, or somebody, or a dead run. */
async function withRenewals(state: OrderState, info: OrderInfo, context: Reading): Promise<OrderState> {
  if (state.order.id !== info.id || !info.isRenewed) return { ...state, found: [] };
  const held = context.heldByOthers();
  const ours = new Set([state.order.id, state.next?.orderId, ...state.previous.map(({ orderId }) => orderId)]);
  const linked = info.renewedOrderId;
  if (linked !== undefined)
    return {
      ...state,
      found: ours.has(linked) || held.has(holding(linked)) ? [] : [{ orderId: linked, linked: true }],
    };
  if (state.next?.kind === "renewal") return { ...state, found: [] };
  // The link from old to new is observed, not documented: by names then, and only as a likeness (section 6).
  const dismissed = new Set(state.orderAnother ?? []);
  const rows = await context.api.namesakes(state.current?.commonName ?? state.commonName, context.resource);
  const found = rows.filter(
    (row) =>
      row.id > info.id &&
      !ours.has(row.id) &&
      !dismissed.has(row.id) &&
      !held.has(holding(row.id)) &&
      endedHow(row.status) === undefined &&
      (row.product === undefined || row.product === state.productNameId),
  );
  return { ...state, found: found.map(({ id }) => ({ orderId: id, linked: false })) };
}
