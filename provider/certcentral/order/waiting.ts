import { Fault } from "../../core/fault.js";
import type { Reading } from "../step.js";
import { look } from "./looking.js";
import type { OrderState } from "./state.js";
import { endedHow, waitsFor } from "./statuses.js";

/** What waits, and for what; undefined when nothing does. */
export function openIn({ order, next }: OrderState): { readonly orderId: number; readonly status: string } | undefined {
  if (next !== undefined) return endedHow(next.status) === undefined ? next : undefined;
  return waitsFor(order.status) === undefined ? undefined : { orderId: order.id, status: order.status };
}

/**
 * Waits for what was asked for, as long as the program says. Whatever happens meanwhile, what is known is kept: an order
 * that waits is healthy, and the next run moves on.
 */
export async function untilIssued(state: OrderState, minutes: number, context: Reading): Promise<OrderState> {
  let at = state;
  let said = "";
  for (let waited = 0; waited < minutes * 60_000; waited += context.api.waiting.poll) {
    const open = openIn(at);
    if (open === undefined) return at;
    if (open.status !== said) {
      said = open.status;
      context.tell(
        `order ${open.orderId} waits (${open.status}): ${waitsFor(open.status) ?? "its request is not decided"}; waiting for up to ${minutes} minute(s)`,
      );
    }
    try {
      await context.api.pause();
      at = await look(at, context);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      context.tell(
        `reading order ${open.orderId} failed (${error.parts.cameBack}): it is kept as it was, the next up or refresh moves on`,
      );
      return at;
    }
  }
  return at;
}
