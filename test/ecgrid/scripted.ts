import type { Context } from "../../provider/core/lifecycle.js";
import type { Operation } from "../../provider/core/operation.js";
import { performer, type Answer } from "../../provider/core/perform.js";
import type { Plan } from "../../provider/core/plan.js";
import { NO_RECEIPTS } from "../../provider/core/receipts.js";
import { EcgridClient } from "../../provider/ecgrid/client.js";
import type { Certificate } from "../../provider/ecgrid/wire.js";
import { NOW, URN } from "./states.js";

/** A service that answers what a test says, and writes down what it was asked to change. */
export interface Scripted {
  readonly context: Context<EcgridClient>;
  /** Names of the mutating operations that were sent. */
  readonly sent: Operation[];
}

export const json = (data: unknown, status = 200): Answer => ({
  status,
  contentType: "application/json",
  body: JSON.stringify({ success: true, data }),
  traceId: "t",
});

/** The context of a step whose comm lists `certificates()`, and whose mutating calls are answered by `answer`. */
export function scripted(
  plan: Plan,
  certificates: () => readonly Partial<Certificate>[],
  answer: (operation: Operation) => Promise<Answer>,
): Scripted {
  const sent: Operation[] = [];
  const comm = (): Answer => json({ commId: 5001, mailboxId: 101, commType: "as2", certificates: certificates() });
  return {
    sent,
    context: {
      resource: "a",
      seed: URN,
      plan,
      plannedHeldByOthers: new Set(),
      knowsWhatStays: () => Promise.resolve(true),
      perform: performer(
        plan,
        (operation) => {
          sent.push(operation);
          return answer(operation);
        },
        NO_RECEIPTS,
        () => NOW,
        (text) => {
          throw new Error(text);
        },
      ),
      api: new EcgridClient(() => Promise.resolve(comm()), "https://ecgrid.test", 0),
      now: NOW,
      exclusive: (_name, work) => work(),
      claim: () => undefined,
      heldByOthers: () => new Set(),
      unkept: () => undefined,
      keeps: () => undefined,
      tell: () => undefined,
    },
  };
}
