import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pinnedNow } from "../core/clock.js";

/**
 * What must hold for a run although the run may be several processes: every explicit provider instance has a host
 * process of its own (fact E23). A run is named by the engine's address and the command that runs it; what its
 * processes share lies in a folder of the temporary directory that only this user can read.
 *
 * `pulumi up` is one command with two engines, one that previews and one that updates: the decision time is shared by
 * the command, so that both decide alike; all else is shared by the engine.
 */

/** Pid and start of the command that started this host, as far as the platform tells; never the same twice. */
function command(): string {
  const parent = commandPid();
  const started = parent === undefined ? undefined : startOf(parent);
  // Not known (Windows): nothing is shared with other processes, rather than shared with a stranger.
  return started === undefined
    ? `process ${process.pid} ${process.hrtime.bigint()}`
    : `command ${parent ?? ""} ${started}`;
}

/** The host is started by a shell script of Pulumi's, so the command is the parent's parent. */
export const commandPid = (): number | undefined => parentOf(process.ppid);

/** How a process was called; empty where the platform does not tell. Elsewhere than on Linux parts with spaces are torn. */
export function argumentsOf(pid: number | undefined): string[] {
  if (pid === undefined) return [];
  if (process.platform !== "linux") return ps(pid, "args=")?.split(/\s+/) ?? [];
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // as above
  }
}

function parentOf(pid: number): number | undefined {
  const text = process.platform === "linux" ? linuxStat(pid)?.[1] : ps(pid, "ppid=");
  const parent = Number(text);
  return Number.isInteger(parent) && parent > 0 ? parent : undefined;
}

const startOf = (pid: number): string | undefined =>
  process.platform === "linux" ? linuxStat(pid)?.[19] : ps(pid, "lstart=");

/** Fields of /proc/PID/stat after the command's name: state, ppid, ..., the 20th is the start time. */
function linuxStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined; // no /proc: treated as not known, see `command`
  }
}

