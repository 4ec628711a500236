import { UNKNOWN, type Planned, type Unknown } from "../../core/unknown.js";
import { holding } from "../scope.js";
import type { OrderInputs } from "./inputs.js";
import type { OrderState } from "./state.js";

type Inputs = Planned<OrderInputs>;

/** Which existing order an update takes over, and how previews say it. */

export const adoption = (orderId: number | Unknown, before?: OrderState): string => {
  const which = orderId === UNKNOWN ? "the order that adopt names" : `order ${orderId}`;
  return before === undefined
    ? `ADOPT ${which}: it is read and taken into the stack, no remote call changes anything`
    : `TAKE OVER ${which} as the one in charge: it is read, order ${before.order.id} becomes a previous one, no remote call changes anything`;
};

/** Orders that were found, and that neither the program nor another resource has an answer for. */
export function undecided(before: OrderState, after: Inputs, heldByOthers: ReadonlySet<string>): OrderState["found"] {
  if (after.orderAnother === UNKNOWN) return [];
  const dismissed = new Set(after.orderAnother ?? []);
  return before.found.filter(({ orderId }) => !dismissed.has(orderId) && !heldByOthers.has(holding(orderId)));
}

/** The order that `adopt` newly names, or the only one that was found when DigiCert links it to the one in charge. */
export function successorToTake(
  before: OrderState,
  after: OrderInputs,
  heldByOthers: ReadonlySet<string>,
): number | undefined;
export function successorToTake(
  before: OrderState,
  after: Inputs,
  heldByOthers: ReadonlySet<string>,
): number | Unknown | undefined;
export function successorToTake(
  before: OrderState,
  after: Inputs,
  heldByOthers: ReadonlySet<string>,
): number | Unknown | undefined {
  const { adopt } = after;
  if (adopt !== undefined && adopt !== before.adopt && adopt !== before.order.id) return adopt;
  const found = undecided(before, after, heldByOthers);
  const [only] = found;
  return only !== undefined && found.length === 1 && (only.linked || before.lost !== undefined)
    ? only.orderId
    : undefined;
}
