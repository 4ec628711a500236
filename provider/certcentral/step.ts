import { faultsOf, type FaultParts } from "../core/fault.js";
import type { Context } from "../core/lifecycle.js";
import { SYSTEM, type CertcentralClient } from "./client.js";
import type { Failed } from "../http/jsonReply.js";

/** What the steps of an order share: their context, and faults in the words of CertCentral. */
export type Step = Context<CertcentralClient>;
/** A step that may not change anything. */
export type Reading = Omit<Step, "perform" | "plan">;

export const { fault, partial } = faultsOf(SYSTEM);

/** What a call that did nothing came back with. */
export const asFailed = ({
  cameBack,
  outcome,
  traceId,
}: Failed): Pick<FaultParts, "cameBack" | "outcome" | "traceId"> => ({
  cameBack,
  outcome,
  traceId,
});

/** Orders for the same names can be mistaken for each other: one step at a time places orders for a common name. */
export const oneWriter = <T>(commonName: string, { exclusive, api }: Reading, work: () => Promise<T>): Promise<T> =>
  exclusive(`certcentral ${api.service} ${commonName.toLowerCase()}`, work);
