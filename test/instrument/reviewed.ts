import { readPreview } from "../../sdk/cli/review/document.js";
import { operationsOf, reviewOf, type Review } from "../../sdk/cli/review/review.js";
import type { Ran } from "./project.js";
import type { Shown } from "./transcript.js";
import type { World } from "./world.js";

/** What `clm review` makes of a preview of the real engine, and how that is held against the plain text. */

const COMMANDS = {
  preview: ["preview"],
  destroy: ["destroy", "--preview-only"],
  refresh: ["refresh", "--preview-only"],
} as const;

/** Runs a preview as JSON. */
export const previewedAsJson = (
  { project }: World,
  command: keyof typeof COMMANDS,
  ...more: readonly string[]
): Promise<Ran> => project.pulumi(...COMMANDS[command], "--json", "--show-sames", "--show-replacement-steps", ...more);

export const reviewed = ({ stdout }: Ran, now: Date): Review => reviewOf(readPreview(stdout), now);

/** Operations that the plain preview cannot name, as `name target`. */
export const unnamedIn = (review: Review): string[] =>
  operationsOf(review).flatMap(({ operation: { label, unnamed, certainty } }) =>
    unnamed === undefined || certainty.kind === "due" ? [] : [label],
  );

/**
 * How a review's list differs from what a plain preview names, and from what the JSON of it says; empty when in nothing. An
 * inventory that lags behind after an `up` that has failed is no fault of the list: it is told, and the end is refused, unless
 * what is named too much is a condition, which need not come.
 */
export function differencesFrom(review: Review, shown: readonly Shown[]): string[] {
  const listed = review.resources.flatMap(({ operations }) =>
    onceEach(
      operations.flatMap(({ label, certainty, unnamed }) =>
        unnamed !== undefined || certainty.kind === "due"
          ? []
          : [{ label, text: spelled(label, certainty.kind === "conditional" ? certainty.on : undefined) }],
      ),
    ),
  );
  const inList = listed.map(({ text }) => text);
  // What the inventory cannot see it names under a condition; a review sees whether it is there.
  const inText = shown.flatMap(({ operation, on }) =>
    on === STILL_WAITS
      ? listed.filter(({ label, text }) => label === operation && !isShown(shown, text)).map(({ text }) => text)
      : [spelled(operation, on)],
  );
  /** Of what the inventory lists and is not in the state any more nothing comes; a condition says so. */
  const isVain = (text: string): boolean => review.command === "destroy" && text.includes("; if ");
  const refused = new Set(
    review.resources.flatMap(({ urn, refusals }) => (review.command === "destroy" && refusals.length > 0 ? [urn] : [])),
  );
  return [
    ...without(inText, inList)
      .filter((one) => !isVain(one))
      .map((one) => `in the plain preview, not in the review: ${one}`),
    ...without(inList, inText)
      .filter((one) => !isVain(one))
      .map((one) => `in the review, not in the plain preview: ${one}`),
    ...review.differences.flatMap(({ urn, kind, operation }) => {
      const vain = kind === "the preview alone names it" && isVain(operation);
      return vain || refused.has(urn) ? [] : [`${operation}: ${kind}`];
    }),
    ...review.gaps.map(({ urn, because }) => `${urn}: ${because}`),
  ];
}

/** A row says each text once, also of a call that its plan may make twice. */
const onceEach = <One extends { readonly text: string }>(listed: readonly One[]): One[] =>
  listed.filter(({ text }, at) => listed.findIndex((other) => other.text === text) === at);

const isShown = (shown: readonly Shown[], text: string): boolean =>
  shown.some(({ operation, on }) => spelled(operation, on) === text);

/** The words of the inventory (inventory.md F22). */
const STILL_WAITS = "the replaced original still waits in the state";

const spelled = (operation: string, on: string | undefined): string =>
  on === undefined ? operation : `${operation}; if ${on}`;

/** Those of `some` that `others` do not have, each as often as it is there more. */
function without(some: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return some.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
