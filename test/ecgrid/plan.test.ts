import { expect } from "chai";
import fc from "fast-check";
import { label } from "../../provider/core/operation.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { plan } from "../../provider/ecgrid/generated/plan.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import { former, inputs, kept, NOW, state, URN } from "./states.js";

type After = Parameters<typeof plan>[0]["after"];

const planned = (before: CertificateState | undefined, after: After, now = NOW): ReturnType<typeof plan> =>
  plan({ ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }), seed: URN }, now);

const RENEW = "ecgrid.certificates.renew commId=5001 certKeyId=88";
const CREATE = "ecgrid.certificates.create commId=5001";
const terminate = (id: number): string => `ecgrid.certificates.terminate commId=5001 certKeyId=${id}`;
const conditional = (operation: string): string => `if: ${operation}`;
const days = (count: number): Date => new Date(new Date("2027-03-01T10:00:00Z").getTime() - count * 86_400_000);

interface Row {
  readonly name: string;
  readonly before?: CertificateState;
  readonly after?: After;
  readonly now?: Date;
  readonly operations?: string[];
  readonly remark?: string;
  readonly refusal?: string;
  readonly changes?: boolean;
  readonly replaces?: string[];
}

const ROWS: Row[] = [
  { name: "create", after: inputs(), operations: [CREATE] },
  {
    name: "create on a comm that is not known yet",
    after: { ...inputs(), commId: UNKNOWN },
    operations: ["ecgrid.certificates.create commId=?"],
  },
  { name: "adopt", after: inputs({ adopt: 90 }), operations: [], remark: "ADOPT certificate 90" },
  { name: "adopt what is not known yet", after: { ...inputs(), adopt: UNKNOWN }, operations: [conditional(CREATE)] },
  { name: "nothing", before: state(), after: inputs(), operations: [], changes: false },
  { name: "delete", before: state(), operations: [terminate(88)] },
  {
    name: "delete with previous ones, oldest first",
    before: state({ previous: [former(87), former(86)] }),
    operations: [terminate(86), terminate(87), terminate(88)],
  },
  {
    name: "delete of what was found terminated: still what the inventory has listed",
    before: state({ current: kept(88, { status: "Terminated" }) }),
    operations: [terminate(88)],
  },
  {
    name: "delete, retained",
    before: state({ onDelete: "retain" }),
    operations: [],
    remark: "KEEP current certificate 88",
  },
  {
    name: "another comm",
    before: state(),
    after: inputs({ commId: 5002 }),
    operations: [terminate(88)],
    replaces: ["commId"],
  },
  {
    name: "a comm that is not known yet",
    before: state(),
    after: { ...inputs(), commId: UNKNOWN },
    operations: [conditional("ecgrid.certificates.create commId=?"), conditional(terminate(88))],
    replaces: [],
  },
  { name: "a trigger", before: state(), after: inputs({ trigger: "1" }), operations: [RENEW] },
  {
    name: "the same trigger",
    before: state({ trigger: "1" }),
    after: inputs({ trigger: "1" }),
    operations: [],
    changes: false,
  },
  {
    name: "a trigger that was removed",
    before: state({ trigger: "1" }),
    after: inputs(),
    operations: [],
    changes: true,
  },
  {
    name: "a trigger that is not known yet",
    before: state(),
    after: { ...inputs(), trigger: UNKNOWN },
    operations: [conditional(RENEW)],
  },
  { name: "another hash", before: state(), after: inputs({ secureHashAlgorithm: "SHA512" }), operations: [RENEW] },
  {
    name: "the last day before the window",
    before: state(),
    after: inputs(),
    now: days(31),
    operations: [],
    changes: false,
  },
  { name: "the first day of the window", before: state(), after: inputs(), now: days(30), operations: [RENEW] },
  {
    name: "a share of the lifetime, not yet",
    before: state({ renewalWindow: { share: 0.1 } }),
    after: inputs({ renewalWindow: { share: 0.1 } }),
    now: days(74),
    operations: [],
    changes: false,
  },
  {
    name: "a share of the lifetime",
    before: state({ renewalWindow: { share: 0.1 } }),
    after: inputs({ renewalWindow: { share: 0.1 } }),
    now: days(73),
    operations: [RENEW],
  },
  {
    name: "no window",
    before: state({ renewalWindow: "never" }),
    after: inputs({ renewalWindow: "never" }),
    now: days(1),
    operations: [],
    changes: false,
  },
  {
    name: "expired without a window",
    before: state({ renewalWindow: "never" }),
    after: inputs({ renewalWindow: "never" }),
    now: days(-1),
    operations: [],
    remark: "expired on 2027-03-01",
    changes: false,
  },
  {
    name: "a wider window that is due at once",
    before: state(),
    after: inputs({ renewalWindow: { days: 400 } }),
    operations: [RENEW],
  },
  {
    name: "settings for later",
    before: state(),
    after: inputs({ years: 3 }),
    operations: [],
    remark: "no remote call",
    changes: true,
  },
  {
    name: "a linked successor",
    before: state({ found: [{ certKeyId: 90, linked: true }] }),
    after: inputs({ trigger: "1" }),
    operations: [],
    remark: "TAKE OVER certificate 90",
  },
  {
    name: "a likely successor, nothing wanted",
    before: state({ found: [{ certKeyId: 90, linked: false }] }),
    after: inputs(),
    operations: [],
    remark: "set adopt",
    changes: false,
  },
  {
    name: "a likely successor, a renewal wanted",
    before: state({ found: [{ certKeyId: 90, linked: false }] }),
    after: inputs({ trigger: "1" }),
    operations: [],
    refusal: "certificate 90 appeared",
  },
  {
    name: "a likely successor that is dismissed",
    before: state({ found: [{ certKeyId: 90, linked: false }] }),
    after: inputs({ trigger: "1", createAnother: [90] }),
    operations: [RENEW],
  },
  {
    name: "a successor that is adopted",
    before: state({ found: [{ certKeyId: 90, linked: false }] }),
    after: inputs({ adopt: 90 }),
    operations: [],
    remark: "TAKE OVER certificate 90",
  },
  {
    name: "two successors",
    before: state({
      found: [
        { certKeyId: 90, linked: true },
        { certKeyId: 91, linked: true },
      ],
    }),
    after: inputs({ trigger: "1" }),
    operations: [],
    refusal: "certificate 90, 91",
  },
  {
    name: "an open renewal of unknown end",
    before: state({ pendingRenewal: { certKeyId: 88, outcome: "unknown", before: [88] } }),
    after: inputs(),
    operations: [conditional(RENEW)],
  },
  {
    name: "an open renewal that was done",
    before: state({ pendingRenewal: { certKeyId: 88, outcome: "done", before: [88] } }),
    after: inputs(),
    operations: [],
    remark: "nothing is sent",
    changes: true,
  },
  {
    name: "an open renewal that is asked for again",
    before: state({ pendingRenewal: { certKeyId: 88, outcome: "done", before: [88], trigger: "1" } }),
    after: inputs({ trigger: "2" }),
    operations: [RENEW],
  },
  {
    name: "terminated outside",
    before: state({ current: kept(88, { status: "Terminated" }) }),
    after: inputs(),
    operations: [],
    refusal: "was terminated outside",
  },
  {
    name: "vanished",
    before: state({ current: kept(88, { status: "Vanished" }) }),
    after: inputs(),
    operations: [],
    refusal: "no longer listed",
  },
  {
    name: "terminated outside, with a trigger",
    before: state({ current: kept(88, { status: "Terminated" }) }),
    after: inputs({ trigger: "1" }),
    operations: [CREATE],
  },
  ...["Terminated", "Vanished"].map((status) => ({
    name: `${status}, and to be replaced`,
    before: state({ current: kept(88, { status }) }),
    after: inputs({ whenEndedOutside: "replace" }),
    operations: [CREATE],
  })),
  {
    name: "terminated outside, and perhaps to be replaced",
    before: state({ current: kept(88, { status: "Terminated" }) }),
    after: { ...inputs(), whenEndedOutside: UNKNOWN },
    operations: [conditional(CREATE)],
    remark: "refused if what whenEndedOutside turns out to be asks for it",
  },
  {
    name: "in force, whatever would be replaced",
    before: state(),
    after: inputs({ whenEndedOutside: "replace" }),
    operations: [],
    remark: 'whenEndedOutside changes from "fail" to "replace": decides what a termination outside leads to',
  },
];

