import { expect } from "chai";
import { operation } from "../../provider/core/operation.js";
import { planIn, type Plan } from "../../provider/core/plan.js";
import {
  allEndings,
  destroyedWith,
  differs,
  entryOf,
  labelOf,
  leaving,
  spoken,
  type Entries,
  type Held,
} from "../../provider/inventory/inventory.js";

const UNKNOWN = "unknown until the run";
const end = operation<{ id: string }>({
  name: "test.things.end",
  effect: "terminate",
  reversible: false,
  destructive: () => true,
  billed: false,
  repeat: { afterRateLimit: true, afterFault: false, because: "a test" },
  target: ({ id }) => ({ id }),
  call: ({ id }) => ({ method: "POST", path: "/end", body: { id } }),
  say: ({ id }) => `END ${id}`,
});
const plan = (...ids: string[]): Plan => ({
  operations: ids.map((id) => end.certain({ id })),
  remarks: [],
  changes: true,
  replaces: [],
});
const held = (id: string | undefined, more: Partial<Held> = {}): Held => ({
  kind: "test.Thing",
  id,
  instance: undefined,
  described: id === undefined ? undefined : { what: `thing ${id}`, until: "2028-01-01", plan: plan(id) },
  retained: false,
  deletedWith: undefined,
  ...more,
});
const entries = (map: Record<string, Held>): Entries =>
  Object.fromEntries(Object.entries(map).map(([urn, one]) => [urn, entryOf(one, UNKNOWN)]));
const lines = (got: ReturnType<typeof leaving>): Record<string, string[]> =>
  Object.fromEntries(got.map(({ urn, ends }) => [urn, ends.map(spoken)]));

