import { Fault, PartialFault, type FaultParts } from "../core/fault.js";
import type { Context } from "../core/lifecycle.js";
import type { Failed, Reply } from "../http/jsonReply.js";
import { SYSTEM, type ApinizerClient } from "./client.js";

/** What the steps of a gateway's objects share: their context, and faults in the words of Apinizer. */
export type Step = Context<ApinizerClient>;
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

/** A replacement removes and makes anew: one step at a time changes a certificate. */
export const oneWriter = <T>(
  { project, name }: { readonly project: string; readonly name: string },
  { exclusive, api }: Reading,
  work: () => Promise<T>,
): Promise<T> => exclusive(`apinizer ${api.service} ${project}/${name}`, work);
