import { isDeepStrictEqual } from "node:util";
import {
  bracketed,
  objectOf,
  objectsEnded,
  readBracketed,
  withoutBrackets,
  type Certainty,
  type Operation,
} from "../core/operation.js";
import { approvalOf, argumentsDigest } from "../core/approvals.js";
import { identityOf } from "../core/instances.js";
import type { Plan } from "../core/plan.js";
import { eachOnce, severityOf, type Severity } from "../core/policy.js";

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
  /** Name of its explicit provider instance. */
  readonly instance?: string;
  /** Which object it is, in words. */
  readonly what: string;
  /** End of its validity, `YYYY-MM-DD`. */
  readonly until?: string;
  /** What its deletion does, one by one. */
  readonly ending: readonly Ending[];
}

/**
 * One call that a deletion makes, or one certificate that it keeps. Sentence and label apart: `destroy --preview-only
 * --diff` prints this list and cuts texts after about 150 characters, and the label must survive that.
 */
export interface Ending {
  /** Name and target in brackets; missing where no call is made. */
  readonly call?: string;
  readonly says: string;
  /** What it does to something that works today: what a policy is about. */
  readonly severity?: Severity;
  /** Digest of what would be sent, for approvals. */
  readonly digest?: string;
  /** The objects that it ends, where its label does not tell. */
  readonly objects?: readonly string[];
  /** Of a resource whose object another one holds, too: its deletion makes no call. */
  readonly shared?: true;
}

/** The line as a preview prints it. */
export const spoken = ({ says, call }: Ending): string => (call === undefined ? says : `${says} ${call}`);

/** The label of the call, without brackets and condition. */
export const labelOf = ({ call }: Ending): string | undefined =>
  call === undefined ? undefined : (readBracketed(call)?.label ?? call);

/** Whether the call is of an object that may not be there any more (inventory.md F22): its own deletion is held to the policy. */
export const mayBeOver = ({ call = "" }: Ending): boolean => {
  const certainty = readBracketed(call)?.certainty;
  return certainty?.kind === "conditional" && certainty.on === STILL_WAITS;
};

/** Whether the call hangs on a condition. */
export const isConditional = ({ call = "" }: Ending): boolean => readBracketed(call)?.certainty.kind === "conditional";

export type Entries = Readonly<Record<string, Entry>>;

/** A resource as the program or the last state has it. */
export interface Held {
  readonly kind: string;
  /** Undefined while not known. */
  readonly id: string | undefined;
  /** Name of its explicit provider instance. */
  readonly instance: string | undefined;
  /** Undefined while not known: it is made or changed by this run. */
  readonly described: { readonly what: string; readonly until?: string; readonly plan: Plan } | undefined;
  /** The program's option retainOnDelete: the engine drops the resource without calling its provider. */
  readonly retained: boolean;
  /** URN of the resource with which this one ends without a call of its own. */
  readonly deletedWith: string | undefined;
}

/** The entry of a resource; `unknown` stands for what this run has yet to bring. */
export function entryOf(held: Held, unknown: string): Entry {
  const { kind, instance, described } = held;
  const object = { kind, id: held.id ?? unknown, ...(instance === undefined ? {} : { instance }) };
  if (described === undefined) return { ...object, what: unknown, ending: [] };
  return {
    ...object,
    what: described.what,
    ...(described.until === undefined ? {} : { until: described.until }),
    ending: endingsOf(held, described.plan, described.what),
  };
}

/** Options of a resource that the engine heeds before it asks anybody to end it: those of its last `up`. */
export type EndOptions = Pick<Held, "retained" | "deletedWith">;

/** What a deletion does under the options of its resource. */
export function endUnderOptions(
  plan: Plan,
  what: string,
  { retained, deletedWith }: EndOptions,
): Pick<Plan, "operations" | "remarks" | "refusal" | "shared"> {
  if (retained) return { operations: [], remarks: [`KEEP ${what}: retainOnDelete is set, no remote call`] };
  if (deletedWith === undefined) return plan;
  const onItsOwn: Certainty = { kind: "conditional", on: "the resource of its option deletedWith stays" };
  return { ...plan, operations: plan.operations.map((operation) => ({ ...operation, certainty: onItsOwn })) };
}

function gated(operation: Operation): Pick<Ending, "severity" | "digest" | "objects"> {
  const severity = severityOf(operation);
  if (severity === undefined) return {};
  const objects = operation.ends === undefined ? {} : { objects: objectsEnded(operation) };
  return { severity, digest: argumentsDigest(approvalOf(operation)), ...objects };
}