describe("what leaves the stack", () => {
  const LINE = "END 1 [test.things.end id=1]";
  for (const [name, stored, before, wanted, expected] of [
    ["nothing", { a: held("1") }, { a: held("1") }, { a: held("1") }, {}],
    ["a removal", { a: held("1") }, { a: held("1") }, {}, { a: [LINE] }],
    ["a rename by alias", { a: held("1") }, { a: held("1") }, { b: held("1") }, {}],
    ["a replacement, on its row", { a: held("1") }, { a: held("1") }, { a: held(undefined) }, { a: [LINE] }],
    ["made by a run that failed before the inventory learnt of it", {}, { a: held("1") }, {}, { a: [LINE] }],
    [
      "gone since: nothing certain",
      { a: held("1") },
      {},
      {},
      { a: ["END 1 [test.things.end id=1; if the replaced original still waits in the state]"] },
    ],
    ["without a last state, the stored list decides", { a: held("1") }, undefined, {}, { a: [LINE] }],
    [
      "retained by the program",
      { a: held("1") },
      { a: held("1", { retained: true }) },
      {},
      { a: ["KEEP thing 1: retainOnDelete is set, no remote call"] },
    ],
    [
      "deleted with another",
      { a: held("1") },
      { a: held("1", { deletedWith: "b" }) },
      {},
      { a: ["END 1 [test.things.end id=1; if the resource of its option deletedWith stays]"] },
    ],
    [
      "a removal beside what stays",
      { a: held("1"), b: held("2") },
      { a: held("1"), b: held("2") },
      { b: held("2") },
      { a: [LINE] },
    ],
    ["never made", {}, {}, { a: held(undefined) }, {}],
    ["renamed and replaced: on the old row", { a: held("1") }, { a: held("1") }, { b: held(undefined) }, { a: [LINE] }],
    [
      "renamed and updated, so that its end is not known yet",
      { a: held("1") },
      { a: held("1") },
      { b: held("1", { described: undefined }) },
      {},
    ],
    [
      "two that exchanged their names",
      { a: held("1"), b: held("2") },
      { a: held("1"), b: held("2") },
      { a: held("2"), b: held("1") },
      {},
    ],
    ["a refresh dropped it, and the program still has it", { a: held("1") }, {}, { a: held("1") }, {}],
    [
      "the stored list lags, the last state decides what its end is",
      { a: held("1", { described: { what: "thing 1", plan: plan("0") } }) },
      { a: held("1") },
      {},
      { a: [LINE] },
    ],
    ["a stored id that was not known is no leftover", { a: held(undefined) }, {}, {}, {}],
    ["without a last state, a rename is still none", { a: held("1") }, undefined, { b: held("1") }, {}],
    [
      "several calls, in their order",
      {},
      { a: held("1", { described: { what: "thing 1", plan: plan("0", "1") } }) },
      {},
      { a: ["END 0 [test.things.end id=0]", LINE] },
    ],
    [
      "what its plan keeps, in its words",
      {},
      { a: held("1", { described: { what: "thing 1", plan: { ...plan(), remarks: ["KEEP 1"] } } }) },
      {},
      { a: ["KEEP 1"] },
    ],
    [
      "retained and left over: nothing about a call",
      { a: held("1", { retained: true }) },
      {},
      {},
      { a: ["KEEP thing 1: retainOnDelete is set, no remote call"] },
    ],
    [
      "a conditional end that is left over: one condition, the truer one",
      { a: held("1", { deletedWith: "b" }) },
      {},
      {},
      { a: ["END 1 [test.things.end id=1; if the replaced original still waits in the state]"] },
    ],
    [
      "without any call",
      {},
      { a: held("1", { described: { what: "thing 1", plan: plan() } }) },
      {},
      { a: ["thing 1 leaves the stack: no remote call"] },
    ],
  ] as const) {
    it(name, () => {
      const got = leaving(
        entries(stored),
        before === undefined ? undefined : entries(before),
        entries(wanted),
        UNKNOWN,
      );
      expect(lines(got)).to.deep.equal(expected);
    });
  }

  it("does not say of something that cannot be described that its end makes no call", () => {
    const undescribed = entries({ a: held("1", { described: undefined }) });
    const said = lines(leaving({}, undescribed, {}, UNKNOWN)).a?.join() ?? "";
    expect(said).to.not.equal("").and.not.include("no remote call").and.not.include(UNKNOWN);
  });

  it("takes the label out of a conditional line", () => {
    const [conditional] = entryOf(held("1", { deletedWith: "b" }), UNKNOWN).ending;
    expect(conditional === undefined ? "" : labelOf(conditional)).to.equal("test.things.end id=1");
    expect(labelOf({ says: "KEEP 1" })).to.equal(undefined);
  });

  it("says `not known` of what this run has yet to bring", () => {
    expect(entryOf(held(undefined), UNKNOWN)).to.deep.equal({
      kind: "test.Thing",
      id: UNKNOWN,
      what: UNKNOWN,
      ending: [],
    });
    expect(entryOf(held("1", { described: undefined }), UNKNOWN)).to.include({ id: "1", what: UNKNOWN });
  });

  for (const [name, change, changed] of [
    ["another end", { until: "2029-01-01" }, true],
    ["no end any more", { until: undefined }, true],
    ["other words", { what: "thing one" }, true],
    ["another ending", { ending: [] }, true],
    ["another kind name", { kind: "test.Other" }, false],
  ] as const) {
    it(`${name} ${changed ? "is" : "is not"} a difference`, () => {
      const entry = entryOf(held("1"), UNKNOWN);
      const { until, ...rest } = { ...entry, ...change };
      expect(differs({ a: entry }, { a: until === undefined ? rest : { ...rest, until } })).to.equal(changed);
    });
  }

  it("tells objects apart that have the same id: of another kind, and of another account", () => {
    const twice = entries({ a: held("1"), b: held("1") });
    expect(leaving({}, twice, entries({ a: held("1") }), UNKNOWN).map(({ urn }) => urn)).to.deep.equal(["b"]);
    expect(leaving({}, twice, entries({ b: held("1") }), UNKNOWN).map(({ urn }) => urn)).to.deep.equal(["a"]);
    expect(
      leaving({}, twice, entries({ c: held("1") }), UNKNOWN).map(({ urn }) => urn),
      "one was renamed",
    ).to.deep.equal(["b"]);
    expect(leaving({}, twice, entries({ c: held("1"), d: held("1") }), UNKNOWN)).to.deep.equal([]);
    const other = entries({ a: held("1", { kind: "test.Other" }) });
    expect(leaving({}, entries({ a: held("1") }), other, UNKNOWN).map(({ urn }) => urn)).to.deep.equal(["a"]);
  });

  /** The same object by its id, of an explicit provider instance. */
  const of = (instance: string): Held =>
    held("1", { instance, described: { what: "thing 1", plan: planIn(plan("1"), instance) } });

  it("an object of another provider instance is another one, whatever its id: removed, renamed or exchanged", () => {
    const both = entries({ a: held("1"), b: of("second"), c: of("third") });
    const ends = (wanted: Record<string, Held>, before = both): string[] =>
      leaving(before, before, entries(wanted), UNKNOWN).map(({ urn }) => urn);
    expect(ends({ b: of("second"), c: of("third") })).to.deep.equal(["a"]);
    expect(ends({ a: held("1"), c: of("third") })).to.deep.equal(["b"]);
    expect(ends({ d: of("second"), c: of("third") }), "one was renamed").to.deep.equal(["a"]);
    expect(ends({ a: of("second"), b: held("1"), c: of("third") }), "exchanged").to.deep.equal([]);
    expect(ends({ a: of("second") }, entries({ a: held("1") })), "another account's under its name").to.deep.equal([
      "a",
    ]);
  });

  it("what ends of two provider instances are two objects, each in its own words", () => {
    const all = leaving({}, entries({ a: held("1"), b: of("second") }), {}, UNKNOWN);
    expect(new Set(all.map(({ identity }) => identity)).size).to.equal(2);
    expect(lines(all)).to.deep.equal({ a: [LINE], b: ["END 1 [test.things.end id=1 instance=second]"] });
    expect(new Set(all.flatMap(destroyedWith))).to.deep.equal(new Set(["test id=1", "test id=1 instance=second"]));
    const named = (ends: readonly string[]): Plan => {
      const [one] = plan("1").operations;
      return { ...plan(), operations: one === undefined ? [] : [{ ...one, ends }] };
    };
    const inWords = entries({
      a: held("1", { described: { what: "thing 1", plan: named(["test key=1"]) } }),
      b: held("1", { described: { what: "thing 1", plan: planIn(named(["test key=1"]), "second") } }),
    });
    expect(leaving({}, inWords, {}, UNKNOWN).flatMap(destroyedWith)).to.deep.equal([
      "test key=1",
      "test key=1 instance=second",
    ]);
  });

  it("a stored entry that does not tell its provider instance is read: at most a condition is said of it, once", () => {
    const { instance, ...earlier } = entryOf(of("second"), UNKNOWN);
    expect(instance).to.equal("second");
    const now = entries({ a: of("second") });
    expect(lines(leaving({ a: earlier }, now, now, UNKNOWN))).to.deep.equal({
      a: ["END 1 [test.things.end id=1 instance=second; if the replaced original still waits in the state]"],
    });
    expect(leaving({ a: earlier }, now, now, UNKNOWN).flatMap(destroyedWith)).to.deep.equal([]);
    expect(differs({ a: earlier }, now), "the next up stores it").to.equal(true);
    expect(differs(entries({ a: held("1") }), entries({ a: held("1") })), "of the default one").to.equal(false);
  });

  it("keeps label and sentence apart, so that a cut text does not lose the label", () => {
    const entry = entryOf(held("1"), UNKNOWN);
    const [{ digest = "" } = {}] = entry.ending;
    expect(digest).to.match(/^[0-9a-f]{16}$/);
    expect(entry).to.deep.equal({
      kind: "test.Thing",
      id: "1",
      what: "thing 1",
      until: "2028-01-01",
      ending: [{ call: "[test.things.end id=1]", says: "END 1", severity: "irreversible", digest }],
    });
    expect(entry.ending.map(labelOf)).to.deep.equal(["test.things.end id=1"]);
    expect(allEndings({ a: entry })).to.deep.equal([{ urn: "a", identity: "test.Thing 1", ends: entry.ending }]);
  });

  it("differs by what means something, and not by the order of its keys", () => {
    const one = entries({ a: held("1") });
    expect(differs(one, entries({ a: held("1") }))).to.equal(false);
    expect(
      differs(one, {
        a: { ending: one.a?.ending ?? [], what: "thing 1", id: "1", until: "2028-01-01", kind: "other" },
      }),
    ).to.equal(false);
    expect(differs(one, entries({ a: held("2") }))).to.equal(true);
    expect(differs(one, {})).to.equal(true);
  });
});
