import { randomBytes } from "node:crypto";
import { Fault } from "./fault.js";
import type { Operation } from "./operation.js";
import { label } from "./operation.js";
import type { Plan } from "./plan.js";
import { receipt, type ReceiptBook } from "./receipts.js";

/** What a mutating call brought back. `body` is text: the system's client reads it. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly traceId: string;
}

/** Sends one mutating call. Rejects with a `Fault` when no answer came; any HTTP status is an answer. */
export type Send = (operation: Operation, traceId: string) => Promise<Answer>;

/** The only way to a mutating call. */
export type Perform = (operation: Operation) => Promise<Answer>;

/** W3C Trace Context trace-id: 16 random bytes, hex. */
export const newTraceId = (): string => randomBytes(16).toString("hex");

/**
 * Makes `perform` for one step. It refuses, before anything is sent, what is not in the step's plan, and what the plan
 * holds once and was performed already.
 */
export function performer(plan: Plan, send: Send, receipts: ReceiptBook, systemTime: () => Date): Perform {
  const left = plan.operations.map(fingerprint);
  return async (operation) => {
    const at = left.indexOf(fingerprint(operation));
    if (at < 0) {
      throw new Error(
        `Refused to send ${label(operation)}: it is not in the plan of this step, so no preview has named it. ` +
          `Nothing was sent. This is a fault of pulumi-clm; please report it.`,
      );
    }
    left.splice(at, 1);
    const traceId = newTraceId();
    receipts.write(receipt(operation, "sending", traceId, systemTime()));
    try {
      const answer = await send(operation, traceId);
      const outcome = answer.status >= 500 ? "unknown" : answer.status >= 400 ? "refused" : "answered";
      receipts.write(receipt(operation, `${outcome} ${String(answer.status)}`, traceId, systemTime()));
      return answer;
    } catch (error) {
      receipts.write(receipt(operation, error instanceof Fault ? error.outcome : "unknown", traceId, systemTime()));
      throw error;
    }
  };
}

/** Name, target and everything that is sent: what must be equal for a call to be the planned one. */
const fingerprint = (operation: Operation): string =>
  JSON.stringify([
    operation.name,
    operation.target,
    operation.call.method,
    operation.call.path,
    operation.call.body ?? null,
  ]);
