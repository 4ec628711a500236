import { expect } from "chai";
import fc from "fast-check";
import { UNKNOWN } from "../../provider/core/unknown.js";
import {
  dropNulls,
  hasUnknown,
  HIDDEN,
  hiddenOf,
  jsonSafe,
  planned,
  storesOtherwise,
  UNKNOWN_ON_THE_WIRE,
  withoutHidden,
} from "../../provider/dynamic/wire.js";

describe("values on the wire", () => {
  for (const [name, value, unknown] of [
    ["the sentinel", UNKNOWN_ON_THE_WIRE, true],
    ["deep in a list", { a: [{ b: UNKNOWN_ON_THE_WIRE }] }, true],
    ["a text that contains it", `x${UNKNOWN_ON_THE_WIRE}`, false],
    ["a key of that name", { [UNKNOWN_ON_THE_WIRE]: 1 }, false],
    ["null", null, false],
    ["nothing", undefined, false],
    ["an empty list", [], false],
  ] as const) {
    it(`${name}: ${unknown ? "unknown" : "known"}`, () => {
      expect(hasUnknown(value)).to.equal(unknown);
    });
  }

  it("a field that holds something unknown is unknown as a whole; null is absent, at any depth", () => {
    expect(planned({ a: 1, b: [1, UNKNOWN_ON_THE_WIRE], c: null, d: { e: null } })).to.deep.equal({
      a: 1,
      b: UNKNOWN,
      d: {},
    });
  });

  it("what is stored is JSON: nothing undefined is left to lose a resource by", () => {
    expect(jsonSafe({ a: undefined, b: { c: undefined, d: 1 } })).to.deep.equal({ b: { d: 1 } });
    expect(Object.keys(jsonSafe({ a: undefined }))).to.deep.equal([]);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(JSON.stringify(jsonSafe(value))).to.equal(JSON.stringify(value));
      }),
      { seed: 20260301 },
    );
  });

  it("nulls at any depth are what the engine made of absent fields", () => {
    expect(dropNulls({ a: null, b: { c: null, d: [{ e: null, f: 0 }] }, g: "" })).to.deep.equal({
      b: { d: [{ f: 0 }] },
      g: "",
    });
  });

  it("hidden keys and the adapter's own are kept apart from what people see", () => {
    const hidden = Object.fromEntries(HIDDEN.map((key) => [key, key]));
    const all = { ...hidden, __v: 1, __id: "x", __seen: [1], commId: 5001 };
    expect(hiddenOf(all)).to.deep.equal(hidden);
    expect(withoutHidden(all)).to.deep.equal({ __seen: [1], commId: 5001 });
    expect(hiddenOf({ __urn: undefined })).to.deep.equal({});
  });

  it("another name of the provider instance is stored by an update: a deletion is known by it", () => {
    const stored = { commId: 5001, __instance: "second" };
    expect(storesOtherwise(stored, { ...stored, commId: 5002 })).to.equal(false);
    expect(storesOtherwise(stored, { ...stored, __instance: "third" })).to.equal(true);
    expect(storesOtherwise({ ...stored, __instance: null }, { commId: 5001 })).to.equal(false);
  });
});
