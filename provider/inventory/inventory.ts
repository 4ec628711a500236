import { isDeepStrictEqual } from "node:util";
import { announcement, type Operation } from "../core/operation.js";
import type { Plan } from "../core/plan.js";

/**
 * The inventory names, in a plain preview, what a run will end: no provider is asked about a planned delete
 * (pulumi-dynamic.md fact 4), so one resource per stack compares what the stack held with what the program holds.
 * Facts and rules: inventory.md. Pure: the adapter is `provider/dynamic/inventory.ts`.
 */

/** One certificate or credential of the stack. */
export interface Entry {
  readonly kind: string;
  /** The engine's id of the resource; unknown ids are the wire's sentinel. */
  readonly id: string;
  /** Which object it is, in words. */
  readonly what: string;
  /** End of its validity, `YYYY-MM-DD`. */
  readonly until?: string;
  /** What its deletion does, a line an operation, as the preview says it. */
  readonly ending: readonly string[];
}

export type Entries = Readonly<Record<string, Entry>>;

/** A resource as the program or the last state has it. */
export interface Held {
  readonly kind: string;
  /** Undefined while not known. */
  readonly id: string | undefined;
  /** Undefined while not known: it is made or changed by this run. */
  readonly described: { readonly what: string; readonly until?: string; readonly plan: Plan } | undefined;
  /** The program's option retainOnDelete: the engine drops the resource without calling its provider. */
  readonly retained: boolean;
  /** URN of the resource with which this one ends without a call of its own. */
  readonly deletedWith: string | undefined;
}

/** The entry of a resource; `unknown` stands for what this run has yet to bring. */
export function entryOf(held: Held, unknown: string): Entry {
  const { kind, described } = held;
  if (described === undefined) return { kind, id: held.id ?? unknown, what: unknown, ending: [] };
  return {
    kind,
    id: held.id ?? unknown,
    what: described.what,
    ...(described.until === undefined ? {} : { until: described.until }),
    ending: endingLines(held, described.plan, described.what),
  };
}

function endingLines({ retained, deletedWith }: Held, plan: Plan, what: string): string[] {
  if (retained) return [`KEEP ${what}: retainOnDelete is set, no remote call`];
  const condition = (operation: Operation): Operation =>
    deletedWith === undefined ? operation : { ...operation, certainty: { kind: "conditional", on: "the resource of its option deletedWith stays" } };
  return [...plan.operations.map((operation) => announcement(condition(operation))), ...plan.remarks];
}

/** What leaves the stack, by the URN on whose row it is said. */
export interface Leaving {
  readonly urn: string;
  readonly lines: readonly string[];
}

/**
 * What this run ends. `before` is the real last state, and decides; without it the stored entries do, which can lag
 * behind (inventory.md F5).
 */
export function leaving(stored: Entries, before: Entries | undefined, wanted: Entries, unknown: string): Leaving[] {
  const kept = new Set(Object.values(wanted).map(({ id }) => id));
  kept.delete(unknown); // an unknown id is a new id (inventory.md corner cases)
  const reference = before ?? stored;
  const ending = Object.entries(reference)
    .filter(([, { id }]) => !kept.has(id))
    .map(([urn, { ending: lines, what }]) => ({ urn, lines: lines.length > 0 ? lines : [`${what} leaves the stack: no remote call`] }));
  if (before === undefined) return ending;
  // A replaced original whose delete was refused waits in the state, where `before` does not show it (inventory.md F22).
  const present = new Set(Object.values(before).map(({ id }) => id));
  const left = Object.entries(stored)
    .filter(([, { id }]) => id !== unknown && !kept.has(id) && !present.has(id))
    .map(([urn, { ending: lines }]) => ({ urn, lines: lines.map(onlyIfWaiting) }));
  return [...ending, ...left];
}

const onlyIfWaiting = (line: string): string => line.replace(/(?:; if [^\]]*)?\]$/, "; if the replaced original still waits in the state]");

/** Whether the stored list must be written again. Only what means something is compared. */
export function differs(stored: Entries, wanted: Entries): boolean {
  const meaning = (entries: Entries): unknown => Object.fromEntries(Object.entries(entries).map(([urn, { id, what, until, ending }]) => [urn, { id, what, until: until ?? null, ending }]));
  return !isDeepStrictEqual(meaning(stored), meaning(wanted));
}
