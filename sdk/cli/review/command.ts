import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { clock, formatOf, read, sourceOf, UsageError, wordsOf, type Format, type Io } from "../io.js";
import { printable } from "../../../provider/core/printable.js";
import { approvalsOf, NotApproved } from "./approving.js";
import type { Command } from "./changes.js";
import { readPreview, UnreadablePreview } from "./document.js";
import { failureForMachines, forMachines } from "./json.js";
import { failureInMarkdown, forMarkdown, LONGEST, SHORTEST } from "./markdown.js";
import { forPeople } from "./people.js";
import { reviewOf, type Review } from "./review.js";
import { PreviewFailed, runPulumi } from "./runPulumi.js";
import { EXIT, exitCodeOf, OBJECTIONS, type Objection } from "./verdict.js";

export const USAGE = `clm review [FILE | -]                       every operation of a Pulumi preview, as JSON in FILE or on standard input
clm review [--destroy | --refresh] [-- ...] the same of a preview that it runs itself, with Pulumi's own options after --
  --format people|markdown|json             default people
  --max-length N                            of markdown, characters: what is more is left out and counted; default ${LONGEST}
  --fail-on irreversible|destructive|billed|any
                                            exit 5 when there is such an operation; repeatable, or comma separated
  --approve FILE                            write approvals of what is listed, for CLM_APPROVALS; only with exit code 0
  --valid-hours N                           how long they hold, 1 to 168, default 24

FILE is what one of these prints; --destroy and --refresh say of which, where it does not show:
  pulumi preview --json --show-sames --show-replacement-steps
  pulumi destroy --preview-only --json --show-replacement-steps
  pulumi refresh --preview-only --json
CLM_NOW pins the decision clock: set it to the same time for preview and review.

exit codes: 0 nothing to object; 2 command line; 3 the input is no whole preview; 4 the preview has failed;
5 --fail-on is met; 7 --approve has written nothing; 6 the list is not what the preview says, or something in it is not known; 1 anything else
`;

/** What to review, and how to say it. */
interface Asked {
  readonly from:
    | { readonly file: string; readonly command: Command | undefined }
    | { readonly run: Command; readonly more: readonly string[] };
  readonly format: Format;
  /** Of Markdown, characters. */
  readonly longest: number;
  readonly failOn: readonly Objection[];
  /** File for approvals of the list, and hours for which they hold. */
  readonly approve: { readonly file: string; readonly hours: number } | undefined;
}

