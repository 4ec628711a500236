import { faultsOf } from "../core/fault.js";
import type { Context } from "../core/lifecycle.js";
import { SYSTEM, type ApinizerClient } from "./client.js";

/** What the steps of a gateway's objects share: their context, and faults in the words of Apinizer. */
export type Step = Context<ApinizerClient>;
/** A step that may not change anything. */
export type Reading = Omit<Step, "perform" | "plan">;

export const { fault, partial } = faultsOf(SYSTEM);

/** A replacement removes and makes anew: one step at a time changes a certificate. */
export const oneWriter = <T>(
  { project, name }: { readonly project: string; readonly name: string },
  { exclusive, api }: Reading,
  work: () => Promise<T>,
): Promise<T> => exclusive(`apinizer ${api.service} ${project}/${name}`, work);