describe("the plan of an ECGrid certificate", () => {
  for (const { name, before, after, now, operations = [], remark, refusal, changes, replaces } of ROWS) {
    it(name, () => {
      const got = planned(before, after, now);
      expect(
        got.operations.map((one) => (one.certainty.kind === "certain" ? label(one) : conditional(label(one)))),
      ).to.deep.equal(operations);
      if (remark !== undefined) expect(got.remarks.join("\n")).to.include(remark);
      if (refusal === undefined) expect(got.refusal).to.equal(undefined);
      else expect(got.refusal).to.include(refusal);
      expect(got.changes).to.equal(changes ?? true);
      expect(got.replaces).to.deep.equal(replaces ?? []);
    });
  }

  it("shows an overlap of 0 as destructive, and another one not", () => {
    const [ends] = planned(state(), inputs({ trigger: "1", overlapDays: 0 })).operations;
    expect(ends?.destructive).to.equal(true);
    expect(ends?.sentence).to.include("OLD CERTIFICATE ENDS AT ONCE");
    expect(planned(state(), inputs({ trigger: "1" })).operations[0]?.destructive).to.equal(false);
  });

  it("is the same for the same arguments, and deletion does not ask the clock", () => {
    const anyDay = fc.date({ min: new Date("2020-01-01"), max: new Date("2035-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(anyDay, anyDay, fc.constantFrom(...ROWS), (now, other, { before, after }) => {
        expect(planned(before, after, now)).to.deep.equal(planned(before, after, now));
        if (before !== undefined)
          expect(planned(before, undefined, now)).to.deep.equal(planned(before, undefined, other));
      }),
      { seed: 20260301 },
    );
  });

  it("never holds an operation for a change of settings alone", () => {
    const settings = fc.record(
      {
        years: fc.integer({ min: 1, max: 9 }),
        overlapDays: fc.integer({ min: 0, max: 90 }),
        onDelete: fc.constantFrom("terminate", "retain"),
        expires: fc.constantFrom("2030-01-01", "2031-01-01T00:00:00Z"),
        allowLastTermination: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(settings, (more) => {
        expect(planned(state(), inputs(more)).operations).to.deep.equal([]);
      }),
      { seed: 20260301 },
    );
  });
});
