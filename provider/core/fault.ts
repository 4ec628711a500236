/**
 * Errors are sentences for the person on call. Every fault of a remote call answers three questions: what is known to
 * have happened, what is kept, what the next run does.
 */

/** What is known of a call's effect after a fault. */
export type Outcome =
  /** The request never reached the service, or the service said that it did not look at it. */
  | "not executed"
  /** The service looked at it and said no. */
  | "refused"
  /** Sent, and no trustworthy answer came back. */
  | "unknown"
  /** The service said yes. */
  | "done";

export interface FaultParts {
  /** What was tried: an infinitive, for instance "renew certificate 88 of comm 5001". */
  readonly action: string;
  /** The resource's name in the program, or its remote identity. */
  readonly resource: string;
  /** The system, for instance "ECGrid". */
  readonly system: string;
  /** What came back, in words. */
  readonly cameBack: string;
  /** What is known to have changed at the service and what is kept in the state. */
  readonly known: string;
  /** What to do next, or what the next run does. */
  readonly next: string;
  readonly outcome: Outcome;
  readonly traceId?: string;
}

/** Ends a sentence once. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

export class Fault extends Error {
  override readonly name = "Fault";
  readonly outcome: Outcome;
  readonly parts: FaultParts;

  constructor(parts: FaultParts) {
    super(
      [
        sentence(`Could not ${parts.action} (${parts.resource}, ${parts.system}): ${parts.cameBack}`),
        `Known: ${sentence(parts.known)}`,
        `Next: ${sentence(parts.next)}`,
        ...(parts.traceId === undefined ? [] : [`Trace id ${parts.traceId}.`]),
      ].join(" "),
    );
    this.parts = parts;
    this.outcome = parts.outcome;
    // The engine's host prints stacks of check, diff, read and delete failures; people want the sentence.
    this.stack = this.message;
  }
}

/** A fault after which a state worth keeping is known: a creation or update that must be settled by the next run. */
export class PartialFault<State> extends Fault {
  constructor(
    parts: FaultParts,
    readonly state: State,
    /** Of a creation: the id under which the resource is kept. */
    readonly id?: string,
  ) {
    super(parts);
  }
}

/** What a step tells of a fault; its resource and its system are known. */
export type Told = Omit<FaultParts, "resource" | "system">;

/** Where a fault happens: of a step, its resource. */
export interface At {
  readonly resource: string;
}

/** Faults in the words of one system. */
export const faultsOf = (
  system: string,
): {
  fault: (step: At, parts: Told) => Fault;
  /** A fault after which a state is kept; `id` where the resource has none yet. */
  partial: (step: At, state: object, parts: Told, id?: string) => Fault;
} => ({
  fault: ({ resource }, parts) => new Fault({ ...parts, resource, system }),
  partial: ({ resource }, state, parts, id) => new PartialFault({ ...parts, resource, system }, state, id),
});
