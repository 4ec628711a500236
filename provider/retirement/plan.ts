import { daysAfter, isoDay } from "../core/clock.js";
import type { Retirable } from "../core/lifecycle.js";
import type { Operation } from "../core/operation.js";
import { overUnknowns } from "../core/overUnknowns.js";
import { NOTHING, type Change, type Plan } from "../core/plan.js";
import { known, UNKNOWN, type Planned } from "../core/unknown.js";
import { endedOf, type RetirementInputs, type RetirementState } from "./inputs.js";

/** A subject as its kind reads it. */
export interface Subject {
  readonly retirable: Retirable<unknown, unknown>;
  readonly state: unknown;
}

/** Finds the kind of a subject. @returns undefined when the kind leaves nothing to retire, or its state is not whole. */
export type Resolve = (type: string, state: unknown) => Subject | undefined;

type Inputs = Planned<RetirementInputs>;

/** What a retirement will end, what is due later, and what it waits for. Pure. */
export function planRetirement(resolve: Resolve, { before, after }: Change<Inputs, RetirementState>, now: Date): Plan {
  if (after === undefined) return before === undefined ? NOTHING : removal(resolve, before);
  // Left unknown, a delay stands for none and an acceptance for the right one.
  const decided = overUnknowns<RetirementInputs>(
    after,
    { delayDays: [Number.MAX_SAFE_INTEGER], accepted: ["an acceptance that is not known yet"] },
    (turned) => retiring(resolve, before, turned, now),
  );
  const changed = before === undefined || settingsOf(before) !== settingsOf(after) || after.of === UNKNOWN;
  const moved =
    before !== undefined && after.of !== UNKNOWN && seenOf(resolve, before.of, now) !== seenOf(resolve, after.of, now);
  return {
    ...decided,
    changes: changed || moved || decided.operations.some(({ certainty }) => certainty.kind !== "due"),
    remarks: [
      ...decided.remarks,
      ...(changed && decided.operations.length === 0 && decided.remarks.length === 0
        ? ["nothing is to be ended now: no remote call"]
        : []),
    ],
  };
}

/** What a retirement looks at: whatever else a read has found of its subject is no change of it. */
function seenOf(resolve: Resolve, { state, ...of }: RetirementInputs["of"], now: Date): string {
  const subject = resolve(of.type, state);
  if (subject === undefined) return contentOf({ ...of, state });
  const older = subject.retirable.older(subject.state);
  return contentOf({ ...of, older, inCharge: subject.retirable.inCharge(subject.state, now) });
}

const contentOf = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );

const settingsOf = ({ delayDays, accepted }: Inputs | RetirementState): string =>
  [delayDays, accepted].map((value) => (value === UNKNOWN ? "?" : JSON.stringify(value ?? null))).join(" ");

function retiring(resolve: Resolve, before: RetirementState | undefined, after: Inputs, now: Date): Plan {
  const last = resolveLast(resolve, before, after);
  if (after.of === UNKNOWN)
    return last === undefined ? later() : perhaps(last, new Set(before?.ended ?? []), after, now);
  const ended = new Set(endedOf(before, after.of));
  const subject = resolve(after.of.type, after.of.state);
  if (subject === undefined) return { ...NOTHING, remarks: [`${after.of.id} leaves nothing to retire`] };
  const { retirable, state } = subject;
  const open = retirable.older(state).filter(({ key }) => !ended.has(key));
  if (open.length === 0) return NOTHING;
  const inCharge = retirable.inCharge(state, now);
  const waits = reasonToWait(inCharge, after);
  if (waits !== undefined) {
    return { ...NOTHING, remarks: open.map(({ what }) => `WAIT: ${what} is not ended, because ${waits}`) };
  }
  const nameable = namesOf(last, now);
  const operations: Operation[] = [];
  const remarks: string[] = [];
  for (const { key, what, since, thumbprints = [] } of open) {
    const call = retirable.ending(state, key);
    const from = dueOn(since, after);
    if (from === undefined || from > isoDay(now)) {
      operations.push(call.due(from ?? "a day that is not known yet"));
      continue;
    }
    const needed = stillNeeded(thumbprints, after);
    if (needed !== undefined) remarks.push(`WAIT: ${what} is not ended, because ${needed}`);
    else if (nameable.has(key))
      operations.push(
        after.__after === UNKNOWN
          ? call.conditional("what it comes after has the new one in use everywhere then")
          : call.certain(),
      );
    else remarks.push(`${what} is due, and no preview has named it yet: the next run names it, and ends it`);
  }
  return { ...NOTHING, operations, remarks };
}

