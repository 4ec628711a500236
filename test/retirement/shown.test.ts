import { expect } from "chai";
import fc from "fast-check";
import { daysAfter, isoDay } from "../../provider/core/clock.js";
import { label, type Operation } from "../../provider/core/operation.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import type { RetirementInputs, RetirementState } from "../../provider/retirement/inputs.js";
import { retirement } from "../../provider/retirement/lifecycle.js";
import { former, kept, state } from "../ecgrid/states.js";
import { NOW, subject, thingKind, TYPE } from "./things.js";

/**
 * What a retirement ends was named by the preview of the same run, whatever that run makes of the subject; and nothing
 * is called certain while the one in charge is not in use, or not the accepted one.
 */

const retiring = retirement([thingKind, certificate]);
const today = isoDay(NOW);

/** A subject in the words that all kinds share; `since` in days before the run. */
interface Subject {
  readonly current: { readonly id: number; readonly fit: boolean };
  readonly older: readonly { readonly id: number; readonly since: number }[];
}

const markOf = (id: number): string => String(id).padStart(40, "0");
const dayBefore = (days: number): string => daysAfter(today, -days);

const KINDS: Readonly<Record<string, (subject: Subject) => RetirementInputs["of"]>> = {
  things: ({ current: { id, fit }, older }) =>
    subject(
      {
        current: { key: String(id), mark: markOf(id), from: fit ? today : daysAfter(today, 1) },
        older: older.map((old) => ({ key: String(old.id), since: dayBefore(old.since) })),
      },
      TYPE,
    ),
  "ECGrid certificates": ({ current: { id, fit }, older }) =>
    subject(
      state({
        current: kept(id, fit ? {} : { status: "Terminated" }),
        previous: [...older].reverse().map((old) => former(old.id, { replacedOn: dayBefore(old.since) })),
      }),
      certificate.type,
    ),
};

const ids = fc.subarray([1, 2, 3, 4]);
const ages = fc.tuple(...[1, 2, 3, 4].map(() => fc.nat(6)));
const before = fc.record({ ids, ages, fit: fc.boolean() }).map(({ ids: older, ages: since, fit }): Subject => ({
  current: { id: 5, fit },
  older: older.map((id, at) => ({ id, since: since[at] ?? 0 })),
}));

/** What a run makes of its subject: nothing, a replacement, or what it could not know of; and some older ones have gone. */
const turns = fc.record({
  how: fc.constantFrom("nothing", "replaced", "another"),
  fit: fc.boolean(),
  left: ids,
});
type Turn = typeof turns extends fc.Arbitrary<infer T> ? T : never;

function turned(last: Subject, { how, fit, left }: Turn): Subject {
  const older = last.older.filter(({ id }) => left.includes(id));
  if (how === "nothing") return { ...last, older };
  return {
    current: { id: 6, fit },
    older: [...older, { id: how === "replaced" ? last.current.id : 7, since: 0 }],
  };
}

const WAITING = { urn: "urn:gateway", what: "a gateway", thumbprints: [], unsettled: "it waits" };
const wishes = fc.record({
  delayDays: fc.nat(6),
  accepted: fc.constantFrom(undefined, markOf(5), markOf(6)),
  ended: ids,
  __after: fc.constantFrom<RetirementInputs["__after"]>(undefined, [], [WAITING]),
});
/** What the preview does not know. */
const gaps = fc.record({ of: fc.boolean(), delayDays: fc.boolean(), accepted: fc.boolean(), __after: fc.boolean() });
/** Where the last state of the subject comes from: the SDK, or the retirement's own last run. */
const sources = fc.constantFrom("told", "stored", "told, and stored otherwise");

const certain = (operations: readonly Operation[]): string[] =>
  operations.filter(({ certainty }) => certainty.kind === "certain").map(label);
const named = (operations: readonly Operation[]): string[] =>
  operations.filter(({ certainty }) => certainty.kind !== "due" || certainty.from <= today).map(label);

describe("what a retirement shows", () => {
  for (const [name, of] of Object.entries(KINDS)) {
    it(`${name}: what is made was named before, and only for one in charge that is fit`, () => {
      let made = 0;
      fc.assert(
        fc.property(before, turns, wishes, gaps, sources, (last, turn, { ended, ...wish }, gap, source) => {
          const next = turned(last, turn);
          const given = {
            ...wish,
            ...(source === "stored" ? {} : { __before: of(last).state, __type: of(last).type }),
          };
          const stored: RetirementState = {
            of: of(source === "stored" ? last : { ...last, current: { id: 1, fit: true }, older: [] }),
            delayDays: 0,
            ended: ended.map(String),
          };
          const planned = (after: NonNullable<Parameters<typeof retiring.plan>[0]["after"]>): readonly Operation[] =>
            retiring.plan({ ...(source === "told" ? {} : { before: stored }), after, seed: "" }, NOW).operations;

          const up = planned({ ...given, of: of(next) });
          const preview = planned({
            ...given,
            of: gap.of ? UNKNOWN : of(next),
            ...(gap.delayDays && { delayDays: UNKNOWN }),
            ...(gap.accepted && { accepted: UNKNOWN }),
            ...(gap.__after && { __after: UNKNOWN }),
          });

          expect(named(preview)).to.include.members(certain(up));
          if (gap.of) expect(certain(preview)).to.deep.equal([]);
          if (wish.__after?.length === 1) expect(certain(up)).to.deep.equal([]);
          if (!next.current.fit || ![undefined, markOf(next.current.id)].includes(wish.accepted))
            expect([...certain(up), ...certain(preview)]).to.deep.equal([]);
          made += certain(up).length;
        }),
        { numRuns: 4500, seed: 20260301 },
      );
      expect(made).to.be.greaterThan(300);
    });
  }
});
