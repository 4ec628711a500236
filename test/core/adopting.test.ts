import { expect } from "chai";
import { isAdopted, retainedByDefault } from "../../provider/core/adopting.js";
import { UNKNOWN } from "../../provider/core/unknown.js";

describe("what follows from adopt", () => {
  for (const [what, inputs, before, marked, expected] of [
    ["neither given nor marked", {}, undefined, false, false],
    ["given when it is made", { adopt: 1 }, undefined, false, true],
    ["given when it is made, not known yet", { adopt: UNKNOWN }, undefined, false, true],
    ["false is none", { adopt: false }, undefined, false, false],
    [
      "a state without the mark, adopt still in the program",
      { adopt: 1 },
      { adopt: 1, onDelete: "retain" },
      false,
      true,
    ],
    ["a state without the mark, adopt taken out", {}, { adopt: 1, onDelete: "retain" }, false, true],
    ["marked, adopt taken out", {}, {}, true, true],
    ["given later", { adopt: 1 }, { onDelete: "terminate" }, false, true],
    ["never", {}, { onDelete: "terminate" }, false, false],
  ] as const)
    it(`${what}: ${expected ? "adopted" : "not adopted"}`, () => {
      expect(isAdopted(inputs, before, marked)).to.equal(expected);
    });

  it("is the default of onDelete alone", () => {
    expect(retainedByDefault({ adopt: 1 }, true)).to.deep.equal({ adopt: 1, onDelete: "retain" });
    expect(retainedByDefault({ onDelete: "terminate" }, true)).to.deep.equal({ onDelete: "terminate" });
    expect(retainedByDefault({}, false)).to.deep.equal({});
  });
});
