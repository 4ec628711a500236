import type { Operation } from "./operation.js";
import { label } from "./operation.js";

/**
 * Receipts: an append-only record of the mutating calls of a run, one JSON object a line, for auditors
 * (`CLM_RECEIPTS=FILE`). A line is written before a call is sent and another when its end is known, so that a killed
 * run leaves the trace of what it had begun. No secret is ever in a receipt.
 */
export interface Receipt {
  /** System time, ISO 8601 UTC. */
  readonly time: string;
  /** Catalogue name. */
  readonly operation: string;
  /** Name and target on one line, as shown by the preview. */
  readonly target: string;
  /** `sending`, then `answered`, `refused`, `not executed` or `unknown`, with the HTTP status where one came. `answered` is
   * what HTTP says (1xx to 3xx); whether the service did it is said by its body, which receipts do not hold. */
  readonly status: string;
  /** W3C trace id sent with the request (`traceparent`). */
  readonly traceId: string;
}

export interface ReceiptBook {
  /** @throws when the record cannot be written: a call that nobody can audit is not sent. */
  write(receipt: Receipt): void;
}

export const NO_RECEIPTS: ReceiptBook = { write: () => undefined };

/** A book that appends lines by `append`. */
export function receiptBook(append: (line: string) => void): ReceiptBook {
  return {
    write: ({ time, operation, target, status, traceId }) => {
      append(`${JSON.stringify({ time, operation, target, status, traceId })}\n`);
    },
  };
}

export function receipt(operation: Operation, status: string, traceId: string, time: Date): Receipt {
  return { time: time.toISOString(), operation: operation.name, target: label(operation), status, traceId };
}
