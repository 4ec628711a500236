import { holding } from "../scope.js";
import type { Reading } from "../step.js";
import type { AccountRequest, OrderInfo } from "../wire.js";
import { look } from "./looking.js";
import { ordersOf, type OrderState } from "./state.js";
import { isOpenRequest } from "./statuses.js";
import { openIn } from "./waiting.js";

/**
 * A refresh: the account's lists show whether anything differs, and only what differs is read by itself. Never `gone`:
 * orders are not deleted at DigiCert, one that is not found is in another account.
 */
export async function read(state: OrderState, context: Reading): Promise<OrderState> {
  context.claim(ordersOf(state).map(holding));
  const row = openIn(state) === undefined ? await context.api.listed(state.order.id, context.resource) : undefined;
  if (row === undefined) return look(state, context);
  const revocations = await context.api.revocationRequests(context.resource);
  return isAsKept(state, row, revocations, context.now) ? state : look(state, context);
}

function isAsKept(
  { order, current, requests, previous, found, lost }: OrderState,
  row: OrderInfo,
  revocations: readonly AccountRequest[],
  now: Date,
): boolean {
  const idsOf = (all: readonly { readonly id: number }[]): string =>
    all
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join();
  const known = requests.filter((one) => one.type === "revoke" && isOpenRequest(one));
  const ours = revocations.filter(({ orderId }) => orderId === order.id);
  // An approved one may be of a certificate alone: its order's row stays as it was.
  const decided = new Set(requests.filter((one) => !isOpenRequest(one)).map(({ id }) => id));
  const isNew = ours.some((one) => one.status === "approved" && !decided.has(one.id));
  // A revocation by DigiCert because of a name is not announced: from its time on it is looked for.
  const dueRevocation = previous.some(
    ({ revokedBy, status }) => revokedBy !== undefined && status !== "revoked" && new Date(revokedBy) <= now,
  );
  return (
    lost === undefined &&
    found.length === 0 &&
    row.status === order.status &&
    row.isRenewed === order.isRenewed &&
    row.hasDuplicates === order.hasDuplicates &&
    row.certificate.id === current?.certificateId &&
    (row.certificate.validTill === undefined || row.certificate.validTill === current?.validTill) &&
    current?.pem !== undefined &&
    idsOf(known) === idsOf(ours.filter(isOpenRequest)) &&
    !isNew &&
    !dueRevocation
  );
}
