import { expect } from "chai";
import { KINDS } from "../../provider/dynamic/kinds.js";
import { REHEARSALS, rehearseDeletion } from "../../provider/dynamic/rehearsal.js";

describe("deletions that can be rehearsed", () => {
  it("are those of every kind but Retirement, whose end makes no call", () => {
    const kinds = Object.values(KINDS).filter(({ kind }) => kind !== "clm.Retirement");
    expect([...REHEARSALS.keys()].sort()).to.deep.equal(kinds.map(({ type }) => type).sort());
  });

  it("another type is an error, and not a deletion that nothing stops", async () => {
    const failure = await rehearseDeletion({ type: "test:Thing", urn: "u", outputs: {} }, () => undefined).then(
      () => "it was taken for one",
      String,
    );
    expect(failure).to.include("cannot be rehearsed");
  });
});