/** What this ends of a resource, each object once. */
export const destroyedWith = ({ urn, ends }: Pick<Leaving, "urn" | "ends">): string[] =>
  eachOnce(
    ends.flatMap((end) => {
      const named = labelOf(end);
      if (end.severity === undefined || named === undefined || mayBeOver(end)) return [];
      return end.objects ?? [objectOf(named)];
    }),
    urn,
  );

/** What a preview says of a step that goes no further without a person. */
export const stops = (refusal: string): string => `up WILL STOP here: ${refusal}`;

function endingsOf(held: Held, plan: Plan, what: string): Ending[] {
  const { operations, remarks, refusal, shared } = endUnderOptions(plan, what, held);
  const ends: Ending[] = [
    ...(refusal === undefined ? [] : [{ says: withoutBrackets(stops(refusal)) }]),
    ...operations.map((operation) => ({
      call: bracketed(operation),
      says: operation.sentence,
      ...gated(operation),
    })),
    ...remarks.map((says) => ({ says: withoutBrackets(says), ...(shared === true ? { shared } : {}) })),
  ];
  // A call that may be made twice is said once, as previews say each text once.
  return ends.filter((end, at) => ends.findIndex((other) => spoken(other) === spoken(end)) === at);
}

/** What leaves the stack, by the URN on whose row it is said. */
export interface Leaving {
  readonly urn: string;
  /** Which object it is: `identityOf` the resource. */
  readonly identity: string;
  readonly ends: readonly Ending[];
}

/**
 * What this run ends. `before` is the real last state, and decides; without it the stored entries do, which can lag
 * behind (inventory.md F5).
 */
export function leaving(stored: Entries, before: Entries | undefined, wanted: Entries, unknown: string): Leaving[] {
  const reference = before ?? stored;
  const staying = keptOf(reference, wanted, unknown);
  const ending = Object.entries(reference)
    .filter(([urn]) => !staying.has(urn))
    .map(([urn, entry]) => ({
      urn,
      identity: identityOf(entry),
      ends: entry.ending.length > 0 ? entry.ending : [{ says: withoutCall(entry.id, entry.what, unknown) }],
    }));
  if (before === undefined) return ending;
  // A replaced original whose delete was refused waits in the state, where `before` does not show it (inventory.md F22).
  const identities = new Set([...Object.values(before), ...Object.values(wanted)].map(identityOf));
  const left = Object.entries(stored)
    .filter(([, entry]) => entry.id !== unknown && !identities.has(identityOf(entry)))
    .map(([urn, entry]) => ({ urn, identity: identityOf(entry), ends: entry.ending.map(onlyIfWaiting) }));
  return [...ending, ...left];
}

/**
 * URNs of the reference that the program keeps: under their URN, or under another one (an alias). Two resources can hold the
 * same object, so each wanted one keeps one. An unknown id is a new id.
 */
function keptOf(reference: Entries, wanted: Entries, unknown: string): ReadonlySet<string> {
  const kept = new Set<string>();
  const renamed: string[] = [];
  for (const [urn, entry] of Object.entries(wanted)) {
    if (entry.id === unknown) continue;
    const was = reference[urn];
    if (was !== undefined && identityOf(was) === identityOf(entry)) kept.add(urn);
    else renamed.push(identityOf(entry));
  }
  for (const identity of renamed) {
    const was = Object.entries(reference).find(([urn, entry]) => !kept.has(urn) && identityOf(entry) === identity);
    if (was !== undefined) kept.add(was[0]);
  }
  return kept;
}

const withoutCall = (id: string, what: string, unknown: string): string =>
  what === unknown
    ? `${id === unknown ? "a resource" : id} leaves the stack, and what its end does is not known: its state could not be read. Its deletion is refused unless this run names it`
    : `${what} leaves the stack: no remote call`;

const onlyIfWaiting = ({ call, ...ending }: Ending): Ending => ({
  ...ending,
  ...(call === undefined ? {} : { call: call.replace(/(?:; if [^\]]*)?\]$/, `; if ${STILL_WAITS}]`) }),
});

/** The condition of an end that the engine does not show to programs: it may have been made meanwhile. */
export const STILL_WAITS = "the replaced original still waits in the state";

/** Everything that the end of the listed resources does, by URN: what `destroy` is about to do. */
export const allEndings = (entries: Entries): Leaving[] =>
  Object.entries(entries).map(([urn, entry]) => ({ urn, identity: identityOf(entry), ends: entry.ending }));

/** Whether the stored list must be written again. Only what means something is compared. */
export function differs(stored: Entries, wanted: Entries): boolean {
  const meaning = (entries: Entries): unknown =>
    Object.fromEntries(
      Object.entries(entries).map(([urn, { id, instance, what, until, ending }]) => [
        urn,
        { id, instance: instance ?? null, what, until: until ?? null, ending },
      ]),
    );
  return !isDeepStrictEqual(meaning(stored), meaning(wanted));
}
