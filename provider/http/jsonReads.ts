import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "../core/fault.js";
import type { HttpCall } from "../core/operation.js";
import { newTraceId, type Answer } from "../core/perform.js";
import type { Reader } from "./answerFields.js";
import type { Failed, Reply } from "./jsonReply.js";

/** Sends a read. */
export type SendRead = (call: HttpCall, traceId: string) => Promise<Answer>;

/** How a service says no, and what people do about it. */
export interface Service {
  /** For people, for instance "CertCentral". */
  readonly system: string;
  readonly reply: (answer: Answer) => Reply;
  /** What to do next when a read is not answered with a yes. */
  readonly next: (reply: Failed) => string;
}

const UNCHANGED = "nothing was changed, the state is left as it was";

/** Reads of a JSON API. What cannot be read is a fault in words: nothing is done on the strength of it. */
export class JsonReads {
  constructor(
    readonly send: SendRead,
    readonly service: Service,
  ) {}

  /** @throws Fault when no answer came. */
  async answer(call: HttpCall, action: string, resource: string): Promise<Answer> {
    try {
      return await this.send(call, newTraceId());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new Fault({ ...error.parts, action, resource, known: UNCHANGED });
    }
  }

  /** @throws Fault when the answer is not a yes that `read` can read. */
  async read<T>(call: HttpCall, action: string, resource: string, read: Reader<T>): Promise<T> {
    return this.judge(await this.answer(call, action, resource), action, resource, read);
  }

  /** The same for an answer that is there already. */
  judge<T>(answer: Answer, action: string, resource: string, read: Reader<T>): T {
    const reply = this.service.reply(answer);
    if (reply.outcome === "done") {
      const parsed = read(reply.data);
      if (parsed.ok) return parsed.value;
      throw this.unreadable(action, resource, parsed.problem);
    }
    throw new Fault({
      action,
      resource,
      system: this.service.system,
      cameBack: reply.cameBack,
      known: UNCHANGED,
      next: this.service.next(reply),
      outcome: reply.outcome,
      traceId: reply.traceId,
    });
  }

  unreadable(action: string, resource: string, problem: string): Fault {
    return new Fault({
      action,
      resource,
      system: this.service.system,
      cameBack: problem,
      known: UNCHANGED,
      next: "compare the service's answer with its documentation; nothing is done on the strength of an answer that cannot be read",
      outcome: "unknown",
    });
  }
}

/** Reads again, at growing distances, until `found` gives a result or `limit` milliseconds are over. */
export async function until<Seen, T>(
  read: () => Promise<Seen>,
  { limit, first, longest }: { readonly limit: number; readonly first: number; readonly longest: number },
  found: (seen: Seen) => T | undefined,
): Promise<{ readonly result: T | undefined; readonly seen: Seen }> {
  for (let waited = 0, step = Math.min(first, longest); ; step *= 2) {
    const seen = await read();
    const result = found(seen);
    if (result !== undefined || waited >= limit) return { result, seen };
    const pause = Math.min(step, longest, limit - waited);
    await delay(pause);
    waited += pause;
  }
}
