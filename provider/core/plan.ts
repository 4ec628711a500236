import { operationIn, type Operation } from "./operation.js";

/** What a change is made of: the last known state and the wanted inputs; one of them is missing on create and delete. */
export interface Change<Inputs, State> {
  readonly before?: State;
  readonly after?: Inputs;
  /** Seed of the mark by which the resource's own creation is recognized after a crash; the resource's URN. */
  readonly seed: string;
  /** Remote objects of the same kind that other resources are known to hold in this run, as `claim` names. */
  readonly heldByOthers?: ReadonlySet<string>;
}

/** What a change will do, computed from inputs, last state and clock alone. */
export interface Plan {
  /** Every mutating call of this change, in order. Nothing else may be sent. */
  readonly operations: readonly Operation[];
  /** What people should know besides: changes without a remote call, drift, takeovers. */
  readonly remarks: readonly string[];
  /** Whether the engine has anything to do. */
  readonly changes: boolean;
  /** Of a change that only looks again at what waits: for a refresh, which has looked, that is nothing to do. */
  readonly looks?: true;
  /** Of an end that makes no call because another resource holds the object, too. */
  readonly shared?: true;
  /** Identity inputs that changed: a new resource is made first, the old one ended after it. */
  readonly replaces: readonly string[];
  /**
   * Why an update cannot go on without a person. Shown in the preview, thrown by `up` before anything is sent.
   */
  readonly refusal?: string;
}

export const NOTHING: Plan = { operations: [], remarks: [], changes: false, replaces: [] };

/** A plan whose operations say of which explicit provider instance they are. */
export const planIn = (plan: Plan, instance: unknown): Plan => ({
  ...plan,
  operations: plan.operations.map((operation) => operationIn(operation, instance)),
});

/**
 * While an identity input is not known, nothing may be called a replacement: the engine plans no second resource
 * (inventory.md rule 8). Both halves are said, after what makes the difference.
 */
export const perhapsReplaced = (remark: string, made: Plan, ended: Plan): Plan => ({
  ...NOTHING,
  changes: true,
  operations: [...made.operations, ...ended.operations],
  remarks: [remark, ...made.remarks, ...ended.remarks],
  ...(made.refusal === undefined ? {} : { refusal: made.refusal }),
});
