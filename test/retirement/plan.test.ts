import { expect } from "chai";
import { bracketed } from "../../provider/core/operation.js";
import { NOTHING, type Plan } from "../../provider/core/plan.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import type { RetirementState } from "../../provider/retirement/inputs.js";
import { retirement } from "../../provider/retirement/lifecycle.js";
import { inputs, NOW, stored, subject, thingKind, things, TYPE } from "./things.js";

const retiring = retirement([thingKind, { type: "test:NothingOlder", state: thingKind.state }]);
type After = Parameters<typeof retiring.plan>[0]["after"];

const planned = (before: RetirementState | undefined, after: After, now = NOW): Plan =>
  retiring.plan(
    { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }), seed: "" },
    now,
  );

interface Row {
  readonly name: string;
  readonly before?: RetirementState;
  readonly after?: After;
  readonly now?: Date;
  readonly operations?: string[];
  readonly remarks?: string[];
  readonly changes?: boolean;
}

const END = (key: string, more = ""): string => `[test.things.end key=${key}${more}]`;
const IN_USE = "; if its successor is in use after this run's changes";
const REPLACED = "; if this run replaces it, and its successor is in use and accepted";
const asks = (field: string): string => `; if what ${field} turns out to be asks for it`;
const MARCH = new Date("2026-03-01T00:00:00Z");
const FEBRUARY = new Date("2026-02-28T23:59:59.999Z");
const UNFIT = things({ current: { key: "2", from: "2026-03-02" } });
const TWO = things({ older: [...things().older, { key: "0", since: "2026-02-27" }] });
const NONE = things({ older: [] });
/** After a run that has replaced thing 2 by thing 3. */
const REPLACING = things({
  current: { key: "3", mark: "CC", from: "2026-03-01" },
  older: [...things().older, { key: "2", since: "2026-03-01" }],
});
const WAITS = (why: string, key = "1"): string => `WAIT: thing ${key} is not ended, because ${why}`;
const ENDED = stored(things(), { ended: ["1"] });
const NO_CALL = "nothing is to be ended now: no remote call";
const UNNAMED = "thing 1 is due, and no preview has named it yet: the next run names it, and ends it";

const BY_THE_CLOCK: Row[] = [
  {
    name: "the day before",
    after: inputs(things(), { delayDays: 10 }),
    now: FEBRUARY,
    operations: [END("1", "; due 2026-03-01")],
  },
  { name: "the day", after: inputs(things(), { delayDays: 10 }), now: MARCH, operations: [END("1")] },
  { name: "after the day", after: inputs(things(), { delayDays: 9 }), operations: [END("1")] },
  {
    name: "two, of which one is due, oldest first",
    after: inputs(TWO, { delayDays: 5 }),
    operations: [END("1"), END("0", "; due 2026-03-04")],
  },
  {
    name: "a day later than it was planned before",
    before: stored(things(), { delayDays: 10 }),
    after: inputs(things(), { delayDays: 14 }),
    operations: [END("1", "; due 2026-03-05")],
  },
  {
    name: "a delay that is cut short",
    before: stored(things(), { delayDays: 14 }),
    after: inputs(things(), { delayDays: 1 }),
    operations: [END("1")],
  },
  {
    name: "not yet, and nothing has changed",
    before: stored(things(), { delayDays: 14 }),
    after: inputs(things(), { delayDays: 14 }),
    operations: [END("1", "; due 2026-03-05")],
    changes: false,
  },
  { name: "due, and nothing else has changed", before: stored(), after: inputs(), operations: [END("1")] },
  {
    name: "a delay that is not known yet",
    after: { ...inputs(), delayDays: UNKNOWN },
    operations: [END("1", `${asks("delayDays")}, or a day that is not known yet has come`)],
  },
];