/** `clm review`. @returns the exit code. */
export async function runReview(argv: readonly string[], io: Io = process): Promise<number> {
  let asked: Asked | "help";
  let now: Date;
  try {
    asked = ask(argv);
    now = clock(io.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`clm review: ${printable(error.message)}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (asked === "help") {
    io.stdout.write(USAGE);
    return EXIT.ok;
  }
  try {
    const review = await made(asked, now, io);
    const exitCode = exitCodeOf(review, asked.failOn);
    io.stdout.write(said(review, asked, exitCode, io));
    return asked.approve === undefined ? exitCode : await approved(review, exitCode, asked.approve, io);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof NotApproved) {
      io.stderr.write(`clm review: ${printable(why)}\n`);
      return EXIT.notApproved;
    }
    if (error instanceof UnreadablePreview) return failed(asked, why, EXIT.unreadable, io);
    return failed(asked, why, error instanceof PreviewFailed ? EXIT.previewFailed : EXIT.fault, io);
  }
}

/** Writes the approvals. @throws NotApproved */
async function approved(
  review: Review,
  exitCode: number,
  { file, hours }: NonNullable<Asked["approve"]>,
  { stderr }: Io,
): Promise<number> {
  const approvals = approvalsOf(review, exitCode, new Date(Date.now() + hours * 3_600_000));
  await writeFile(file, `${JSON.stringify(approvals, null, 2)}\n`);
  stderr.write(
    `clm review: ${printable(`${approvals.approvals.length} approval(s) for ${approvals.stack} in ${file}, until ${approvals.expires}; run with CLM_APPROVALS=${file} CLM_NOW=${approvals.now}`)}\n`,
  );
  return exitCode;
}

function ask(argv: readonly string[]): Asked | "help" {
  const end = argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  const more = end < 0 ? [] : argv.slice(end + 1);
  const { values, positionals } = parsed(own);
  if (values.help) return "help";
  const format = formatOf(values.format);
  const failOn = wordsOf("--fail-on", values["fail-on"], OBJECTIONS);
  const longest = lengthOption(values);
  const approve = approvalOptions(values);
  const [file, ...others] = positionals;
  if (others.length > 0) throw new UsageError("give one file; options for Pulumi come after --.");
  if (values.destroy && values.refresh) throw new UsageError("--destroy and --refresh exclude each other.");
  const command = values.destroy ? "destroy" : values.refresh ? "refresh" : undefined;
  if (file === undefined) return { from: { run: command ?? "preview", more }, format, longest, failOn, approve };
  if (end >= 0) throw new UsageError("with a file no preview is run: leave out what follows --.");
  return { from: { file, command }, format, longest, failOn, approve };
}

function lengthOption({ format, "max-length": length }: { format: string; "max-length"?: string | undefined }): number {
  if (length === undefined) return LONGEST;
  if (format !== "markdown") throw new UsageError("--max-length is for --format markdown.");
  const longest = Number(length);
  if (!Number.isInteger(longest) || longest < SHORTEST)
    throw new UsageError(`--max-length is "${length}". Allowed: a whole number from ${SHORTEST}.`);
  return longest;
}

function approvalOptions({
  approve,
  "valid-hours": hours,
}: {
  approve?: string | undefined;
  "valid-hours"?: string | undefined;
}): Asked["approve"] {
  if (approve === undefined) {
    if (hours === undefined) return undefined;
    throw new UsageError("--valid-hours is for --approve.");
  }
  const valid = Number(hours ?? 24);
  if (!Number.isInteger(valid) || valid < 1 || valid > 168)
    throw new UsageError(`--valid-hours is "${hours ?? ""}". Allowed: a whole number from 1 to 168.`);
  return { file: approve, hours: valid };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: "string", default: "people" },
        "max-length": { type: "string" },
        "fail-on": { type: "string", multiple: true, default: [] },
        destroy: { type: "boolean", default: false },
        refresh: { type: "boolean", default: false },
        approve: { type: "string" },
        "valid-hours": { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function made({ from }: Asked, now: Date, { env, stdin, stderr }: Io): Promise<Review> {
  if ("file" in from)
    return reviewOf(
      readPreview(await read(from.file, stdin)),
      now,
      from.command === undefined ? {} : { command: from.command },
    );
  const { command, code, stdout } = await runPulumi(from.run, from.more, now, env, (message) => stderr.write(message));
  const ended = `"${command}" ended with ${code ?? "a signal"}`;
  try {
    const review = reviewOf(readPreview(stdout), now, { command: from.run, whole: true });
    return code === 0 ? review : { ...review, errors: [...review.errors, ended] };
  } catch (error) {
    if (!(error instanceof UnreadablePreview) || code === 0) throw error;
    throw new PreviewFailed(`${ended} and printed no preview`, { cause: error });
  }
}

function said(review: Review, { format, longest, failOn }: Asked, exitCode: number, { stdout, env }: Io): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(forMachines(review, exitCode), null, 2)}\n`;
    case "markdown":
      return forMarkdown(review, failOn, longest);
    case "people":
      return forPeople(review, failOn, stdout.isTTY === true && (env.NO_COLOR ?? "") === "");
  }
}

/** There is no list: whoever reads the output only must not take it for an empty one. */
function failed({ from, format }: Asked, why: string, exitCode: number, { stdout, stderr }: Io): number {
  const message = "file" in from ? `${sourceOf(from.file)}: ${why}` : why;
  if (format === "markdown") stdout.write(failureInMarkdown(message));
  if (format === "json") stdout.write(`${JSON.stringify(failureForMachines(message, exitCode), null, 2)}\n`);
  stderr.write(`clm review: ${printable(message)}\n`);
  return exitCode;
}
