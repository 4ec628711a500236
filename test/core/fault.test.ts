import { expect } from "chai";
import { Fault, PartialFault, type FaultParts } from "../../provider/core/fault.js";
import { allKnown, known, UNKNOWN, unknownFields } from "../../provider/core/unknown.js";

const PARTS: FaultParts = {
  action: "renew certificate 88",
  resource: "a",
  system: "ECGrid",
  cameBack: "HTTP 500",
  known: "nothing is known.",
  next: "run again!",
  outcome: "unknown",
};

describe("a fault", () => {
  for (const [name, more, text] of [
    [
      "says what was tried, what is known and what is next",
      {},
      "Could not renew certificate 88 (a, ECGrid): HTTP 500. Known: nothing is known. Next: run again!",
    ],
    [
      "names the trace id where there is one",
      { traceId: "ab12" },
      "Could not renew certificate 88 (a, ECGrid): HTTP 500. Known: nothing is known. Next: run again! Trace id ab12.",
    ],
  ] as const) {
    it(name, () => {
      const fault = new Fault({ ...PARTS, ...more });
      expect(fault.message).to.equal(text);
      expect(fault.stack).to.equal(text);
      expect(fault.outcome).to.equal("unknown");
    });
  }

  it("can carry the state that is worth keeping", () => {
    const fault = new PartialFault(PARTS, { pending: true });
    expect(fault).to.be.instanceOf(Fault);
    expect(fault.state).to.deep.equal({ pending: true });
  });
});

describe("unknown values", () => {
  it("are told apart from missing ones", () => {
    expect(known<number>(UNKNOWN)).to.equal(undefined);
    expect(known(0)).to.equal(0);
    expect(unknownFields({ a: 1, b: UNKNOWN, c: undefined })).to.deep.equal(["b"]);
    expect(allKnown({ a: 1, c: undefined })).to.equal(true);
    expect(allKnown({ a: UNKNOWN })).to.equal(false);
  });
});
