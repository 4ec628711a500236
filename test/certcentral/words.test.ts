import { expect } from "chai";
import { KINDS } from "../../provider/dynamic/kinds.js";
import { UNKNOWN_ON_THE_WIRE } from "../../provider/dynamic/wire.js";
import { HeldBefore } from "../../sdk/stateBefore.js";
import { kept, state } from "./states.js";

const kind = KINDS.CertcentralOrder;

describe("the words by which orders can be taken for each other", () => {
  const before = new HeldBefore();
  for (const [id, commonName, dnsNames] of [
    [1, "a.example.com", []],
    [2, "b.example.com", ["A.example.com"]],
    [3, "c.example.com", []],
  ] as const)
    before.set(`urn ${id}`, {
      kind,
      outputs: {},
      state: state({
        ...{ commonName, dnsNames: [...dnsNames] },
        order: { id, status: "issued", isRenewed: false, hasDuplicates: false },
        current: kept(id, { orderId: id, commonName, dnsNames: [...dnsNames] }),
      }),
    });
  const told = (inputs: Record<string, unknown>, own?: string): string[] =>
    before
      .holdings(
        "certcentral",
        undefined,
        kind.wordsAsked(inputs, own === undefined ? undefined : before.get(own)?.state),
      )
      .filter(({ urn }) => urn !== own)
      .map(({ holding }) => holding)
      .sort();

  it("a resource is told of those that share a name with it, whatever its case", () => {
    expect(told({ commonName: "a.example.com" }, "urn 1")).to.deep.equal(["certcentral order 2"]);
    expect(told({ commonName: "C.EXAMPLE.COM", dnsNames: ["x.example.com"] })).to.deep.equal(["certcentral order 3"]);
    expect(told({ commonName: "new.example.com" })).to.deep.equal([]);
  });

  it("and of the order that it adopts, whatever its names", () => {
    expect(told({ commonName: "new.example.com", adopt: 3 })).to.deep.equal(["certcentral order 3"]);
  });

  it("and of all while its names are not known", () => {
    expect(told({ commonName: UNKNOWN_ON_THE_WIRE })).to.have.length(3);
    expect(told({ commonName: "a.example.com", dnsNames: [UNKNOWN_ON_THE_WIRE] })).to.have.length(3);
  });

  it("and never of those of another provider instance", () => {
    expect(before.holdings("certcentral", "other", ["a.example.com"])).to.deep.equal([]);
  });
});
