import { isoDay } from "../../core/clock.js";
import { differing, type Drift, type DriftKind } from "../../core/drift.js";
import { nameOf, type OrderState } from "./state.js";
import { endedHow, isOpenRequest } from "./statuses.js";

/** What DigiCert says otherwise of the order and of the certificate in charge. */
export function drift(before: OrderState, after: OrderState, now: Date): Drift[] {
  const { order, current, next } = after;
  const what = `order ${order.id}`;
  const known = new Set(before.found.map(({ orderId }) => orderId));
  const sameOrder = before.order.id === order.id;
  const moved = differing(
    kindOf(order.status),
    what,
    sameOrder ? before.order.status : `order ${before.order.id} in charge`,
    sameOrder ? order.status : "in charge",
  );
  return [
    ...moved,
    ...(moved.length > 0 || before.next === undefined || next === undefined
      ? []
      : differing("status", `order ${next.orderId}, for ${what}`, before.next.status, next.status)),
    ...certificateDrift(before, after),
    ...requestsDrift(before, after),
    ...after.previous.flatMap((old) =>
      old.revokedBy === undefined ||
      before.previous.some((one) => one.certificateId === old.certificateId && one.revokedBy === old.revokedBy)
        ? []
        : differing("revocation", nameOf(old), "valid", `revoked by DigiCert until ${old.revokedBy} at the latest`),
    ),
    ...after.found
      .filter(({ orderId }) => !known.has(orderId))
      .map(({ orderId, linked }): Drift => ({
        ...{ kind: "succeeded", what, before: what, now: `${linked ? "" : "perhaps "}order ${orderId}` },
      })),
    ...after.duplicates
      .filter(({ certificateId }) => before.duplicates.every((one) => one.certificateId !== certificateId))
      .flatMap((one) => differing("strays", what, "no such duplicate", `duplicate ${nameOf(one)}`)),
    ...(current?.validTill === undefined || endedHow(order.status) !== undefined || current.validTill >= isoDay(now)
      ? []
      : differing("expired", nameOf(current), `valid till ${current.validTill}`, "expired", current.validTill)),
  ];
}

const KINDS: Readonly<Record<string, DriftKind>> = { revoked: "ended", expired: "expired" };
const kindOf = (status: string): DriftKind => KINDS[status] ?? "status";

function certificateDrift(before: OrderState, { order, current }: OrderState): Drift[] {
  const { current: was, next } = before;
  if (was === undefined || current === undefined) return [];
  const what = `order ${order.id}`;
  if (was.certificateId !== current.certificateId) {
    // What this stack has asked for and waits for is no surprise.
    const kind = next === undefined ? "succeeded" : "status";
    return differing(kind, what, nameOf(was), nameOf(current), current.validFrom);
  }
  if (before.order.status !== order.status) return [];
  return differing(current.status === "revoked" ? "ended" : "status", nameOf(current), was.status, current.status);
}

/** Requests to revoke that came, and those that were decided without an end of the order. */
function requestsDrift(before: OrderState, { order, requests }: OrderState): Drift[] {
  const open = (all: OrderState["requests"]) => all.filter((one) => one.type === "revoke" && isOpenRequest(one));
  const [was, is] = [open(before.requests), open(requests)];
  const has = (all: OrderState["requests"], id: number): boolean => all.some((one) => one.id === id);
  const what = `order ${order.id}`;
  return [
    ...is.flatMap(({ id, date }) =>
      has(was, id)
        ? []
        : differing("revocation", what, "no request", `revocation request ${id} waits for an approver`, date),
    ),
    ...was.flatMap(({ id }) =>
      has(is, id) || endedHow(order.status) !== undefined
        ? []
        : differing("status", `revocation request ${id} of ${what}`, "waits for an approver", "decided"),
    ),
  ];
}
