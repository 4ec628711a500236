import { randomBytes } from "node:crypto";
import { Fault } from "./fault.js";
import type { HttpCall, Narrowable, Operation } from "./operation.js";
import { digestOf, label } from "./operation.js";
import type { Plan } from "./plan.js";
import { receipt, type ReceiptBook } from "./receipts.js";

/** What a mutating call brought back. `body` is text: the system's client reads it. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly traceId: string;
}

/** Values of an operation's confidential fields. */
export type Secrets = Readonly<Record<string, string>>;

/** A call with its confidential fields in the body: as it leaves the process, and nowhere else. */
export const withSecrets = (call: HttpCall, secrets: Secrets): HttpCall =>
  Object.keys(secrets).length === 0 ? call : { ...call, body: { ...call.body, ...secrets } };

/** Sends one mutating call, its confidential fields added to the body. Rejects with a `Fault` when no answer came; any HTTP status is an answer. */
export type Send = (operation: Operation, traceId: string, secrets: Secrets) => Promise<Answer>;

/** The only way to a mutating call. */
export type Perform = (operation: Operation, secrets?: Secrets) => Promise<Answer>;

/** W3C Trace Context trace-id: 16 random bytes, hex. */
export const newTraceId = (): string => randomBytes(16).toString("hex");

/**
 * Makes `perform` for one step. It refuses, before anything is sent, what is not in the step's plan, what the plan holds
 * once and was performed already, and what the stack's policy does not permit. A receipt that cannot be written before a call stops it; one that cannot be
 * written after it is told through `warn`, because the answer must reach the state.
 */
export function performer(
  plan: Plan,
  send: Send,
  receipts: ReceiptBook,
  systemTime: () => Date,
  warn: (text: string) => void,
  /** Throws for a call that the stack's policy does not permit. */
  permit: (operation: Operation) => void = () => undefined,
): Perform {
  const left = plan.operations.filter(({ certainty }) => certainty.kind !== "due");
  return async (operation, secrets = {}) => {
    const digest = Object.keys(secrets).length === 0 ? undefined : digestOf(secrets);
    if (digest !== operation.confidential?.digest) {
      throw new Error(
        `Refused to send ${label(operation)}: its confidential fields are not those that were planned. ` +
          `Nothing was sent. This is a fault of pulumi-clm; please report it.`,
      );
    }
    const at = left.findIndex((planned) => isWithin(operation, planned));
    if (at < 0) {
      throw new Error(
        `Refused to send ${label(operation)}: it is not in the plan of this step, so no preview has named it. ` +
          `Nothing was sent. This is a fault of pulumi-clm; please report it.`,
      );
    }
    permit(operation);
    left.splice(at, 1);
    const traceId = newTraceId();
    const end = (status: string): void => {
      try {
        receipts.write(receipt(operation, status, traceId, systemTime()));
      } catch (error) {
        warn(
          `The receipt of ${label(operation)} could not be ended with "${status}" (trace id ${traceId}): ${error instanceof Error ? error.message : String(error)}. The call was made; add the line by hand.`,
        );
      }
    };
    receipts.write(receipt(operation, "sending", traceId, systemTime()));
    try {
      const answer = await send(operation, traceId, secrets);
      const outcome = outcomeOf(answer.status);
      end(`${outcome} ${String(answer.status)}`);
      return answer;
    } catch (error) {
      end(error instanceof Fault ? error.outcome : "unknown");
      throw error;
    }
  };
}

/** In the words of `Receipt.status`. */
function outcomeOf(status: number): string {
  if (status >= 500) return "unknown";
  if (status === 429) return "not executed";
  return status >= 400 ? "refused" : "answered";
}

/** Name, target and everything that is sent must be equal for a call to be the planned one, but for what it may leave out. */
function isWithin(operation: Operation, planned: Operation): boolean {
  const allowed = new Set(planned.narrowable?.values);
  const named = operation.narrowable?.values ?? [];
  return (
    fingerprint(operation) === fingerprint(planned) &&
    (named.length > 0 || allowed.size === 0) &&
    named.every((value) => allowed.has(value))
  );
}

const fingerprint = ({ name, target, call, confidential, narrowable }: Operation): string =>
  JSON.stringify([
    name,
    target,
    call.method,
    call.path,
    call.body ?? null,
    formOf(call, narrowable),
    confidential ?? null,
  ]);

const formOf = ({ form }: HttpCall, narrowable: Narrowable | undefined): unknown =>
  form === undefined || narrowable === undefined || !("multipart" in form)
    ? (form ?? null)
    : { ...form.multipart, [narrowable.field]: narrowable.field };
