import { appendFileSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** So many calls in a rolling window of milliseconds. */
export interface Window {
  readonly calls: number;
  readonly milliseconds: number;
}

export interface RollingLimitSettings {
  readonly windows: readonly Window[];
  /** File that all processes append to which share the limit: one for each key of a service. */
  readonly ledger: string;
  /** Milliseconds, the same for all processes. */
  readonly now?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Longest wait of one look at the ledger, milliseconds: calls of others can end at any time. */
const LOOK = 50;
/** A call of which nobody has said that it ended, after this time: its process was killed. */
const LOST = 15 * 60_000;

interface Call {
  readonly began: number;
  ended: number | undefined;
}

/**
 * A rolling limit that several processes share without a lock. Every call stands in the ledger before it is sent, and
 * counts until a window after its answer has passed, because the service counts it at some time in between; a call is sent
 * only while those before it in the ledger leave room. So the service never sees more than `calls` in any window, whatever
 * the network does to single calls.
 */
export class RollingLimit {
  readonly #settings: RollingLimitSettings;
  readonly #calls = new Map<string, Call>();
  #order: string[] = [];
  #slowUntil = 0;
  #read = 0;
  #count = 0;

  constructor(settings: RollingLimitSettings) {
    this.#settings = settings;
  }

  /** Waits for room. @returns what to call when the answer is there, or will not come. */
  async enter(): Promise<() => void> {
    const id = `${process.pid}-${process.hrtime.bigint()}-${++this.#count}`;
    this.#write("begin", id);
    for (;;) {
      const wait = this.#wait(id);
      if (wait <= 0) break;
      await (this.#settings.sleep ?? delay)(wait);
    }
    return () => {
      this.#write("end", id);
    };
  }

  /** The service has turned a call away: everybody waits, not only the one that was. */
  slow(milliseconds: number): void {
    this.#write("slow", String(this.#now() + milliseconds));
  }

  #now(): number {
    // One time for all processes of a machine, which does not jump while a process runs.
    return (this.#settings.now ?? (() => performance.timeOrigin + performance.now()))();
  }

  #write(what: "begin" | "end" | "slow", of: string): void {
    appendFileSync(this.#settings.ledger, `${what} ${of} ${this.#now()}\n`, { mode: 0o600 });
  }

  /** Milliseconds until the ledger is to be looked at again; 0 when the call may go. */
  #wait(id: string): number {
    this.#learn();
    const now = this.#now();
    if (this.#slowUntil > now) return Math.min(this.#slowUntil - now, LOOK);
    const before = this.#order.slice(0, this.#order.indexOf(id)).flatMap((one) => this.#calls.get(one) ?? []);
    let wait = 0;
    for (const { calls, milliseconds } of this.#settings.windows) {
      const ends = before
        .map(({ began, ended }) => (ended ?? (now - began > LOST ? began : now)) + milliseconds)
        .filter((end) => end > now)
        .sort((a, b) => a - b);
      // The one that has to leave the window before there is room.
      const last = ends[ends.length - calls];
      if (last !== undefined) wait = Math.max(wait, last - now);
    }
    return Math.min(wait, LOOK);
  }

  /** Reads what was appended since, by any process; forgets what no window can hold any more. */
  #learn(): void {
    const bytes = readFileSync(this.#settings.ledger).subarray(this.#read);
    const whole = bytes.lastIndexOf("\n") + 1;
    this.#read += whole;
    for (const line of bytes.subarray(0, whole).toString("utf8").split("\n")) {
      const [what, of = "", at = ""] = line.split(" ");
      const time = Number(at);
      if (what === "begin") {
        this.#calls.set(of, { began: time, ended: undefined });
        this.#order.push(of);
      } else if (what === "end") {
        const call = this.#calls.get(of);
        if (call !== undefined) call.ended = time;
      } else if (what === "slow") this.#slowUntil = Math.max(this.#slowUntil, Number(of));
    }
    const longest = Math.max(...this.#settings.windows.map(({ milliseconds }) => milliseconds));
    const now = this.#now();
    const isOver = (id: string): boolean => {
      const ended = this.#calls.get(id)?.ended;
      return ended !== undefined && ended + longest < now;
    };
    const first = this.#order.findIndex((id) => !isOver(id));
    for (const id of this.#order.splice(0, first < 0 ? this.#order.length : first)) this.#calls.delete(id);
  }
}
