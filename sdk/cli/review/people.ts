import { printable } from "../../../provider/core/printable.js";
import { nameOf } from "../../../provider/dynamic/urn.js";
import type { Review, ReviewedOperation, ReviewedResource } from "./review.js";
import type { Objection } from "./verdict.js";
import {
  certaintyOf,
  dependentsOf,
  factsOf,
  headline,
  isGrave,
  objectOf,
  propertiesOf,
  stops,
  warnings,
} from "./wording.js";

/** A review for a terminal. */

type Style = "bold" | "red" | "yellow" | "dim";
const CODES: Readonly<Record<Style, number>> = { bold: 1, red: 31, yellow: 33, dim: 2 };

/** @param coloured whether escape sequences for colours are understood. */
export function forPeople(review: Review, failOn: readonly Objection[], coloured: boolean): string {
  const styled = (style: Style, text: string): string =>
    coloured ? `\u001b[${CODES[style]}m${printable(text)}\u001b[0m` : printable(text);

  const operation = (one: ReviewedOperation): string[] => [
    `  ${styled(one.destructive ? "red" : "bold", one.sentence)}`,
    `    ${styled("dim", one.label)}`,
    `    ${styled("yellow", certaintyOf(one.certainty))}; ${propertiesOf(one)
      .map((property) => styled(isGrave(property) ? "red" : "dim", property))
      .join(", ")}`,
    ...factsOf(one).map((fact) => `    ${printable(fact)}`),
  ];
  const resource = (one: ReviewedResource): string[] => {
    const dependents = dependentsOf(one, 8);
    return [
      "",
      `${styled("bold", one.name)}  ${printable([one.kind, ...one.steps].join(", "))}`,
      `  ${printable(objectOf(one))}`,
      ...(dependents.length === 0 ? [] : [`  depends on it: ${printable(dependents.join(", "))}`]),
      ...one.refusals.map((refusal) => `  ${styled("red", `${stops(review)} here: ${refusal}`)}`),
      ...one.operations.flatMap(operation),
      ...one.remarks.map((remark) => `  ${printable(remark)}`),
    ];
  };
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", styled("bold", title), ...lines.map((line) => `  ${printable(line)}`)];

  return [
    styled("bold", headline(review)),
    ...warnings(review, failOn).map((line) => styled("red", line)),
    ...review.resources.flatMap(resource),
    ...section(
      "Differences",
      review.differences.map(
        ({ urn, kind, operation: own, preview }) =>
          `${nameOf(urn)}: ${own}: ${kind}${preview === undefined ? "" : `, as ${preview}`}`,
      ),
    ),
    ...section(
      "Not known",
      review.gaps.map(({ urn, because }) => `${nameOf(urn)}: ${because}`),
    ),
    ...section("Errors of the preview", review.errors),
    ...section("Notes", review.notes),
    "",
    styled("dim", `Decided at ${review.now.toISOString()}.`),
    "",
  ].join("\n");
}
