import { expect } from "chai";
import fc from "fast-check";
import { label, type Operation } from "../../provider/core/operation.js";
import { moreSevere, severityOf } from "../../provider/core/policy.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import type { CertificateInputs } from "../../provider/ecgrid/generated/inputs.js";
import { plan } from "../../provider/ecgrid/generated/plan.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import { former, inputs, kept, NOW, state, URN } from "./states.js";

/**
 * A preview may have inputs that are not known yet. Whatever they turn out to be: what `up` makes was shown, and what
 * was shown as certain is made (architecture 1.1).
 */

type Field = keyof CertificateInputs;
type After = NonNullable<Parameters<typeof plan>[0]["after"]>;

const withUnknown = (after: CertificateInputs, fields: readonly Field[]): After => ({
  ...after,
  ...Object.fromEntries(fields.map((field) => [field, UNKNOWN])),
});

/** Whether a shown operation is the made one; `?` stands for any value. What destroys more than it was shown to was not shown. */
const covers = (shown: Operation, made: Operation): boolean =>
  shown.name === made.name &&
  !moreSevere(severityOf(made), severityOf(shown)) &&
  Object.entries(made.target).every(([key, value]) => [value, "?"].includes(shown.target[key] ?? ""));

interface Comparison {
  /** Made by `up` and not shown by the preview. */
  readonly unshown: string[];
  /** Shown as certain and not made. */
  readonly unmade: string[];
}

function compare(
  before: CertificateState | undefined,
  after: CertificateInputs,
  fields: readonly Field[],
  heldByOthers: ReadonlySet<string> = new Set(),
): Comparison {
  const common = { ...(before === undefined ? {} : { before }), seed: URN, heldByOthers };
  const preview = plan({ ...common, after: withUnknown(after, fields) }, NOW);
  const up = plan({ ...common, after }, NOW);
  return {
    unshown: up.operations.filter((made) => !preview.operations.some((shown) => covers(shown, made))).map(label),
    unmade: preview.operations
      .filter(({ certainty }) => certainty.kind === "certain")
      .filter((shown) => preview.refusal === undefined && !up.operations.some((made) => covers(shown, made)))
      .map(label),
  };
}

const found = (linked: boolean): CertificateState["found"] => [{ certKeyId: 90, linked }];
const due = { endUsage: "2026-03-10T00:00:00Z" };

describe("a preview with inputs that are not known yet", () => {
  it("says that it stops at one that was ended outside, unless what may stay as it is changes", () => {
    const ended = state({ current: kept(88, { status: "Terminated" }) });
    const refusal = (after: After): string | undefined => plan({ before: ended, after, seed: URN }, NOW).refusal;
    expect(refusal({ ...inputs(), overlapDays: UNKNOWN }))
      .to.include("it stops unless overlapDays, not known yet, turns out to change")
      .and.include("Change trigger");
    expect(refusal(inputs())).to.include("Change trigger").and.not.include("unless");
    expect(refusal(inputs({ overlapDays: 3 }))).to.equal(undefined);
  });

  for (const [name, before, after, fields, held] of [
    ["a new resource, all of it", undefined, inputs(), ["commId", "usage", "expires", "years"], []],
    ["a new resource that turns out to adopt", undefined, inputs({ adopt: 90 }), ["adopt"], []],
    ["a trigger", state(), inputs({ trigger: "1" }), ["trigger"], []],
    ["a trigger that stays", state({ trigger: "1" }), inputs({ trigger: "1" }), ["trigger"], []],
    ["a hash", state(), inputs({ secureHashAlgorithm: "SHA512" }), ["secureHashAlgorithm"], []],
    ["a window that turns out to be open", state({ current: kept(88, due) }), inputs(), ["renewalWindow"], []],
    ["a comm that stays", state(), inputs({ trigger: "1" }), ["commId"], []],
    ["a comm that changes", state({ previous: [former(87)] }), inputs({ commId: 5002 }), ["commId"], []],
    [
      "a comm that stays, with a find that another resource holds",
      state({ found: found(false) }),
      inputs({ trigger: "1" }),
      ["commId"],
      ["comm 5001 certificate 90"],
    ],
    [
      "an adoption that turns out to be wanted, beside a trigger",
      state({ found: found(false) }),
      inputs({ trigger: "1", adopt: 90 }),
      ["adopt"],
      [],
    ],
    ["an adoption without a find, beside a trigger", state(), inputs({ trigger: "1", adopt: 90 }), ["adopt"], []],
    [
      "a dismissal of a likely successor",
      state({ found: found(false) }),
      inputs({ trigger: "1", createAnother: [90] }),
      ["createAnother"],
      [],
    ],
    [
      "a dismissal of a linked successor",
      state({ found: found(true) }),
      inputs({ trigger: "1", createAnother: [90] }),
      ["createAnother"],
      [],
    ],
    [
      "a trigger beside an open renewal that was done",
      state({ pendingRenewal: { certKeyId: 88, outcome: "done", before: [88], trigger: "1" } }),
      inputs({ trigger: "2" }),
      ["trigger"],
      [],
    ],
    [
      "a trigger after a termination outside",
      state({ current: kept(88, { status: "Terminated" }) }),
      inputs({ trigger: "1" }),
      ["trigger"],
      [],
    ],
  ] as const) {
    it(`${name}: what is made was shown, what was certain is made`, () => {
      expect(compare(before, after, fields, new Set(held))).to.deep.equal({ unshown: [], unmade: [] });
    });
  }

  it("shows what is made, whatever turns out", () => {
    const states = fc.record({
      current: fc.constantFrom(kept(88), kept(88, due), kept(88, { status: "Terminated" })),
      found: fc.constantFrom([], found(true), found(false), [...found(true), { certKeyId: 91, linked: false }]),
      pendingRenewal: fc.constantFrom(
        undefined,
        { certKeyId: 88, outcome: "done" as const, before: [88], trigger: "1" },
        { certKeyId: 88, outcome: "unknown" as const, before: [88] },
      ),
      trigger: fc.constantFrom(undefined, "1"),
    });
    const afters = fc.record(
      {
        commId: fc.constantFrom(5001, 5002),
        trigger: fc.constantFrom("1", "2"),
        secureHashAlgorithm: fc.constantFrom("SHA256" as const, "SHA512" as const),
        renewalWindow: fc.constantFrom({ days: 30 }, { share: 0.5 }, "never" as const),
        adopt: fc.constantFrom(88, 90),
        createAnother: fc.constantFrom<number[]>([90], [90, 91]),
        overlapDays: fc.constantFrom(0, 30),
      },
      { requiredKeys: [] },
    );
    const fields = fc.subarray<Field>([
      "commId",
      "trigger",
      "secureHashAlgorithm",
      "renewalWindow",
      "adopt",
      "createAnother",
      "overlapDays",
    ]);
    const held = fc.constantFrom<string[]>([], ["comm 5001 certificate 90"]);
    fc.assert(
      fc.property(states, afters, fields, held, (before, after, unknown, others) => {
        const { unshown } = compare(
          state(before as Partial<CertificateState>),
          inputs(after),
          unknown,
          new Set(others),
        );
        expect(unshown).to.deep.equal([]);
      }),
      { numRuns: 1000, seed: 20260301 },
    );
  });
});
