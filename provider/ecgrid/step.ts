import type { EcgridClient } from "./client.js";
import type { Certificate, Reply } from "./wire.js";
import type { Snapshot } from "./client.js";
import type { Fault } from "../core/fault.js";
import { faultsOf } from "../core/fault.js";
import type { Context } from "../core/lifecycle.js";
import type { Operation } from "../core/operation.js";
import { plannedOperation } from "../core/planned.js";

/** What the steps of an ECGrid certificate share: their context, and faults in the words of ECGrid. */
export type Step = Context<EcgridClient>;

/** A certificate and the read of the comm that showed it. */
export interface Found {
  readonly snapshot: Snapshot;
  readonly certificate: Certificate;
}

/** The planned operation of a name; it must be there. */
export const planned = ({ plan }: Step, name: string): Operation => plannedOperation(plan, name);

export const list = (certificates: readonly Pick<Certificate, "certKeyId">[]): string =>
  certificates.map(({ certKeyId }) => certKeyId).join(", ");

export const { fault, partial } = faultsOf("ECGrid");

export const refused = (
  context: Step,
  action: string,
  reply: Exclude<Reply, { outcome: "done" }>,
  known: string,
): Fault =>
  fault(context, {
    action,
    cameBack: reply.cameBack,
    known,
    next: "mend what the answer names, then run again",
    outcome: reply.outcome,
    traceId: reply.traceId,
  });

/** New certificates are found by comparing snapshots of a comm, so one step at a time may change a comm. */
export const oneWriter = <T>(commId: number, { exclusive, api }: Step, work: () => Promise<T>): Promise<T> =>
  exclusive(`ecgrid ${api.service} comm ${commId}`, work);

/** Two stacks on one comm: the second is told. */
export const tellOfOthers = (
  commId: number,
  usage: string,
  others: readonly Pick<Certificate, "certKeyId">[],
  context: Step,
): void => {
  context.tell(
    `comm ${commId} has other active certificates for ${usage} that this stack does not hold: ${list(others)}`,
  );
};
