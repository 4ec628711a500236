/** Running other programs: what they wrote is kept, those that take long are reported on, and nothing outlives us. */
import { spawn } from "node:child_process";
import process from "node:process";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";

/** Enough for the error at the end of a long output. */
const KEPT = 64 * 1024;

/**
 * Runs a command to its end and never rejects, save when `signal` is aborted.
 * Resolves to { code, output, stdout, error }: code is undefined when it could not be started or was killed, output is
 * the end of what it wrote to both streams.
 */
export async function run(command, args, options) {
  const { cwd, env, signal, timeoutMs, log, what, progressMs } = options;
  signal?.throwIfAborted();
  // A group of its own, so that compilers and downloads started by the command are stopped along with it.
  const grouped = process.platform !== "win32";
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: grouped });
  const stop = () => {
    try {
      if (grouped && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      else child.kill();
    } catch {
      // It ended in the meantime.
    }
  };
  signal?.addEventListener("abort", stop, { once: true });
  let timedOut = false;
  const giveUp = () => {
    timedOut = true;
    stop();
  };
  const limit = timeoutMs && setTimeout(giveUp, timeoutMs);
  const started = Date.now();
  const progress =
    log &&
    setInterval(() => {
      log(`Still ${what} (${seconds(Date.now() - started)}).`);
    }, progressMs);

  let output = "";
  let stdout = "";
  child.stdout.on("data", (chunk) => {
    stdout = (stdout + chunk).slice(-KEPT);
    output = (output + chunk).slice(-KEPT);
  });
  child.stderr.on("data", (chunk) => {
    output = (output + chunk).slice(-KEPT);
  });
  const end = await new Promise((resolve) => {
    child.on("error", (error) => resolve({ error }));
    child.on("close", (code) => resolve({ code: code ?? undefined }));
  });
  clearInterval(progress);
  clearTimeout(limit);
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  const error = timedOut ? new Error(`it had not ended after ${seconds(timeoutMs)}`) : end.error;
  return { code: timedOut ? undefined : end.code, output, stdout, error };
}

/** Why a finished run failed, in a few words: the last line it wrote says it best. */
export function failureOf({ code, output, error }) {
  if (error !== undefined) return error.message;
  const last = output.trim().split("\n").at(-1).trim().replace(/\.$/, "");
  const exit = code === undefined ? "it was killed" : `exit code ${code}`;
  return last === "" ? exit : `${exit}, "${last}"`;
}

/**
 * Runs a command whose words people want to see as they come. Both of its streams go to our standard error, because
 * standard output belongs to the command that the person asked for.
 */
export async function runShown(command, args, { cwd, env, signal }) {
  signal?.throwIfAborted();
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", 2, 2] });
  const stop = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", stop, { once: true });
  const end = await new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: undefined, output: "", error }));
    child.on("close", (code) => resolve({ code: code ?? undefined, output: "" }));
  });
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  return end;
}

/** 75 000 -> "1 min 15 s" */
export function seconds(milliseconds) {
  const whole = Math.round(milliseconds / 1000);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