function ps(pid: number, field: string): string | undefined {
  if (process.platform === "win32") return undefined;
  try {
    return (
      execFileSync("ps", ["-o", field, "-p", String(pid)], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim() || undefined
    );
  } catch {
    return undefined; // no ps: treated as not known, see `command`
  }
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
const WEEK = 7 * 86_400_000;
/** Longest wait for an inventory that goes at the same time, milliseconds. */
const INVENTORY_PATIENCE = 1500;

export class Run {
  readonly #engine: string;
  readonly #command: string;
  readonly #writers = new Map<string, Promise<unknown>>();
  /** The last turn that is known to be taken, by the name that is written to. */
  readonly #turns = new Map<string, number>();
  #now: Date | undefined;
  #self: string | undefined;

  constructor(
    engineAddress: string,
    readonly environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    const root = join(tmpdir(), `pulumi-clm-${userInfo().uid}`);
    mkdirSync(root, { recursive: true, mode: 0o700 });
    const owner = statSync(root);
    if (process.platform !== "win32" && (owner.uid !== userInfo().uid || (owner.mode & 0o077) !== 0)) {
      throw new Error(
        `${root} belongs to another user or can be written by others, so a run cannot keep its locks there. Remove it, or set TMPDIR to a folder of your own.`,
      );
    }
    const by = command();
    this.#command = join(root, hash(by));
    this.#engine = join(root, hash(`${by} ${engineAddress}`));
    for (const folder of [this.#command, this.#engine]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    sweep(root, statSync(this.#engine).mtimeMs);
  }

  /** The decision clock: `CLM_NOW`, else the time at which the first process of the command asked. */
  now(): Date {
    this.#now ??= pinnedNow(this.environment.CLM_NOW) ?? this.#firstTime();
    return this.#now;
  }

  #firstTime(): Date {
    const file = join(this.#command, "now");
    try {
      writeFileSync(file, new Date().toISOString(), { flag: "wx" });
    } catch (error) {
      if (!exists(error)) throw error;
    }
    const text = readFileSync(file, "utf8");
    // Empty for the moment between another process's create and write: its time is this time.
    return text === "" ? new Date() : new Date(text);
  }

  /** True for the first caller of the run with this text. */
  once(text: string): boolean {
    try {
      closeSync(openSync(join(this.#engine, `said-${hash(text)}`), "wx"));
      return true;
    } catch (error) {
      if (exists(error)) return false;
      throw error;
    }
  }

  /** Says that an operation, by its label, was named to people in this run; as the end of an identity, where it is one. */
  name(label: string, ending?: string): void {
    appendFileSync(join(this.#engine, "named"), `${JSON.stringify([label, ending ?? ""])}\n`);
  }

  /** Labels named in this run by any of its processes: all, and those that were named as the end of an identity. */
  named(ending: string): { readonly all: ReadonlySet<string>; readonly ending: ReadonlySet<string> } {
    const lines = linesOf(join(this.#engine, "named")).map((line) => JSON.parse(line) as [string, string]);
    return {
      all: new Set(lines.map(([label]) => label)),
      ending: new Set(lines.flatMap(([label, of]) => (of === ending ? [label] : []))),
    };
  }

  /** Adds to what this run has under a heading, over all of its processes. @returns all of it, each once. */
  begins(
    heading: "planned" | "destroyed" | "goes on" | "gone" | "moved" | "policy" | "shared" | "vanished",
    objects: readonly string[],
  ): ReadonlySet<string> {
    const file = join(this.#engine, heading);
    if (objects.length > 0) appendFileSync(file, objects.map((object) => `${JSON.stringify(object)}\n`).join(""));
    return new Set(linesOf(file).map((line) => JSON.parse(line) as string));
  }

  /** Says that the stack's inventory has spoken in this run: what it has not named is not to be ended. */
  inventorySpoke(): void {
    appendFileSync(join(this.#engine, "inventory"), "");
  }

  /**
   * Whether the inventory speaks in this run. On `destroy` the engine deletes it together with what it does not list
   * (inventory.md F19), so it is given a moment.
   */
  async hasInventory(): Promise<boolean> {
    for (let waited = 0; ; waited += 50) {
      if (existsSync(join(this.#engine, "inventory"))) return true;
      if (waited >= INVENTORY_PATIENCE) return false;
      await delay(50);
    }
  }

  /** A file for what all processes of the command share under a name. The name is not stored: it may hold a secret. */
  shared(name: string): string {
    return join(this.#command, `shared-${hash(name)}`);
  }

  /** Says that a resource holds remote objects. */
  claim(urn: string, names: readonly string[]): void {
    if (names.length > 0)
      appendFileSync(join(this.#engine, "claims"), names.map((name) => `${JSON.stringify([name, urn])}\n`).join(""));
  }

  /** Remote objects that resources other than `urn` hold. */
  heldByOthers(urn: string): ReadonlySet<string> {
    const claims = linesOf(join(this.#engine, "claims")).map((line) => JSON.parse(line) as [string, string]);
    return new Set(claims.flatMap(([name, by]) => (by === urn ? [] : [name])));
  }

  /** Says what the resource holds which the stack goes on with under a URN: not one that was replaced there, and waits to be ended. */
  goesOn(urn: string, names: readonly string[]): void {
    this.begins(
      "goes on",
      names.map((name) => JSON.stringify([urn, name])),
    );
  }

  /** Remote objects that the resource holds which the stack goes on with under a URN. */
  heldByWhatGoesOn(urn: string): readonly string[] {
    const said = [...this.begins("goes on", [])].map((line) => JSON.parse(line) as [string, string]);
    return said.flatMap(([by, name]) => (by === urn ? [name] : []));
  }

  /** Lets one writer at a time through for a name, in this process and in the run's others. */
  async exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const earlier = this.#writers.get(name) ?? Promise.resolve();
    const mine = earlier.then(
      () => this.#locked(name, work),
      () => this.#locked(name, work),
    );
    this.#writers.set(name, mine);
    return mine;
  }

  /** A file that names this process. */
  #signature(): string {
    const file = join(this.#engine, `process-${process.pid}-${process.hrtime.bigint()}`);
    writeFileSync(file, identity(process.pid));
    return file;
  }

  /**
   * Writers of a name take numbered turns. A turn's file appears at once with its writer's name in it (it is a link) and
   * is never taken away, so that of several that wait for a killed writer exactly one is next.
   */
  async #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#self ??= this.#signature();
    const file = (turn: number): string => join(this.#engine, `writer-${hash(name)}-${turn}`);
    let turn = this.#turns.get(name) ?? 0;
    for (;;) {
      while (existsSync(file(turn + 1))) turn++;
      if (turn > 0 && !existsSync(`${file(turn)}-done`) && isAlive(file(turn))) {
        await delay(25);
        continue;
      }
      try {
        linkSync(this.#self, file(turn + 1));
        break;
      } catch (error) {
        if (!exists(error)) throw error;
      }
    }
    const mine = turn + 1;
    this.#turns.set(name, mine);
    try {
      return await work();
    } finally {
      try {
        writeFileSync(`${file(mine)}-done`, "");
      } catch (error) {
        // The result of the work may be all that is left of a call: it goes on, whatever became of the folder.
        process.emitWarning(`pulumi-clm could not end its turn at ${name}: ${String(error)}`);
      }
    }
  }
}

/** Lines of a file that is only ever appended to; none while nobody has written. */
function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** A process as no later one with the same id is named, where the platform tells when it started. */
const identity = (pid: number): string => `${pid} ${startOf(pid) ?? ""}`;

/** Whether the writer that a file names still runs. */
function isAlive(file: string): boolean {
  const writer = readFileSync(file, "utf8");
  const pid = Number(writer.split(" ")[0]);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return writer === identity(pid);
}

const exists = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EEXIST";

/**
 * Removes what runs of earlier weeks left. `now` is the file system's time: the clock of a process may be moved, and
 * must not take the folder of a run that goes on for an old one.
 */
function sweep(root: string, now: number): void {
  for (const name of readdirSync(root)) {
    const folder = join(root, name);
    try {
      if (now - statSync(folder).mtimeMs > WEEK) rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // another process swept it
    }
  }
}
