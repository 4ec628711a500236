import type { Certainty } from "../../../provider/core/operation.js";
import { nameOf } from "../../../provider/dynamic/urn.js";
import type { Review, ReviewedOperation, ReviewedResource } from "./review.js";
import { IS, metBy, summaryOf, type Objection } from "./verdict.js";

/** The words that people read, whatever the format. */

/** What to call the list. */
const OF: Readonly<Record<Review["command"], string>> = {
  preview: "of this up",
  destroy: "of this destroy",
  refresh: "of the next up, by what the refresh has read (it sends none itself)",
};

/** The first line: how many, and how grave. */
export function headline(review: Review): string {
  const { operations, irreversible, destructive, billed, conditional, due } = summaryOf(review);
  const kinds = `${irreversible} irreversible, ${destructive} destructive, ${billed} billed, ${conditional} conditional`;
  return `${count(operations, "operation")} ${OF[review.command]}: ${kinds}${due === 0 ? "" : `; ${due} due later`}`;
}

/** What somebody who decides must not miss, one a line. */
export function warnings(review: Review, failOn: readonly Objection[]): string[] {
  const { unnamed, refused } = summaryOf(review);
  const { errors, differences, gaps } = review;
  const met = metBy(review, failOn);
  return [
    ...(errors.length === 0 ? [] : ["THE PREVIEW HAS FAILED: this list is not whole."]),
    ...(differences.length === 0
      ? []
      : [
          `THE LIST DIFFERS from the preview's words in ${count(differences.length, "operation")}: one of them was made at another time (set CLM_NOW for both), by another version, or is wrong.${
            review.command === "destroy"
              ? " The words of a destroy are the list that the last up has stored: after an up that failed, or a refresh, pulumi up brings it up to date."
              : ""
          }`,
        ]),
    ...(gaps.length === 0 ? [] : [`NOT KNOWN: what becomes of ${count(gaps.length, "resource")}.`]),
    ...(unnamed === 0 ? [] : [`NOT NAMED by the plain preview: ${count(unnamed, "operation")}.`]),
    ...(refused === 0 ? [] : [`${STOPPED[review.command]} at ${count(refused, "resource")}.`]),
    ...(met.length === 0 ? [] : [`--fail-on ${met.join(",")} is met.`]),
  ];
}

const STOPPED: Readonly<Record<Review["command"], string>> = {
  preview: "up WILL STOP",
  destroy: "destroy WILL STOP",
  refresh: "The next up WILL STOP",
};

/** What is said of a refusal, in front of its reason. */
export const stops = ({ command }: Review): string => STOPPED[command];

/** Properties of an operation, the grave ones in capitals. */
export const propertiesOf = (operation: ReviewedOperation): string[] => [
  IS.irreversible(operation) ? "IRREVERSIBLE" : operation.reversible ? "reversible" : "cannot be undone",
  ...(operation.destructive ? ["DESTRUCTIVE"] : []),
  ...(operation.billed ? ["BILLED"] : []),
];

/** Whether it is a grave one. */
export const isGrave = (property: string): boolean => property === property.toUpperCase();

export const certaintyOf = (certainty: Certainty): string =>
  certainty.kind === "certain"
    ? "certain"
    : certainty.kind === "due"
      ? `due ${certainty.from}, not in this run`
      : `if ${certainty.on}`;

/** What else is to be known of an operation. */
export const factsOf = ({ destructive, replacedBy, unnamed, source, planned }: ReviewedOperation): string[] => [
  ...(destructive ? [`takes its place: ${replacedBy ?? "nothing in this stack"}`] : []),
  ...(unnamed === undefined ? [] : [`NOT NAMED by the plain preview: ${unnamed}`]),
  ...(source === "plan"
    ? []
    : [
        planned === undefined
          ? "as the preview has it; it could not be computed, so what is not said is taken for the worst"
          : "as the preview has it, which knows what the JSON does not hold",
      ]),
];

/** Which object it is, and until when it is valid. */
export const objectOf = ({ what, until }: ReviewedResource): string =>
  what === undefined ? "new" : until === undefined ? what : `${what}, valid until ${until}`;

/** Names of the resources that depend on one; at most `most` of them. */
export function dependentsOf({ dependents }: ReviewedResource, most: number): string[] {
  const names = dependents.map(nameOf);
  return names.length <= most ? names : [...names.slice(0, most), `${names.length - most} more`];
}

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
