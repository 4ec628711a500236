import { expect } from "chai";
import fc from "fast-check";
import { identityOf, ofInstance, withinInstance } from "../../provider/core/instances.js";

describe("names of remote objects", () => {
  const instance = fc.option(
    fc.string({ minLength: 1 }).filter((text) => !text.includes("\0")),
    { nil: undefined },
  );

  it("are told apart by their provider instance, and found within it alone", () => {
    fc.assert(
      fc.property(fc.string(), instance, instance, (name, own, other) => {
        const known = ofInstance(name, own);
        expect(withinInstance(known, own)).to.deep.equal(own === undefined && name.includes("\0") ? [] : [name]);
        if (own !== other) expect(withinInstance(known, other)).to.not.include(name);
      }),
      { examples: [["gw", undefined, "second"]] },
    );
  });

  it("an identity is of a kind, an id and a provider instance", () => {
    const one = { kind: "apinizer.Certificate", id: "partners/gw" };
    const all = [
      one,
      { ...one, kind: "apinizer.Jwk" },
      { ...one, id: "partners/gw2" },
      { ...one, instance: "staging" },
      { ...one, instance: "production" },
    ].map(identityOf);
    expect(new Set(all).size).to.equal(all.length);
    expect(identityOf({ ...one, instance: undefined })).to.equal(identityOf({ ...one, instance: null }));
  });
});
