import { parseArgs } from "node:util";
import { DRIFT_KINDS } from "../../../provider/core/drift.js";
import { printable } from "../../../provider/core/printable.js";
import { clock, formatOf, read, sourceOf, UsageError, wordsOf, type Format, type Io } from "../io.js";
import { readPreview, UnreadablePreview } from "../review/document.js";
import { failureForMachines } from "../review/json.js";
import { PreviewFailed, runPulumi } from "../review/runPulumi.js";
import { demandRead, driftOf, type DriftReport } from "./drift.js";
import { failureInMarkdown, forMachines, forMarkdown, forPeople } from "./formats.js";
import { EXIT, exitCodeOf, KINDS, type FoundKind } from "./verdict.js";

const kinds = Object.entries(DRIFT_KINDS)
  .map(([name, meaning]) => `  ${name.padEnd(12)}${meaning}`)
  .join("\n");

export const USAGE = `clm drift [-- ...]      what has changed outside, by pulumi refresh --preview-only, with Pulumi's own options after --
clm drift FILE | -      the same of its JSON in FILE or on standard input
  --format people|markdown|json   default people
  --fail-on KIND[,KIND]           exit 7 for these alone; repeatable

FILE is what one of these prints:
  pulumi refresh --preview-only --json
  pulumi preview --refresh --json
CLM_NOW pins the decision clock.

kinds of drift:
${kinds}
  due         nothing has changed outside: by the clock, or found by an earlier refresh, the next up does something

exit codes: 0 no drift; 2 command line; 3 the input is no whole preview, or not all in it was read; 4 the refresh has failed, so
there may be more; 7 drift; 1 anything else
`;

/** What to look at, and how to say it. */
interface Asked {
  /** Undefined: the refresh is run, with these options. */
  readonly file: string | undefined;
  readonly more: readonly string[];
  readonly format: Format;
  readonly failOn: readonly FoundKind[];
}

/** `clm drift`. @returns the exit code. */
export async function runDrift(argv: readonly string[], io: Io = process): Promise<number> {
  let asked: Asked | "help";
  let now: Date;
  try {
    asked = ask(argv);
    now = clock(io.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`clm drift: ${printable(error.message)}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (asked === "help") {
    io.stdout.write(USAGE);
    return EXIT.ok;
  }
  try {
    const report = await made(asked, now, io);
    const exitCode = exitCodeOf(report, asked.failOn);
    io.stdout.write(said(report, asked.format, exitCode));
    return exitCode;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof UnreadablePreview) return failed(asked, why, EXIT.unreadable, io);
    return failed(asked, why, error instanceof PreviewFailed ? EXIT.previewFailed : EXIT.fault, io);
  }
}

function ask(argv: readonly string[]): Asked | "help" {
  const end = argv.indexOf("--");
  const { values, positionals } = parsed(end < 0 ? argv : argv.slice(0, end));
  if (values.help) return "help";
  const [file, ...others] = positionals;
  if (others.length > 0) throw new UsageError("give one file; options for Pulumi come after --.");
  if (file !== undefined && end >= 0) throw new UsageError("with a file no refresh is run: leave out what follows --.");
  return {
    ...{ file, more: end < 0 ? [] : argv.slice(end + 1) },
    ...{ format: formatOf(values.format), failOn: wordsOf("--fail-on", values["fail-on"], KINDS) },
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: "string", default: "people" },
        "fail-on": { type: "string", multiple: true, default: [] },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function made({ file, more }: Asked, now: Date, { env, stdin, stderr }: Io): Promise<DriftReport> {
  if (file !== undefined) return readDocument(await read(file, stdin), now);
  const { command, code, stdout } = await runPulumi("refresh", more, now, env, (message) => stderr.write(message));
  const ended = `"${command}" ended with ${code ?? "a signal"}`;
  try {
    const report = readDocument(stdout, now, true);
    return code === 0 ? report : { ...report, errors: [...report.errors, ended] };
  } catch (error) {
    if (!(error instanceof UnreadablePreview) || code === 0) throw error;
    throw new PreviewFailed(`${ended} and printed no preview`, { cause: error });
  }
}

/** @param isRefresh whether it is known to be of a refresh: that of an empty stack has no step. */
function readDocument(text: string, now: Date, isRefresh = false): DriftReport {
  const document = readPreview(text);
  if (!isRefresh || document.steps.length > 0 || document.maybeCorrupt) demandRead(document);
  return driftOf(document, now);
}

function said(report: DriftReport, format: Format, exitCode: number): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(forMachines(report, exitCode), null, 2)}\n`;
    case "markdown":
      return forMarkdown(report);
    case "people":
      return forPeople(report);
  }
}

/** There is no report: whoever reads the output only must not take it for an empty one. */
function failed({ file, format }: Asked, why: string, exitCode: number, { stdout, stderr }: Io): number {
  const message = file === undefined ? why : `${sourceOf(file)}: ${why}`;
  if (format === "markdown") stdout.write(failureInMarkdown(message));
  if (format === "json") stdout.write(`${JSON.stringify(failureForMachines(message, exitCode), null, 2)}\n`);
  stderr.write(`clm drift: ${printable(message)}\n`);
  return exitCode;
}
