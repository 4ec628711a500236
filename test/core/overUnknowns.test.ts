import { expect } from "chai";
import fc from "fast-check";
import { bracketed, label, operation, type Certainty, type Operation } from "../../provider/core/operation.js";
import { overUnknowns, type Deciding } from "../../provider/core/overUnknowns.js";
import { NOTHING, type Plan } from "../../provider/core/plan.js";
import { UNKNOWN, type Planned } from "../../provider/core/unknown.js";

const entry = operation<{ id: string }>({
  name: "test.end",
  effect: "terminate",
  reversible: false,
  destructive: () => true,
  billed: false,
  repeat: { afterRateLimit: true, afterFault: false, because: "a test" },
  target: ({ id }) => ({ id }),
  call: () => ({ method: "POST", path: "/end" }),
  say: ({ id }) => `END ${id}`,
});
const end = (id: string): Operation => entry.certain({ id });
const plan = (more: Partial<Plan> = {}): Plan => ({ ...NOTHING, changes: true, ...more });

interface Inputs {
  readonly a: string;
  readonly b: string;
  readonly c?: string;
}
const after = (more: Partial<Planned<Inputs>> = {}): Planned<Inputs> => ({ a: "old", b: "old", ...more });
const ASKS = "what a turns out to be asks for it";

/** The plan while `a` is not known: `new` when it turns out to be something new, `old` when it stays. */
const overA = (turned: { readonly new: Partial<Plan>; readonly old: Partial<Plan> }): Plan =>
  overUnknowns<Inputs>(after({ a: UNKNOWN }), { a: ["old"] }, ({ a }) =>
    plan(a === UNKNOWN ? turned.new : a === "old" ? turned.old : { refusal: "another a" }),
  );
const shown = ({ operations }: Plan): string[] => operations.map(bracketed);

