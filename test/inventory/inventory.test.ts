import { expect } from "chai";
import { operation } from "../../provider/core/operation.js";
import type { Plan } from "../../provider/core/plan.js";
import {
  allEndings,
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

  it("keeps label and sentence apart, so that a cut text does not lose the label", () => {
    const entry = entryOf(held("1"), UNKNOWN);
    expect(entry).to.deep.equal({
      kind: "test.Thing",
      id: "1",
      what: "thing 1",
      until: "2028-01-01",
      ending: [{ call: "[test.things.end id=1]", says: "END 1" }],
    });
    expect(entry.ending.map(labelOf)).to.deep.equal(["test.things.end id=1"]);
    expect(allEndings({ a: entry })).to.deep.equal([{ urn: "a", id: "1", ends: entry.ending }]);
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