const IN_CHARGE: Row[] = [
  {
    name: "not in use",
    after: inputs(UNFIT),
    remarks: [WAITS("thing 2, which took its place, is not in use: it begins on 2026-03-02")],
  },
  { name: "in use from today on", after: inputs(UNFIT), now: new Date("2026-03-02T00:00:00Z"), operations: [END("1")] },
  { name: "accepted", after: inputs(things(), { accepted: "BB" }), operations: [END("1")] },
  {
    name: "the accepted one is not there yet",
    after: inputs(things(), { accepted: "CC" }),
    remarks: [WAITS("accepted is CC, and the one in charge (thing 2) has BB")],
  },
  {
    name: "the accepted one has been replaced since",
    after: inputs(REPLACING, { accepted: "BB" }),
    remarks: [
      WAITS("accepted is BB, and the one in charge (thing 3) has CC"),
      WAITS("accepted is BB, and the one in charge (thing 3) has CC", "2"),
    ],
  },
  {
    name: "accepted, and without a mark",
    after: inputs(things({ current: { key: "2", from: "2026-01-01" } }), { accepted: "BB" }),
    remarks: [WAITS("accepted is BB, and the one in charge (thing 2) has no thumbprint")],
  },
  {
    name: "accepted is not known yet",
    after: { ...inputs(), accepted: UNKNOWN },
    operations: [END("1", asks("accepted"))],
    remarks: [
      `if what accepted turns out to be asks for it: ${WAITS("accepted is an acceptance that is not known yet, and the one in charge (thing 2) has BB")}`,
    ],
  },
  {
    name: "not in use, and accepted is not known yet",
    after: { ...inputs(UNFIT), accepted: UNKNOWN },
    remarks: [WAITS("thing 2, which took its place, is not in use: it begins on 2026-03-02")],
  },
];

const BEING_CHANGED: Row[] = [
  {
    name: "what is due, and without a delay the one that may be replaced, as conditions",
    after: { ...inputs(), of: UNKNOWN },
    operations: [END("1", IN_USE), END("2", REPLACED)],
  },
  {
    name: "not what is due later",
    after: { ...inputs(TWO, { delayDays: 10 }), of: UNKNOWN },
    operations: [END("1", IN_USE)],
  },
  {
    name: "not what it has ended",
    before: ENDED,
    after: { ...inputs(), of: UNKNOWN },
    operations: [END("2", REPLACED)],
  },
  {
    name: "from what it has stored itself, when it is told nothing of the subject",
    before: stored(),
    after: { of: UNKNOWN, delayDays: 1 },
    operations: [END("1", IN_USE)],
  },
  {
    name: "nothing, when nothing is known of the subject",
    after: { of: UNKNOWN, delayDays: 0, __type: TYPE },
    remarks: ["what it retires is not known yet: nothing is ended in this run, and the next one names what is due"],
  },
  {
    name: "a delay that is not known yet, either",
    after: { ...inputs(), of: UNKNOWN, delayDays: UNKNOWN },
    operations: [
      END("1", `${asks("delayDays")}, and its successor is in use after this run's changes`),
      END("2", `${asks("delayDays")}, and this run replaces it, and its successor is in use and accepted`),
    ],
  },
  {
    name: "then, ends what was named",
    after: inputs(REPLACING, { __before: things() }),
    operations: [END("1"), END("2")],
  },
  {
    name: "then, leaves for later what has a delay",
    after: inputs(REPLACING, { __before: things(), delayDays: 1 }),
    operations: [END("1"), END("2", "; due 2026-03-02")],
  },
  {
    name: "then, ends nothing that was not named",
    after: inputs(things(), { __before: NONE }),
    remarks: [UNNAMED],
  },
  {
    name: "then, ends nothing when nothing was known",
    after: { of: subject(things()), delayDays: 0 },
    remarks: [UNNAMED],
  },
];

const use = (thumbprints: string[], unsettled?: string) => ({
  ...{ urn: "urn:gateway", what: "the gateway", thumbprints },
  ...(unsettled === undefined ? {} : { unsettled }),
});
const COMES_AFTER: Row[] = [
  { name: "has another one in use", after: inputs(TWO, { __after: [use(["T2"])] }), operations: [END("1"), END("0")] },
  {
    name: "still has one of them in use",
    after: inputs(TWO, { __after: [use([]), use(["T2", "T1"])] }),
    operations: [END("0")],
    remarks: [WAITS("the gateway still has it in use")],
  },
  {
    name: "may still have one of them in use, which is not known",
    after: inputs(things(), { __after: [use(["T2", "T1"], "staging is unknown")] }),
    remarks: [WAITS("the gateway: staging is unknown")],
  },
  {
    name: "is not known to have what it should",
    after: inputs(things(), { __after: [use(["T2"], "staging is unknown")] }),
    remarks: [WAITS("the gateway: staging is unknown")],
  },
  {
    name: "is changed by this run",
    after: { ...inputs(), __after: UNKNOWN },
    operations: [END("1", "; if what it comes after has the new one in use everywhere then")],
  },
  {
    name: "is changed by this run, and the day has not come",
    after: { ...inputs(things(), { delayDays: 20 }), __after: UNKNOWN },
    operations: [END("1", "; due 2026-03-11")],
  },
];