describe("a plan over inputs that are not known yet", () => {
  it("is the plan itself when all that decides is known", () => {
    const made = plan({ operations: [end("1"), end("1")], remarks: ["r", "r"], replaces: ["b"], refusal: "no" });
    const seen: unknown[] = [];
    const over = overUnknowns<Inputs>(after({ b: UNKNOWN }), { a: ["old"], c: [undefined] }, (turned) => {
      seen.push(turned);
      return made;
    });
    expect(over).to.equal(made);
    expect(seen).to.deep.equal([after({ b: UNKNOWN })]);
  });

  it("keeps the order of the plans", () => {
    expect(shown(overA({ new: { operations: [end("1"), end("2")] }, old: { operations: [end("1")] } }))).to.deep.equal([
      "[test.end id=1]",
      `[test.end id=2; if ${ASKS}]`,
    ]);
  });

  it("makes nothing of a plan that is refused", () => {
    const over = overA({ new: { operations: [end("1"), end("2")], refusal: "no" }, old: { operations: [end("1")] } });
    expect(shown(over)).to.deep.equal([`[test.end id=1; if ${ASKS}]`]);
    expect(over.remarks).to.deep.equal([`refused if ${ASKS}: no`]);
  });

  it("is made of the plans for everything that the unknown ones may turn out to be, and for nothing else", () => {
    const seen: unknown[] = [];
    overUnknowns<Inputs>(
      after({ a: UNKNOWN, b: UNKNOWN }),
      { a: ["old", "older"], b: [], c: ["never"] },
      (turned) => (seen.push(turned), plan()),
    );
    expect(seen).to.deep.equal([
      after({ a: UNKNOWN, b: UNKNOWN }),
      after({ a: "old", b: UNKNOWN }),
      after({ a: "older", b: UNKNOWN }),
    ]);
  });

  it("holds as certain what all of them hold, and as a condition what some hold", () => {
    const over = overA({ new: { operations: [end("1"), end("2")] }, old: { operations: [end("2"), end("3")] } });
    expect(shown(over)).to.have.members([
      `[test.end id=1; if ${ASKS}]`,
      "[test.end id=2]",
      `[test.end id=3; if ${ASKS}]`,
    ]);
  });

  it("says what an operation is for in the words of something new", () => {
    const because = (text: string): Operation => ({ ...end("1"), sentence: text });
    const over = overA({ new: { operations: [because("new")] }, old: { operations: [because("old")] } });
    expect(over.operations.map(({ sentence }) => sentence)).to.deep.equal(["new"]);
  });

  const on = (text: string): Operation => entry.conditional({ id: "1" }, text);
  const from = (day: string): Operation => entry.due({ id: "1" }, day);
  for (const [name, turnedNew, turnedOld, text] of [
    ["the same condition", on("x"), on("x"), "; if x"],
    ["the same day", from("2026-03-02"), from("2026-03-02"), "; due 2026-03-02"],
    ["a condition in some", on("x"), undefined, `; if ${ASKS}, and x`],
    ["a day in some", from("2026-03-02"), undefined, `; if ${ASKS}, and 2026-03-02 has come`],
    ["certain in one and a condition in the other", end("1"), on("x"), `; if ${ASKS}, or x`],
    ["certain in one and a day in the other", from("2026-03-02"), end("1"), `; if ${ASKS}, or 2026-03-02 has come`],
    ["two conditions", on("x"), on("y"), `; if ${ASKS}, or x or y`],
    ["two days", from("2026-03-02"), from("2026-03-05"), `; if ${ASKS}, or 2026-03-02 has come or 2026-03-05 has come`],
  ] as const) {
    it(`joins ${name}`, () => {
      const operations = (one: Operation | undefined): Partial<Plan> => ({
        operations: one === undefined ? [] : [one],
      });
      expect(shown(overA({ new: operations(turnedNew), old: operations(turnedOld) }))).to.deep.equal([
        `[test.end id=1${text}]`,
      ]);
    });
  }

  it("says remarks of all as they are, and those of some as a condition", () => {
    const over = overA({ new: { remarks: ["both", "new"] }, old: { remarks: ["both"] } });
    expect(over.remarks).to.have.members(["both", `if ${ASKS}: new`]);
  });

  it("is refused when all of them are, once for each reason", () => {
    expect(overA({ new: { refusal: "x" }, old: { refusal: "x" } })).to.deep.equal(plan({ refusal: "x" }));
    expect(overA({ new: { refusal: "x" }, old: { refusal: "y" } })).to.deep.equal(plan({ refusal: "x; y" }));
  });

  it("says a refusal of some as a remark", () => {
    const over = overA({ new: { operations: [end("1")] }, old: { refusal: "x" } });
    expect(over).to.not.have.property("refusal");
    expect(over.remarks).to.deep.equal([`refused if ${ASKS}: x`]);
    expect(shown(over)).to.deep.equal([`[test.end id=1; if ${ASKS}]`]);
  });

  it("changes something when any of them does, and replaces only by what all of them replace", () => {
    expect(overA({ new: { changes: false }, old: {} }).changes).to.equal(true);
    expect(overA({ new: { changes: false }, old: { changes: false } }).changes).to.equal(false);
    expect(overA({ new: { replaces: ["a", "b"] }, old: { replaces: ["b", "c"] } }).replaces).to.deep.equal(["b"]);
  });

  it("names of several unknown inputs those on which it hangs", () => {
    const over = overUnknowns<Inputs>(
      after({ a: UNKNOWN, b: UNKNOWN, c: UNKNOWN }),
      { a: ["old"], b: ["old"], c: [undefined] },
      ({ a, b }) =>
        plan({
          operations: [
            end("always"),
            ...(a === UNKNOWN ? [end("a")] : []),
            ...(b === "old" ? [end("b")] : []),
            ...(a === UNKNOWN && b === "old" ? [end("both")] : []),
            ...(a === UNKNOWN || b === UNKNOWN ? [end("either")] : []),
          ],
        }),
    );
    expect(shown(over)).to.have.members([
      "[test.end id=always]",
      `[test.end id=a; if ${ASKS}]`,
      "[test.end id=b; if what b turns out to be asks for it]",
      "[test.end id=both; if what a and b turn out to be asks for it]",
      "[test.end id=either; if what a and b turn out to be asks for it]",
    ]);
  });

  /** What an input turns out to be: by its index among what is modelled, the rest is something new. */
  const FIELDS = ["a", "b", "c"] as const;
  const VALUES = ["old", undefined];
  type At = readonly number[];
  const certainties = fc.constantFrom<Certainty>(
    { kind: "certain" },
    { kind: "certain" },
    { kind: "conditional", on: "x" },
    { kind: "conditional", on: "y" },
    { kind: "due", from: "2026-03-02" },
  );
  const operations = fc
    .uniqueArray(fc.tuple(fc.constantFrom("1", "2", "3"), certainties), { selector: ([id]) => id })
    .map((all) => all.map(([id, certainty]): Operation => ({ ...end(id), certainty })));
  const plans = fc.record(
    {
      operations,
      remarks: fc.subarray(["r", "s"]),
      changes: fc.boolean(),
      replaces: fc.subarray(["a", "b"]),
      refusal: fc.constantFrom("x", "y"),
    },
    { requiredKeys: ["operations", "remarks", "changes", "replaces"] },
  );

  it("shows what is made, whatever turns out, and makes what is certain", () => {
    const tables = fc.array(plans, { minLength: 27, maxLength: 27 });
    const modelled = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2));
    fc.assert(
      fc.property(tables, modelled, fc.subarray(FIELDS.slice(), { minLength: 1 }), (table, counts, open) => {
        const planAt = (at: At): Plan => table[at.reduce((sum, index) => sum * 3 + index, 0)] ?? plan();
        const indexOf = (value: unknown, count: number): number => 1 + VALUES.slice(0, count).indexOf(value as string);
        const planOf = (turned: Planned<Inputs>): Plan =>
          planAt(FIELDS.map((field, index) => indexOf(turned[field], counts[index] ?? 0)));
        const deciding = Object.fromEntries(
          FIELDS.map((field, index) => [field, VALUES.slice(0, counts[index])]),
        ) as Deciding<Inputs>;
        const unknown = Object.fromEntries(open.map((field) => [field, UNKNOWN]));
        const over = overUnknowns<Inputs>({ a: "new", b: "new", c: "new", ...unknown }, deciding, planOf);

        const waysOf = (index: number): number[] =>
          open.includes(FIELDS[index] ?? "a") ? [0, 1, 2].slice(0, 1 + (counts[index] ?? 0)) : [0];
        const concrete = waysOf(0).flatMap((a) => waysOf(1).flatMap((b) => waysOf(2).map((c) => planAt([a, b, c]))));

        // Where some outcomes are refused, these make nothing; where all are, the list says what it is about.
        const madeBy = (of: Plan): Plan["operations"] =>
          over.refusal === undefined && of.refusal !== undefined ? [] : of.operations;
        const certain = (of: Plan): string[] =>
          madeBy(of)
            .filter(({ certainty }) => certainty.kind === "certain")
            .map(label);
        for (const one of concrete) {
          expect(over.operations.map(label)).to.include.members(madeBy(one).map(label));
          expect(certain(one)).to.include.members(certain(over));
          for (const remark of one.remarks) expect(over.remarks.some((text) => text.endsWith(remark))).to.equal(true);
          expect(one.replaces).to.include.members([...over.replaces]);
          if (one.refusal !== undefined)
            expect([...over.remarks, over.refusal].join("\n")).to.match(new RegExp(`\\b${one.refusal}\\b`));
        }
        const everywhere = certain(concrete[0] ?? plan()).filter((one) =>
          concrete.every((other) => certain(other).includes(one)),
        );
        expect(certain(over)).to.have.members(everywhere);
        expect(concrete.flatMap((one) => madeBy(one).map(label))).to.include.members(over.operations.map(label));
        expect(over.refusal !== undefined).to.equal(concrete.every(({ refusal }) => refusal !== undefined));
        expect(over.changes).to.equal(concrete.some(({ changes }) => changes));
        for (const text of shown(over)) expect(text).to.not.match(/what {2}turn|and and|if if/);
      }),
      { numRuns: 500, seed: 20260301 },
    );
  });
});
