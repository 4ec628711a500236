import { readFile } from "node:fs/promises";
import { text as textOf } from "node:stream/consumers";
import { pinnedNow } from "../../provider/core/clock.js";
import { UnreadablePreview } from "./review/document.js";

/** What commands that read a preview share: their process, their clock, their input. */

export const FORMATS = ["people", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** A command line or a setting that is not understood. */
export class UsageError extends Error {}

/** What a command reads of its process, and where it says what. */
export interface Io {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
}

/** @throws UsageError */
export function formatOf(text: string): Format {
  const format = FORMATS.find((one) => one === text);
  if (format === undefined) throw new UsageError(`--format is "${text}". Allowed: ${FORMATS.join(", ")}.`);
  return format;
}

/** One time for the whole command, and for the preview that it runs. @throws UsageError */
export function clock(env: Io["env"]): Date {
  try {
    return pinnedNow(env.CLM_NOW) ?? new Date();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A file, or standard input for `-`. @throws UnreadablePreview */
export async function read(file: string, stdin: Io["stdin"]): Promise<string> {
  try {
    return file === "-" ? await textOf(stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new UnreadablePreview(`it cannot be read (${error instanceof Error ? error.message : String(error)})`, {
      cause: error,
    });
  }
}

/** Words of a repeatable option whose values may stand in one text, comma separated. @throws UsageError */
export const wordsOf = <Word extends string>(
  option: string,
  values: readonly string[],
  allowed: readonly Word[],
): Word[] =>
  values
    .flatMap((list) => list.split(","))
    .map((word) => {
      const found = allowed.find((one) => one === word.trim());
      if (found === undefined) throw new UsageError(`${option} is "${word}". Allowed: ${allowed.join(", ")}.`);
      return found;
    });

export const sourceOf = (file: string): string => (file === "-" ? "standard input" : file);
