import { printable } from "../../../provider/core/printable.js";
import { nameOf } from "../../../provider/dynamic/urn.js";
import type { Review, ReviewedOperation, ReviewedResource } from "./review.js";
import { IS, type Objection } from "./verdict.js";
import {
  certaintyOf,
  count,
  dependentsOf,
  factsOf,
  headline,
  isGrave,
  objectOf,
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

/** What a comment may have by default: GitHub takes 65,536 characters, and a pipeline may add some of its own. */
export const LONGEST = 60_000;

/** What a review needs at least: its first lines. */
export const SHORTEST = 2_000;

/** A piece that is there or left out as a whole. */
interface Piece {
  readonly lines: readonly string[];
  /** The lower, the sooner it must be there. */
  readonly rank: number;
  /** Title of the section in which it stands. */
  readonly section?: string;
  readonly resource?: ReviewedResource;
}

/** @param longest how many characters it may have: what is more is left out, the gravest last, and said to be. */
export function forMarkdown(review: Review, failOn: readonly Objection[], longest = LONGEST): string {
  const pieces = piecesOf(review);
  const head = [`### ${headline(review)}`, ...warnings(review, failOn).flatMap((line) => ["", `**${line}**`])];
  const foot = ["", `Decided at ${review.now.toISOString()}.`, ""];
  const all = [...head, ...laidOut(pieces), ...foot].join("\n");
  if (all.length <= longest) return all;

  const kept = new Set<Piece>();
  const titles = new Set<string>();
  let left = longest - [...head, ...missing(pieces, longest), ...foot].join("\n").length - 1;
  for (const piece of pieces.toSorted((a, b) => a.rank - b.rank)) {
    const { section } = piece;
    const title = section === undefined || titles.has(section) ? [] : titled(section);
    const length = [...title, ...piece.lines].join("\n").length + 1;
    if (length > left) continue;
    left -= length;
    kept.add(piece);
    if (section !== undefined) titles.add(section);
  }
  const [there, out] = [pieces.filter((one) => kept.has(one)), pieces.filter((one) => !kept.has(one))];
  return [...head, ...missing(out, longest), ...laidOut(there), ...foot].join("\n");
}

/** Rows, the gravest first, then what is to be said of the whole. */
function piecesOf(review: Review): Piece[] {
  const lines = (section: string, rank: number, texts: readonly string[]): Piece[] =>
    texts.map((text) => ({ section, rank, lines: [`- ${text}`] }));
  return [
    ...review.resources
      .map((resource): Piece => ({ resource, rank: rankOf(resource), lines: row(review, resource) }))
      .sort((a, b) => a.rank - b.rank),
    ...lines(
      "Differences",
      4,
      review.differences.map(
        ({ urn, kind, operation: own, preview }) =>
          `${codeSpan(nameOf(urn))}: ${codeSpan(own)}: ${kind}${preview === undefined ? "" : `, as ${codeSpan(preview)}`}`,
      ),
    ),
    ...lines(
      "Not known",
      4,
      review.gaps.map(({ urn, because }) => `${codeSpan(nameOf(urn))}: ${codeSpan(because)}`),
    ),
    ...lines("Errors of the preview", 0, review.errors.map(codeSpan)),
    ...lines("Notes", 7, review.notes.map(codeSpan)),
  ];
}

/** What stops the run, then what it destroys, what it costs, and the rest. */
function rankOf({ refusals, operations }: ReviewedResource): number {
  const now = operations.filter(({ certainty }) => certainty.kind !== "due");
  if (refusals.length > 0) return 1;
  if (now.some(IS.irreversible)) return 2;
  if (now.some(IS.destructive)) return 3;
  return now.some(IS.billed) ? 5 : 6;
}

function row(review: Review, one: ReviewedResource): string[] {
  const operation = (its: ReviewedOperation): string[] => [
    `- ${propertiesOf(its)
      .map((property) => (isGrave(property) ? `**${property}**` : property))
      .join(", ")}, ${codeSpan(certaintyOf(its.certainty))}: ${codeSpan(its.sentence)}`,
    `  - ${codeSpan(its.label)}`,
    ...factsOf(its).map((fact) => `  - ${codeSpan(fact)}`),
  ];
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
}

const titled = (section: string): string[] => ["", `#### ${section}`, ""];

const laidOut = (pieces: readonly Piece[]): string[] =>
  pieces.flatMap(({ section, lines }, at) =>
    section === undefined || section === pieces[at - 1]?.section ? lines : [...titled(section), ...lines],
  );

/** What is left out, and where it is to be read. */
function missing(pieces: readonly Piece[], longest: number): string[] {
  const resources = pieces.flatMap(({ resource }) => resource ?? []);
  const operations = resources.flatMap((one) => one.operations);
  const kinds = (["irreversible", "destructive", "billed"] as const)
    .map((kind) => `${operations.filter(IS[kind]).length} ${kind}`)
    .join(", ");
  const others = pieces.length - resources.length;
  return [
    "",
    `**LEFT OUT here, because a comment holds ${longest} characters: ${count(resources.length, "resource")} with ${count(operations.length, "operation")} (${kinds})${
      others === 0 ? "" : ` and ${count(others, "line")} of what follows them`
    }.** All of it: \`clm review\` without \`--format\`, with \`--format json\`, or with a longer \`--max-length\`.`,
  ];
}

/** A comment in place of a review that could not be made: it must not look like one without operations. */
export const failureInMarkdown = (message: string): string =>
  `### The review could not be made\n\n- ${codeSpan(message)}\n`;
