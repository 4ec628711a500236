import { Fault } from "../core/fault.js";
import type { SendRead } from "../http/jsonReads.js";

/** What stands between a system's client and the network. */
export type Reads = (send: SendRead) => SendRead;

export const asTheyAre: Reads = (send) => send;

/** No answer to build on, whatever a client makes of it: another key or another time would have given another one. */
const isNoAnswer = (status: number): boolean =>
  status === 401 || status === 429 || status >= 500 || (status >= 300 && status < 400);

/** The reads of one scan: each call is sent once, and none may fail unseen. */
export class OneScan {
  readonly #answers = new Map<string, ReturnType<SendRead>>();
  #failure: Error | undefined;

  /** Calls that were sent, repetitions not counted. */
  get calls(): number {
    return this.#answers.size;
  }

  /** What a client may have made the best of: a state without its PEM, an unread truststore. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  readonly reads: Reads = (send) => (call, traceId) => {
    const key = JSON.stringify([call.method, call.path, call.body ?? null]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    // What one read could not show, no further one will make whole.
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = send(call, traceId).then(
      (came) => {
        const { status } = came;
        if (isNoAnswer(status))
          this.#failure ??= new Error(
            `${call.method} ${call.path}: HTTP ${status}${status < 400 ? ", a redirect, which is not followed" : ""}`,
          );
        return came;
      },
      (error: unknown) => {
        this.#failure ??= error instanceof Fault ? error : new Error(String(error));
        throw error;
      },
    );
    this.#answers.set(key, answer);
    return answer;
  };
}