/** The subject as it was before this run: what a preview of this run could know. */
const resolveLast = (resolve: Resolve, before: RetirementState | undefined, after: Inputs): Subject | undefined => {
  const type = after.of === UNKNOWN ? (known(after.__type) ?? before?.of.type) : after.of.type;
  const state = known(after.__before) ?? before?.of.state;
  return type === undefined || state === undefined ? undefined : resolve(type, state);
};

/** Everything that a preview could name: the older ones, and the one in charge, which this run may replace. */
const namesOf = (last: Subject | undefined, now: Date): ReadonlySet<string> => {
  if (last === undefined) return new Set();
  const { key } = last.retirable.inCharge(last.state, now);
  return new Set([...last.retirable.older(last.state).map((old) => old.key), ...(key === undefined ? [] : [key])]);
};

const later = (): Plan => ({
  ...NOTHING,
  remarks: ["what it retires is not known yet: nothing is ended in this run, and the next one names what is due"],
});

/** While the subject is being changed by the same run: what may become due, said as a condition. */
function perhaps({ retirable, state }: Subject, ended: ReadonlySet<string>, after: Inputs, now: Date): Plan {
  const today = isoDay(now);
  const { key, mark, what } = retirable.inCharge(state, now);
  const due = [
    ...retirable
      .older(state)
      .filter((old) => !ended.has(old.key) && (dueOn(old.since, after) ?? "9999") <= today)
      .map((old) => ({ ...old, on: "its successor is in use after this run's changes" })),
    ...(key !== undefined && (dueOn(today, after) ?? "9999") <= today
      ? [
          {
            ...{ key, what, thumbprints: mark === undefined ? [] : [mark] },
            on: "this run replaces it, and its successor is in use and accepted",
          },
        ]
      : []),
  ];
  const operations: Operation[] = [];
  const remarks: string[] = [];
  for (const one of due) {
    const needed = stillNeeded(one.thumbprints ?? [], after);
    if (needed === undefined) operations.push(retirable.ending(state, one.key).conditional(one.on));
    else remarks.push(`WAIT: ${one.what} is not ended by this run, because ${needed}`);
  }
  return { ...NOTHING, operations, remarks };
}

/** UTC day from which one that was replaced on `since` is ended; undefined while the delay is not known. */
const dueOn = (since: string, { delayDays }: Inputs): string | undefined => {
  const days = delayDays === UNKNOWN ? 0 : delayDays;
  return days > 100_000 ? undefined : daysAfter(since, days);
};

function reasonToWait(
  { what, mark, unfit }: { what: string; mark?: string | undefined; unfit?: string | undefined },
  { accepted }: Inputs,
): string | undefined {
  if (unfit !== undefined) return `${what}, which took its place, is not in use: ${unfit}`;
  if (accepted !== undefined && accepted !== UNKNOWN && accepted !== mark)
    return `accepted is ${accepted}, and the one in charge (${what}) has ${mark ?? "no thumbprint"}`;
  return undefined;
}

/**
 * Why an older one is still needed: by a resource that comes first, as it is now, or by any other as it was before the run. One
 * that comes first and was replaced by another object is both. Nothing is said of what comes first while it is not known.
 */
function stillNeeded(thumbprints: readonly string[], { __after, __inUse = [] }: Inputs): string | undefined {
  const has = (use: { readonly thumbprints: readonly string[] }): boolean =>
    use.thumbprints.some((one) => thumbprints.includes(one));
  const first = __after === UNKNOWN ? undefined : (__after ?? []);
  const now = first?.find(has);
  if (now !== undefined)
    return now.unsettled === undefined ? `${now.what} still has it in use` : `${now.what}: ${now.unsettled}`;
  const superseded = (urn: string, what: string): boolean =>
    first === undefined || first.some((use) => use.urn === urn && use.what === what);
  const before = __inUse === UNKNOWN ? [] : __inUse;
  const last = before.find((use) => has(use) && !(use.after && superseded(use.urn, use.what)));
  if (last !== undefined)
    return `${last.what} had it in use before this run${last.after ? "" : ", and is not in the option after, so what this run makes of it is not waited for"}: the next run looks again`;
  const open = first?.find(({ unsettled }) => unsettled !== undefined);
  return open === undefined ? undefined : `${open.what}: ${open.unsettled ?? ""}`;
}

/** The end of a retirement ends nothing. */
function removal(resolve: Resolve, before: RetirementState): Plan {
  const subject = resolve(before.of.type, before.of.state);
  const open = subject?.retirable.older(subject.state).filter(({ key }) => !before.ended.includes(key)) ?? [];
  return {
    ...NOTHING,
    changes: true,
    remarks: open.map(
      ({ what, until }) => `LEAVE ${what}: without its retirement it runs out on ${until}, no remote call`,
    ),
  };
}
