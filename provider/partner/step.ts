import { Fault, PartialFault, type FaultParts } from "../core/fault.js";
import type { Context } from "../core/lifecycle.js";
import type { Failed, Reply } from "../http/jsonReply.js";
import { SYSTEM, type PartnerClient } from "./client.js";

/** What the steps of contracts and credentials share: their context, and faults in the words of the Partner API. */
export type Step = Context<PartnerClient>;
/** A step that may not change anything. */
export type Reading = Omit<Step, "perform" | "plan">;

export type Told = Omit<FaultParts, "resource" | "system">;

export const fault = ({ resource }: Reading, parts: Told): Fault => new Fault({ ...parts, resource, system: SYSTEM });

/** A fault after which a state is kept; `id` where the resource has none yet. */
export const partial = ({ resource }: Reading, state: object, parts: Told, id?: string): Fault =>
  new PartialFault({ ...parts, resource, system: SYSTEM }, state, id);

/** What a call came back with, for a fault. */
export const cameBackOf = (reply: Reply): Pick<Failed, "cameBack" | "outcome" | "traceId"> =>
  reply.outcome === "done"
    ? { cameBack: `the service said yes (HTTP ${reply.status})`, outcome: "unknown", traceId: reply.traceId }
    : { cameBack: reply.cameBack, outcome: reply.outcome, traceId: reply.traceId };

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
