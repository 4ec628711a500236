import type { Certainty } from "../../../provider/core/operation.js";
import { codeSpan } from "../review/markdown.js";
import { printable } from "../../../provider/core/printable.js";
import { certaintyOf, count } from "../review/wording.js";
import type { Answer, DriftReport, DriftRow } from "./drift.js";

/** A drift report for people, as Markdown, and as JSON. */

const headline = ({ rows }: DriftReport): string =>
  rows.length === 0
    ? "No drift"
    : `${count(rows.length, "drift")} of ${count(new Set(rows.map(({ urn }) => urn)).size, "resource")}`;

const FAILED = "THE REFRESH HAS FAILED: what could not be read may have drifted, too.";

/** The planned answer, a sentence a line. */
const answerLines = ({ refusals, operations, remarks }: Answer): string[] => {
  const lines = [
    ...refusals.map((refusal) => `up WILL STOP: ${refusal}`),
    ...operations.map(({ sentence, certainty }) =>
      certainty.kind === "certain" ? sentence : `${sentence} (${certaintyOf(certainty)})`,
    ),
    ...remarks,
  ];
  return lines.length === 0 ? ["the state follows, no remote call"] : lines;
};

const HEAD = ["RESOURCE", "DRIFT", "BEFORE", "NOW", "SINCE"];
const cells = ({ name, found }: DriftRow): string[] => [
  name,
  found.kind,
  found.before,
  found.now,
  (found.since ?? "").slice(0, 10),
];
/** Of a table's cell; whole texts are in the lines below it. */
const WIDEST = 36;
const cut = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 3)}...` : text);

export function forPeople(report: DriftReport): string {
  const table = [HEAD, ...report.rows.map((row) => cells(row).map((cell) => cut(printable(cell))))];
  const widths = HEAD.map((_head, at) => Math.max(...table.map((row) => (row[at] ?? "").length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  const [head = HEAD, ...rows] = table;
  return [
    headline(report),
    ...(report.errors.length === 0 ? [] : [FAILED]),
    ...(report.rows.length === 0 ? [] : ["", line(head)]),
    ...report.rows.flatMap((row, at) => [
      line(rows[at] ?? []),
      `  ${printable(`${row.resourceKind}: ${whole(row)}`)}`,
      // What is planned is about the resource: said after the last of its rows.
      ...(report.rows[at + 1]?.urn === row.urn
        ? []
        : answerLines(row.answer).map((answer) => `  next up: ${printable(answer)}`)),
    ]),
    ...(report.errors.length === 0 ? [] : ["", "Errors", ...report.errors.map((error) => `  ${printable(error)}`)]),
    "",
    `Decided at ${report.now.toISOString()}.`,
    "",
  ].join("\n");
}

const whole = ({ found: { what, before, now, since } }: DriftRow): string =>
  before === "" && now === ""
    ? what
    : `${what}: was ${before}, is ${now}${since === undefined ? "" : `, since ${since}`}`;

/** In a code span, too, a bar ends the cell unless it is escaped (GitHub Flavored Markdown, tables). */
const cell = (text: string): string => (text === "" ? "" : codeSpan(text).replaceAll("|", "\\|"));

export const forMarkdown = (report: DriftReport): string =>
  [
    `### ${headline(report)}`,
    ...(report.errors.length === 0 ? [] : ["", `**${FAILED}**`]),
    ...(report.rows.length === 0
      ? []
      : [
          "",
          "| resource | kind | drift | what | before | now | since | planned answer |",
          "| --- | --- | --- | --- | --- | --- | --- | --- |",
          ...report.rows.map(
            ({ name, resourceKind, found, answer }) =>
              `| ${[name, resourceKind, found.kind, found.what, found.before, found.now, found.since ?? ""]
                .map(cell)
                .join(" | ")} | ${answerLines(answer).map(cell).join("<br>")} |`,
          ),
        ]),
    ...(report.errors.length === 0
      ? []
      : ["", "#### Errors", "", ...report.errors.map((error) => `- ${codeSpan(error)}`)]),
    "",
    `Decided at ${report.now.toISOString()}.`,
    "",
  ].join("\n");

/** A comment in place of a report that could not be made. */
export const failureInMarkdown = (message: string): string =>
  `### Drift could not be looked for\n\n- ${codeSpan(message)}\n`;

/**
 * The JSON of `clm drift --format json`. Fields may be added within a version; none is taken away, renamed or given another
 * meaning. There is no secret in it.
 */
export interface DriftJson {
  readonly version: 1;
  /** What the command ends with. */
  readonly exitCode: number;
  /** The decision clock, ISO 8601. */
  readonly now: string;
  readonly drift: readonly {
    readonly urn: string;
    readonly name: string;
    /** For instance `ecgrid.Certificate`. */
    readonly kind: string;
    /** Kind of drift. */
    readonly drift: string;
    /** Which object, in words. */
    readonly what: string;
    readonly before: string;
    readonly now: string;
    /** A UTC day or an ISO 8601 time; null where the service does not tell. */
    readonly since: string | null;
    readonly answer: {
      /** Why the next `up` stops. */
      readonly refusals: readonly string[];
      readonly operations: readonly {
        readonly label: string;
        readonly sentence: string;
        readonly certainty: Certainty;
      }[];
      readonly remarks: readonly string[];
    };
  }[];
  /** Errors of the refresh. */
  readonly errors: readonly string[];
}

export const forMachines = ({ now, rows, errors }: DriftReport, exitCode: number): DriftJson => ({
  version: 1,
  exitCode,
  now: now.toISOString(),
  drift: rows.map(({ urn, name, resourceKind, found, answer: { refusals, operations, remarks } }) => ({
    ...{ urn, name, kind: resourceKind, drift: found.kind },
    ...{ what: found.what, before: found.before, now: found.now, since: found.since ?? null },
    answer: {
      refusals,
      operations: operations.map(({ label, sentence, certainty }) => ({ label, sentence, certainty })),
      remarks,
    },
  })),
  errors,
});
