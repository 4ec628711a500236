import { NOTHING, type Plan } from "../../core/plan.js";
import type { Operation } from "../../core/operation.js";
import { cancel, reject, revokeCertificate, revokeOrder, type RevokeArguments } from "../operations.js";
import { certificatesOf, nameOf, type OrderState, type PreviousCertificate, type KeptCertificate } from "./state.js";
import { endedHow, isUnissued } from "./statuses.js";
import { namesOf } from "./request.js";

/**
 * What deletion does: every order that the state holds, oldest first. An order's end depends on its status when the
 * deletion runs, which the state may not know any more: every call that can be needed is named, each with its condition.
 */
export function ending(before: OrderState): Plan {
  const ends = endsOf(before);
  if (before.onDelete === "retain")
    return {
      ...NOTHING,
      changes: true,
      remarks: ends.map(({ what }) => `KEEP ${what} at DigiCert (onDelete is retain): no remote call`),
    };
  return {
    ...NOTHING,
    changes: true,
    operations: ends.flatMap(({ operations }) => operations),
    remarks: [
      ...ends.flatMap(({ remark }) => remark ?? []),
      ...(before.revocationSkipApproval || ends.every(({ operations }) => operations.length === 0)
        ? []
        : [
            before.whenRevocationWaits === "letGo"
              ? "a revocation that waits for an administrator's approval lets the resource go (whenRevocationWaits is letGo): the certificates stay valid until it is approved"
              : "a revocation that waits for an administrator's approval fails this step, and the resource stays in the state",
          ]),
    ],
  };
}

/** One order that ends, or is left alone. */
interface End {
  readonly what: string;
  readonly operations: readonly Operation[];
  readonly remark?: string;
}

function endsOf(before: OrderState): End[] {
  const { order, next, previous, current } = before;
  const older = [...new Set(previous.map(({ orderId }) => orderId))].filter((id) => id !== order.id).reverse();
  return [
    ...older.map((orderId) => olderEnd(before, orderId)),
    orderEnd(before, order.id, order.status, current),
    ...(next === undefined || next.orderId === order.id
      ? []
      : [orderEnd(before, next.orderId, next.status, undefined)]),
  ];
}

const IN_FORCE = "it is still in force then, and no revocation of it waits";

/** An order whose place another one has taken. */
function olderEnd(before: OrderState, orderId: number): End {
  const its = before.previous.filter((old) => old.orderId === orderId);
  const what = `order ${orderId} (${its.map(nameOf).join("; ")})`;
  if (before.onDelete !== "revokeCertificate")
    return {
      what,
      operations: [revokeOrder.conditional(orderArguments(before, orderId, its.map(nameOf).join("; ")), IN_FORCE)],
    };
  return { what, operations: [...its].reverse().map((old) => certificateEnd(before, old)) };
}

function orderEnd(before: OrderState, orderId: number, status: string, current: KeptCertificate | undefined): End {
  const its = before.previous.filter((old) => old.orderId === orderId);
  const names = namesOf(before).join(", ");
  const held = current?.orderId === orderId ? [current, ...its] : its;
  const all = orderId === before.order.id ? certificatesOf(before) : held.map(nameOf);
  const what = all.length === 0 ? `of product ${before.productNameId} for ${names}` : all.join("; ");
  const named = `order ${orderId} (${what})`;
  const ended = endedHow(status);
  if (ended !== undefined)
    return { what: named, operations: [], remark: `order ${orderId} ${ended}: no remote call for it` };
  const revoking = (on: string): Operation[] =>
    before.onDelete === "revokeCertificate" && current !== undefined
      ? [...held].reverse().map((certificate) => certificateEnd(before, certificate))
      : [revokeOrder.conditional(orderArguments(before, orderId, what), on)];
  const { next } = before;
  // While a reissue waits for its approval, what the order's status says is not documented.
  if (
    status === "reissue_pending" ||
    (next?.kind === "reissue" && next.orderId === orderId && endedHow(next.status) === undefined)
  )
    return {
      what: named,
      operations: [
        cancel.conditional(
          { orderId, what, warning: "", note: NOTE, reissueOnly: true },
          "the reissue still waits then",
        ),
        ...revoking(IN_FORCE),
      ],
    };
  if (!isUnissued(status)) return { what: named, operations: revoking(IN_FORCE) };
  const warning = "";
  const requestId = requestOf(before, orderId);
  return {
    what: named,
    operations: [
      ...(requestId === undefined || status !== "needs_approval"
        ? []
        : [
            reject.conditional(
              { orderId, requestId, what, warning, comment: NOTE },
              "it still waits for its approval then",
            ),
          ]),
      cancel.conditional(
        { orderId, what, warning, note: NOTE, reissueOnly: false },
        "it is approved and not issued then",
      ),
      revokeOrder.conditional(
        orderArguments(before, orderId, what),
        "it has been issued by then, and no revocation of it waits",
      ),
    ],
  };
}

/** For the record of the account: required for a cancel (section 5). */
const NOTE = "The resource was removed from its Pulumi program.";

/** The request that an approver has to decide. */
const requestOf = ({ order, next, requests }: OrderState, orderId: number): number | undefined =>
  next?.orderId === orderId
    ? next.requestId
    : order.id === orderId
      ? requests.find(({ type, status }) => type === "new_request" && (status === "pending" || status === "submitted"))
          ?.id
      : undefined;

/** Section 8, seeds: past signatures go with the certificate. */
const SIGNING = /code_signing|document_signing|(^|_)cs(_|$)/;

export const orderArguments = (before: OrderState, orderId: number, what: string): RevokeArguments => ({
  orderId,
  what,
  reason: before.revocationReason,
  comments: before.revocationComments,
  skipApproval: before.revocationSkipApproval,
  warning: SIGNING.test(before.productNameId)
    ? "; for most implementations this INVALIDATES PAST SIGNATURES AND TIMESTAMPS on code or documents signed by it"
    : "",
});

const certificateEnd = (before: OrderState, old: KeptCertificate | PreviousCertificate): Operation =>
  revokeCertificate.conditional(
    { ...orderArguments(before, old.orderId, nameOf(old)), certificateId: old.certificateId },
    IN_FORCE,
  );
