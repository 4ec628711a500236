import { spawn } from "node:child_process";
import type { Command } from "./changes.js";

/** Runs the preview whose JSON is reviewed. */

/** The parts of a command that only previews. */
const COMMANDS: Readonly<Record<Command, readonly string[]>> = {
  preview: ["preview"],
  destroy: ["destroy", "--preview-only"],
  refresh: ["refresh", "--preview-only"],
};

/** A preview that could not be made: there is no list. */
export class PreviewFailed extends Error {
  override readonly name = "PreviewFailed";
}

export interface Printed {
  /** As people would type it. */
  readonly command: string;
  /** Null when a signal has ended it. */
  readonly code: number | null;
  readonly stdout: string;
}

/**
 * Runs `pulumi` from PATH with all that a review needs of it.
 * @param tell takes its messages.
 * @param now the decision clock for both, so that they decide alike.
 * @throws PreviewFailed when there is no `pulumi`.
 */
export function runPulumi(
  command: Command,
  more: readonly string[],
  now: Date,
  env: Readonly<NodeJS.ProcessEnv>,
  tell: (message: string) => unknown,
): Promise<Printed> {
  const args = [
    ...COMMANDS[command],
    ...["--json", "--show-sames", "--show-replacement-steps", "--non-interactive"],
    ...more,
  ];
  const { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: _, ...environment } = env; // one object, no stream of events
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, {
      env: { ...environment, CLM_NOW: now.toISOString() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.setEncoding("utf8").on("data", tell);
    child.on("error", (cause) => {
      reject(new PreviewFailed(`pulumi could not be started (${cause.message}). Is it on PATH?`, { cause }));
    });
    child.on("close", (code) => {
      resolve({ command: `pulumi ${args.join(" ")}`, code, stdout: Buffer.concat(chunks).toString("utf8") });
    });
  });
}
