import { Fault, faultsOf } from "../core/fault.js";
import type { Context } from "../core/lifecycle.js";
import { SYSTEM, type PartnerClient } from "./client.js";

/** What the steps of contracts and credentials share: their context, and faults in the words of the Partner API. */
export type Step = Context<PartnerClient>;
/** A step that may not change anything. */
export type Reading = Omit<Step, "perform" | "plan">;

export const { fault, partial } = faultsOf(SYSTEM);

/** Why something else than a call failed. */
export const causeOf = (error: unknown): string =>
  error instanceof Fault ? error.parts.cameBack : error instanceof Error ? error.message : String(error);

/** Credentials are told apart by lists from before and after: one step at a time changes those of a contract. */
export const oneWriter = <T>(contractId: number, { exclusive, api }: Reading, work: () => Promise<T>): Promise<T> =>
  exclusive(`partner ${api.service} contract ${contractId}`, work);

/** Stops a step whose plan waits for a person. */
export function refusePlanned(context: Step): void {
  const { plan, resource } = context;
  if (plan.refusal === undefined) return;
  throw fault(context, {
    action: `change ${resource}`,
    cameBack: plan.refusal,
    known: "nothing was sent, the state is left as it was",
    next: "answer that in the program, or at DigiCert, and run again",
    outcome: "not executed",
  });
}
