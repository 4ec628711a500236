import { operationsNow, type Review, type ReviewedOperation } from "./review.js";

/** What `clm review` ends with. Distinct, so that a pipeline can tell a list to decide about from one to distrust. */
export const EXIT = {
  /** Nothing to object. */
  ok: 0,
  /** A fault of this program. */
  fault: 1,
  /** Command line or settings. */
  usage: 2,
  /** The input is no whole preview of Pulumi. */
  unreadable: 3,
  /** The preview has errors, or the command that makes it has failed. */
  previewFailed: 4,
  /** An operation is of a kind that `--fail-on` names. */
  failOn: 5,
  /** The list is not what the preview says, or something in it is not known. */
  differs: 6,
  /** `--approve` has written nothing. */
  notApproved: 7,
} as const;

/** Kinds of operations that `--fail-on` takes. */
export const OBJECTIONS = ["irreversible", "destructive", "billed", "any"] as const;
export type Objection = (typeof OBJECTIONS)[number];

/** Whether an operation is of a kind. */
export const IS: Readonly<Record<Objection, (operation: ReviewedOperation) => boolean>> = {
  // As a policy has it (`clm:approvals`): what ends something that works, for good. A renewal cannot be undone, either.
  irreversible: ({ reversible, destructive }) => destructive && !reversible,
  destructive: ({ destructive }) => destructive,
  billed: ({ billed }) => billed,
  any: () => true,
};

/** What somebody who decides sees first. */
export interface Summary {
  /** Of this command, those under a condition included; without those that are due later. */
  readonly operations: number;
  readonly irreversible: number;
  readonly destructive: number;
  readonly billed: number;
  readonly conditional: number;
  /** Made by a later run. */
  readonly due: number;
  /** Not named by the plain preview. */
  readonly unnamed: number;
  /** Resources at which the command will stop. */
  readonly refused: number;
}

export function summaryOf(review: Review): Summary {
  const now = operationsNow(review);
  const count = (is: (operation: ReviewedOperation) => boolean): number => now.filter(is).length;
  const all = review.resources.reduce((sum, { operations }) => sum + operations.length, 0);
  return {
    operations: now.length,
    irreversible: count(IS.irreversible),
    destructive: count(IS.destructive),
    billed: count(IS.billed),
    conditional: count(({ certainty }) => certainty.kind === "conditional"),
    due: all - now.length,
    unnamed: count(({ unnamed }) => unnamed !== undefined),
    refused: review.resources.filter(({ refusals }) => refusals.length > 0).length,
  };
}

/** The objections that a review meets. */
export const metBy = (review: Review, failOn: readonly Objection[]): Objection[] =>
  OBJECTIONS.filter((one) => failOn.includes(one) && operationsNow(review).some(IS[one]));

/** A list that is not whole cannot be decided about, so that comes first. */
export function exitCodeOf(review: Review, failOn: readonly Objection[]): number {
  if (review.errors.length > 0) return EXIT.previewFailed;
  if (review.differences.length + review.gaps.length > 0) return EXIT.differs;
  return metBy(review, failOn).length > 0 ? EXIT.failOn : EXIT.ok;
}
