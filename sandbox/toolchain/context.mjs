/** What the search for a tool chain depends on, in one object, so that tests can put another machine in its place. */
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The root of the clone that this file is in. */
export const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export function makeContext(overrides) {
  return {
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    home: homedir(),
    hostname: hostname(),
    pid: process.pid,
    root: REPOSITORY,
    /** Aborted when a person or a CI wants us to stop. */
    signal: undefined,
    /** How often somebody who waits for another process looks again. */
    pollMs: 250,
    /** How often something that takes long says that it is still at work. */
    progressMs: 15_000,
    /** How long a lock of another machine may go without a sign of life. */
    patienceMs: 120_000,
    /** How long the installer's server may take to answer: a machine without access must go on quickly. */
    connectMs: 4_000,
    ...overrides,
  };
}

/** What a person can mend. Its message is a sentence that says what was tried, what came back and what to do next. */
export class Problem extends Error {}

/**
 * This way to a tool chain is not open here; the next one may be. The message is a clause, without a full stop,
 * because several of them are joined into one sentence when no way is open.
 */
export class NotThisWay extends Error {}

/**
 * Outside of the clone, because a fresh clone should not build for minutes what the last one has built.
 * A relative XDG_CACHE_HOME is ignored, as its specification demands.
 */
export function cacheRoot({ env, platform, home }) {
  if (env.CLM_CACHE_DIR) return resolve(env.CLM_CACHE_DIR);
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, "pulumi-clm");
  if (platform === "darwin") return join(home, "Library", "Caches", "pulumi-clm");
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "pulumi-clm");
  return join(home, ".cache", "pulumi-clm");
}

/** A directory of the cache, made when it is not there yet. */
export function cacheDirectory(context, ...names) {
  const directory = join(cacheRoot(context), ...names);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new Problem(
      `The cache directory ${directory} could not be made (${error.code}); ` +
        `set CLM_CACHE_DIR to a directory that you can write to, then run this again.`,
      { cause: error },
    );
  }
  return directory;
}

export const executableName = (name, platform) => (platform === "win32" ? `${name}.exe` : name);

/** Windows spells it "Path", and a copy of its environment is no longer blind to case. */
export const pathVariable = (env) => Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";

export const pathDirectories = (env) => (env[pathVariable(env)] ?? "").split(delimiter).filter((each) => each !== "");

/** The environment with `directories` in front of its PATH. */
export function withPath(env, directories) {
  return { ...env, [pathVariable(env)]: [...directories, ...pathDirectories(env)].join(delimiter) };
}

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The first of `directories` that holds an executable `file`, or undefined. */
export const directoryOf = (file, directories) => directories.find((each) => isExecutable(join(each, file)));
