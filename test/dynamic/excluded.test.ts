import { expect } from "chai";
import { included, isExcluded, patternsOf } from "../../provider/dynamic/excluded.js";

const URN = "urn:pulumi:dev::engine::pulumi-nodejs:dynamic/ecgrid:Certificate::b";

describe("what --exclude leaves out", () => {
  it("is read from the command line in each of its spellings", () => {
    expect(
      patternsOf(["pulumi", "destroy", "--yes", "--exclude", URN, "-x", "**::c", "--exclude=d", ""]),
    ).to.deep.equal([...[URN, "**::c", "d"]]);
    for (const args of [["--exclude"], ["--exclude-protected"], ["--exclude-dependents", URN], ["--target", URN]])
      expect(patternsOf(args), args.join()).to.deep.equal([]);
  });

  it("is of a URN as the engine matches it: whole, `*` within a part, `**` over all", () => {
    for (const pattern of [URN, "**", "**::b", "urn:pulumi:*::engine::**::b", URN.replace("::b", "::*")])
      expect(isExcluded(URN, [pattern]), pattern).to.equal(true);
    for (const pattern of [`${URN}2`, "b", "*", "*::b", URN.replace("dev", "d.v"), URN.slice(0, -1)])
      expect(isExcluded(URN, [pattern]), pattern).to.equal(false);
    expect(isExcluded(URN, [])).to.equal(false);
  });

  it("is nothing where the command leaves nothing out", () => {
    expect(included([{ urn: URN }])).to.deep.equal([{ urn: URN }]);
  });
});
