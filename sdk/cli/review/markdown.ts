import { nameOf } from "../../../provider/dynamic/urn.js";
import type { Review, ReviewedOperation, ReviewedResource } from "./review.js";
import type { Objection } from "./verdict.js";
import {
  certaintyOf,
  dependentsOf,
  factsOf,
  headline,
  objectOf,
  printable,
  propertiesOf,
  stops,
  warnings,
} from "./wording.js";

/**
 * A review for a comment on a pull request. All text of others stands in code spans: nothing in it is markup there, no
 * name calls a person or an issue, and no host renders it in another way (CommonMark 6.1). No tables: a code span does not
 * protect `|` in them.
 */

/** A code span whose delimiter is longer than any run of backticks in it. */
export function codeSpan(text: string): string {
  const shown = printable(text);
  const runs = [...shown.matchAll(/`+/g)].map(([run]) => run.length);
  const delimiter = "`".repeat(Math.max(0, ...runs) + 1);
  // A space that belongs to the span is taken off again, and keeps backticks at its ends apart from the delimiter.
  return `${delimiter} ${shown === "" ? "(empty)" : shown} ${delimiter}`;
}

export function forMarkdown(review: Review, failOn: readonly Objection[]): string {
  const operation = (one: ReviewedOperation): string[] => [
    `- **${[...propertiesOf(one)].join(", ")}**, ${codeSpan(certaintyOf(one.certainty))}: ${codeSpan(one.sentence)}`,
    `  - ${codeSpan(one.label)}`,
    ...factsOf(one).map((fact) => `  - ${codeSpan(fact)}`),
  ];
  const resource = (one: ReviewedResource): string[] => {
    const dependents = dependentsOf(one, 20);
    return [
      "",
      `#### ${codeSpan(one.name)}: ${codeSpan([one.kind, ...one.steps].join(", "))}`,
      "",
      `- ${codeSpan(objectOf(one))}`,
      ...(dependents.length === 0 ? [] : [`- depends on it: ${dependents.map(codeSpan).join(", ")}`]),
      ...one.refusals.map((refusal) => `- **${stops(review)} here**: ${codeSpan(refusal)}`),
      ...one.operations.flatMap(operation),
      ...one.remarks.map((remark) => `- ${codeSpan(remark)}`),
    ];
  };
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", `#### ${title}`, "", ...lines.map((line) => `- ${line}`)];

  return [
    `### ${headline(review)}`,
    ...warnings(review, failOn).flatMap((line) => ["", `**${line}**`]),
    ...review.resources.flatMap(resource),
    ...section(
      "Differences",
      review.differences.map(
        ({ urn, kind, operation: own, preview }) =>
          `${codeSpan(nameOf(urn))}: ${codeSpan(own)}: ${kind}${preview === undefined ? "" : `, as ${codeSpan(preview)}`}`,
      ),
    ),
    ...section(
      "Not known",
      review.gaps.map(({ urn, because }) => `${codeSpan(nameOf(urn))}: ${codeSpan(because)}`),
    ),
    ...section("Errors of the preview", review.errors.map(codeSpan)),
    ...section("Notes", review.notes.map(codeSpan)),
    "",
    `Decided at ${review.now.toISOString()}.`,
    "",
  ].join("\n");
}

/** A comment in place of a review that could not be made: it must not look like one without operations. */
export const failureInMarkdown = (message: string): string =>
  `### The review could not be made\n\n- ${codeSpan(message)}\n`;
