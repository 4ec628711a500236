import { faultsOf } from "../core/fault.js";
import { heldElsewhere } from "./scope.js";
import type { Context } from "../core/lifecycle.js";
import { SYSTEM, type ApinizerClient } from "./client.js";

/** What the steps of a gateway's objects share: their context, and faults in the words of Apinizer. */
export type Step = Context<ApinizerClient>;
/** A step that may not change anything. */
export type Reading = Omit<Step, "perform" | "plan">;

export const { fault, partial } = faultsOf(SYSTEM);

/** Says that a resource has an object from now on. @throws Fault when another one of the stack has it. */
export function takeForOwn(what: string, held: readonly string[], context: Step): void {
  const others = context.heldByOthers();
  if (held.some((name) => others.has(name)))
    throw fault(context, {
      action: `make ${what}`,
      cameBack: heldElsewhere(what),
      known: "nothing was sent and nothing is kept",
      next: "take one of the two out of the program",
      outcome: "not executed",
    });
  context.claim(held);
}

/** A replacement removes and makes anew: one step at a time changes a certificate. */
export const oneWriter = <T>(
  { project, name }: { readonly project: string; readonly name: string },
  { exclusive, api }: Reading,
  work: () => Promise<T>,
): Promise<T> => exclusive(`apinizer ${api.service} ${project}/${name}`, work);
