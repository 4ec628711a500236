import { expect } from "chai";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import type { Certificate } from "../../provider/ecgrid/wire.js";
import { json, scripted } from "./scripted.js";
import { kept, state } from "./states.js";

const NOTHING = { operations: [], remarks: [], changes: false, replaces: [] };
const FRESH = {
  notBefore: "2026-02-20T10:00:00Z",
  beginUsage: "2026-02-20T10:00:00Z",
  notAfter: "2028-02-20T10:00:00Z",
  endUsage: "2028-02-20T10:00:00Z",
};

function refresh(before: CertificateState, lists: readonly Partial<Certificate>[]): Promise<CertificateState> {
  return certificate.read(
    before,
    scripted(
      NOTHING,
      () => lists,
      () => Promise.resolve(json(true)),
    ).context,
  );
}

describe("the refresh of an ECGrid certificate", () => {
  it("without a change leaves the state as it is", async () => {
    const before = state({ comm: { mailboxId: 101, commType: "as2" } });
    expect(await refresh(before, [kept(88)])).to.deep.equal(before);
  });

  for (const [name, lists, status] of [
    ["terminated outside", [kept(88, { status: "Terminated" })], "Terminated"],
    ["no longer listed", [kept(91)], "Vanished"],
    ["suspended", [kept(88, { status: "Suspended" })], "Suspended"],
  ] as const) {
    it(`keeps one that is ${name}, with its status`, async () => {
      expect((await refresh(state({ __seen: [88, 91] }), lists)).current).to.include({ certKeyId: 88, status });
    });
  }

  for (const [name, old, successor] of [
    ["the old one's use was cut short", { endUsage: "2026-03-22T10:00:00Z" }, {}],
    ["the new one begins before the old one's end", {}, { beginUsage: "2027-01-30T10:00:00Z" }],
  ] as const) {
    it(`sees a linked successor, and still after a second refresh: ${name}`, async () => {
      const lists = [kept(88, old), kept(90, { ...FRESH, ...successor })];
      const first = await refresh(state(), lists);
      expect(first.found).to.deep.equal([{ certKeyId: 90, linked: true }]);
      expect((await refresh(first, lists)).found).to.deep.equal(first.found);
    });
  }

  it("refuses to read the comm of another account", async () => {
    const failure = await refresh(state({ comm: { mailboxId: 7 } }), [kept(88)]).catch((error: unknown) =>
      String(error),
    );
    expect(failure).to.include("it belongs to mailbox 101, and the state was made in mailbox 7");
  });
});