const had = (after: boolean, more: object = {}) => ({ ...use(["T1"]), after, ...more });
const HAD = "the gateway had it in use before this run";
const ELSEWHERE = `${HAD}, and is not in the option after, so what this run makes of it is not waited for: the next run looks again`;
const IN_USE_BEFORE: Row[] = [
  {
    name: "by a resource that comes first, and has another one now",
    after: inputs(things(), { __inUse: [had(true)], __after: [use(["T2"])] }),
    operations: [END("1")],
  },
  {
    name: "by a resource that comes first, and was replaced by another object in this run",
    after: inputs(things(), { __inUse: [had(true)], __after: [{ ...use(["T2"]), what: "another gateway" }] }),
    remarks: [WAITS(`${HAD}: the next run looks again`)],
  },
  {
    name: "by a resource that comes first, and is changed by this run",
    after: { ...inputs(things(), { __inUse: [had(true)] }), __after: UNKNOWN },
    operations: [END("1", "; if what it comes after has the new one in use everywhere then")],
  },
  {
    name: "by a resource that does not come first, or leaves the program",
    after: inputs(things(), { __inUse: [had(false)], __after: [] }),
    remarks: [WAITS(ELSEWHERE)],
  },
  {
    name: "by one that does not come first, while the subject is changed",
    after: { ...inputs(REPLACING, { __before: things(), __inUse: [had(false)] }), of: UNKNOWN },
    operations: [END("2", REPLACED)],
    remarks: [`WAIT: thing 1 is not ended by this run, because ${ELSEWHERE}`],
  },
  {
    name: "the one in charge, by one that does not come first, while the subject is changed",
    after: { ...inputs(REPLACING, { __before: NONE, __inUse: [had(false, { thumbprints: ["BB"] })] }), of: UNKNOWN },
    remarks: [`WAIT: thing 2 is not ended by this run, because ${ELSEWHERE}`],
  },
];

const NOTHING_TO_END: Row[] = [
  { name: "nothing older", after: inputs(NONE), remarks: [NO_CALL] },
  { name: "nothing older, and nothing has changed", before: stored(NONE), after: inputs(NONE), changes: false },
  { name: "ended", before: ENDED, after: inputs(), changes: false },
  { name: "ended, another delay", before: ENDED, after: inputs(things(), { delayDays: 3 }), remarks: [NO_CALL] },
  { name: "ended, and accepted", before: ENDED, after: inputs(things(), { accepted: "BB" }), remarks: [NO_CALL] },
  { name: "one ended", before: stored(TWO, { ended: ["1"] }), after: inputs(TWO), operations: [END("0")] },
  { name: "ended, and no longer listed", before: ENDED, after: inputs(NONE) },
  {
    name: "the same key was ended for another subject",
    before: stored(things(), { ended: ["1"], of: { ...subject(things()), id: "another" } }),
    after: inputs(),
    operations: [END("1")],
  },
  {
    name: "ended, and the subject's fields come in another order",
    before: ENDED,
    after: inputs({ older: things().older, current: { from: "2026-01-01", mark: "BB", key: "2" } }),
    changes: false,
  },
  ...["test:Other", "test:NothingOlder"].map((type) => ({
    name: `a subject of the type ${type}`,
    after: { ...inputs(), of: subject(things(), type) },
    remarks: ["a leaves nothing to retire"],
  })),
  {
    name: "a subject whose state cannot be read",
    after: { ...inputs(), of: subject({ current: "2" }) },
    remarks: ["a leaves nothing to retire"],
  },
];

const REMOVAL: Row[] = [
  {
    name: "removed",
    before: stored(TWO, { ended: ["1"] }),
    remarks: ["LEAVE thing 0: without its retirement it runs out on 2027-01-01, no remote call"],
  },
  { name: "removed after its last end", before: ENDED },
  { name: "removed, of a subject that cannot be read", before: stored(things(), { of: subject({}) }) },
];

describe("the plan of a retirement", () => {
  for (const [about, rows] of Object.entries({
    "by the clock": BY_THE_CLOCK,
    "the one in charge": IN_CHARGE,
    "a subject that this run changes": BEING_CHANGED,
    "what it comes after": COMES_AFTER,
    "in use before the run": IN_USE_BEFORE,
    "nothing to end": NOTHING_TO_END,
    removal: REMOVAL,
  })) {
    describe(about, () => {
      for (const { name, before, after, now, operations = [], remarks = [], changes = true } of rows) {
        it(name, () => {
          const plan = planned(before, after, now);
          const shown = { ...plan, operations: plan.operations.map(bracketed) };
          expect(shown).to.deep.equal({ ...NOTHING, operations, remarks, changes });
        });
      }
    });
  }

  it("is nothing without inputs and state", () => {
    expect(planned(undefined, undefined)).to.deep.equal(NOTHING);
  });
});
