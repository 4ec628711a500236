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
   * what HTTP says (1xx to 3xx); whether the service did it is said by its body, which receipts do not hold. For what no
   * list shows a last line says `kept`: what came of it was handed to the state. */
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

/** The status of a last line: what came of a call is in the state. */
export const KEPT = "kept";

/**
 * The last call with this label of which nobody has written that it did nothing, or that what came of it is kept: the run
 * that sent it was killed before the state had it. Lines that are not receipts are passed over.
 */
export function unkeptIn(book: string, operation: Operation): Receipt | undefined {
  const lines = book.split("\n").flatMap((line): Receipt[] => {
    try {
      const parsed = JSON.parse(line) as Partial<Receipt> | null;
      return typeof parsed?.traceId === "string" && parsed.target === label(operation) ? [parsed as Receipt] : [];
    } catch {
      return []; // a line that was cut off, or the empty one at the end
    }
  });
  const settled = new Set(
    lines.flatMap(({ status, traceId }) => (/^(?:refused|not executed|kept)\b/.test(status) ? [traceId] : [])),
  );
  return lines.findLast(({ status, traceId }) => status === "sending" && !settled.has(traceId));
}
