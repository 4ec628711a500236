import { expect } from "chai";
import fc from "fast-check";
import { couldBeOurs, creationMark, expiresFor } from "../../provider/ecgrid/generated/creationMark.js";
import { normalize } from "../../provider/ecgrid/generated/inputs.js";
import { inUse, uncovered } from "../../provider/ecgrid/roles.js";
import { successors } from "../../provider/ecgrid/generated/successors.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import { inputs, kept, NOW, state, URN } from "./states.js";

const time = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 19);

describe("the creation mark", () => {
  it("is a time of day that the URN decides; an exact time is sent as given", () => {
    const mark = time(creationMark(URN));
    expect(expiresFor(inputs(), URN, NOW)).to.equal(`2028-03-01T${mark}Z`);
    expect(expiresFor(inputs({ expires: "2027-05-07" }), URN, NOW)).to.equal(`2027-05-07T${mark}Z`);
    expect(expiresFor(inputs({ expires: "2027-05-07T01:02:03Z" }), URN, NOW)).to.equal("2027-05-07T01:02:03Z");
    expect(creationMark(`${URN}2`)).to.not.equal(creationMark(URN));
  });

  const made = "2026-03-01T10:00:00Z";
  for (const [name, certificate, ours] of [
    ["carries the mark", { notAfter: `2028-03-01T${time(creationMark(URN))}Z` }, true],
    ["carries the mark, asked for on another day", { notAfter: `2028-02-11T${time(creationMark(URN))}Z` }, true],
    ["carries another mark", { notAfter: "2028-03-01T03:04:05Z" }, false],
    ["was cut to the day", { notBefore: made, notAfter: "2028-03-01T00:00:00Z" }, true],
    ["was given the time of issue", { notBefore: made, notAfter: "2028-03-01T10:00:00Z" }, true],
    ["was cut to the last second", { notBefore: made, notAfter: "2028-03-01T23:59:59Z" }, true],
    [
      "was given the time of issue around midnight",
      { notBefore: "2026-02-28T23:59:45Z", notAfter: "2028-02-29T00:00:15Z" },
      true,
    ],
    ["was given an hour after the time of issue", { notBefore: made, notAfter: "2028-03-01T11:00:00Z" }, false],
    ["was cut to the day, 30 days ago", { notBefore: "2026-01-30T10:00:00Z", notAfter: "2028-01-30T00:00:00Z" }, true],
    ["was cut to the day, 31 days ago", { notBefore: "2026-01-29T10:00:00Z", notAfter: "2028-01-29T00:00:00Z" }, false],
    ["was cut to the day, for another lifetime", { notBefore: made, notAfter: "2027-03-01T00:00:00Z" }, false],
    ["was cut to the day, long ago", { notBefore: "2025-06-01T10:00:00Z", notAfter: "2027-06-01T00:00:00Z" }, false],
  ] as const) {
    it(`a certificate that ${name} ${ours ? "could be" : "is not"} ours`, () => {
      expect(couldBeOurs(kept(90, certificate), inputs(), URN, NOW)).to.equal(ours);
    });
  }
});

describe("the creation mark of an exact end", () => {
  const exact = inputs({ expires: "2027-05-07T01:02:03Z" });
  for (const [name, notAfter, ours] of [
    ["that very moment", "2027-05-07T01:02:03Z", true],
    ["that day, cut", "2027-05-07T00:00:00Z", true],
    ["another time of that day", "2027-05-07T05:00:00Z", false],
    ["the mark, which was not sent", `2027-05-07T${time(creationMark(URN))}Z`, false],
  ] as const) {
    it(`${name} ${ours ? "could be" : "is not"} ours`, () => {
      expect(couldBeOurs(kept(90, { notBefore: "2026-02-28T10:00:00Z", notAfter }), exact, URN, NOW)).to.equal(ours);
    });
  }

  it("what was asked for is always recognized, on whatever day it is looked for", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), fc.nat(400), (seed, years, later) => {
        const asked = { ...inputs(), years };
        const made = kept(90, {
          notBefore: "2026-03-01T10:00:00Z",
          notAfter: expiresFor(asked, seed, NOW),
        });
        const then = new Date(NOW.getTime() + later * 86_400_000);
        expect(couldBeOurs(made, asked, seed, then)).to.equal(true);
      }),
      { seed: 20260301 },
    );
  });
});

describe("successors of a certificate", () => {
  const fresh = {
    notBefore: "2026-02-20T10:00:00Z",
    beginUsage: "2026-02-20T10:00:00Z",
    notAfter: "2028-02-20T10:00:00Z",
    endUsage: "2028-02-20T10:00:00Z",
    thumbprint: "AA",
  };
  type Kept = Partial<CertificateState["current"]>;
  type Row = readonly [string, Kept | "gone", Kept, string[], CertificateState["found"], Partial<CertificateState>?];
  for (const [name, old, candidate, held, expected, more] of [
    ["the old one was cut short", { endUsage: "2026-03-22T10:00:00Z" }, {}, [], [{ certKeyId: 90, linked: true }]],
    [
      "the new one begins days before the old one's end",
      {},
      { beginUsage: "2027-01-30T10:00:00Z" },
      [],
      [{ certKeyId: 90, linked: true }],
    ],
    ["nothing links them", {}, {}, [], [{ certKeyId: 90, linked: false }]],
    ["another resource holds it", {}, {}, ["comm 5001 certificate 90"], []],
    ["it is dismissed", {}, {}, [], [], { createAnother: [90] }],
    ["it is a previous one", {}, {}, [], [], { previous: [kept(90)] }],
    ["the old one is gone: a likeness", "gone", {}, [], [{ certKeyId: 90, linked: false }]],
    [
      "cut short, and the new one begins after that: a likeness",
      { endUsage: "2026-02-01T10:00:00Z" },
      {},
      [],
      [{ certKeyId: 90, linked: false }],
    ],
    [
      "it begins at another time of day: a likeness",
      {},
      { beginUsage: "2027-01-30T11:00:00Z" },
      [],
      [{ certKeyId: 90, linked: false }],
    ],
    ["it is the same key", {}, { thumbprint: "88".padStart(40, "0") }, [], []],
    ["it has expired", {}, { notAfter: "2026-02-28T10:00:00Z" }, [], []],
    ["it has another role", {}, { usage: "Signature" }, [], []],
    ["it is a partner's", {}, { hasPrivateKey: false }, [], []],
    ["it was terminated", {}, { status: "Terminated" }, [], []],
    ["it is older", {}, { notBefore: "2024-01-01T00:00:00Z" }, [], []],
  ] as readonly Row[]) {
    it(name, () => {
      const listed = [...(old === "gone" ? [] : [kept(88, old)]), kept(90, { ...fresh, ...candidate })];
      expect(successors(state(more), listed, new Set(held), NOW)).to.deep.equal(expected);
    });
  }

  it("what was there at the last change is none", () => {
    expect(successors(state({ __seen: [88, 90] }), [kept(88), kept(90, fresh)], new Set(), NOW)).to.deep.equal([]);
  });
});

describe("roles", () => {
  for (const [ending, others, bare] of [
    ["EncryptionAndSignature", [], ["Encryption", "Signature"]],
    ["EncryptionAndSignature", ["Encryption"], ["Signature"]],
    ["EncryptionAndSignature", ["Encryption", "Signature"], []],
    ["Encryption", ["EncryptionAndSignature"], []],
    ["Encryption", ["Signature"], ["Encryption"]],
    ["SSL", ["EncryptionAndSignature"], ["SSL"]],
  ] as const) {
    it(`${ending} beside ${others.join(", ") || "nothing"}`, () => {
      expect(
        uncovered(
          kept(1, { usage: ending }),
          others.map((usage, at) => kept(at + 2, { usage })),
        ),
      ).to.deep.equal(bare);
    });
  }

  it("a partner's certificate does not stand in for an own one", () => {
    expect(uncovered(kept(1), [kept(2, { hasPrivateKey: false })])).to.have.length(2);
  });

  it("in use is active and begun", () => {
    expect(inUse(kept(1), NOW)).to.equal(true);
    expect(inUse(kept(1, { beginUsage: "2026-06-01T00:00:00Z" }), NOW)).to.equal(false);
    expect(inUse(kept(1, { endUsage: "2026-01-01T00:00:00Z" }), NOW)).to.equal(false);
    expect(inUse(kept(1, { status: "Suspended" }), NOW)).to.equal(false);
  });
});

describe("inputs of an ECGrid certificate", () => {
  for (const [raw, reason] of [
    [{ commId: 0 }, "commId is 0: allowed is a whole number from 1 to 2147483647"],
    [{ commId: "5001" }, 'commId is "5001": allowed is a whole number'],
    [{ commId: 2 ** 31 }, "allowed is a whole number from 1"],
    [{ overlapDays: undefined }, "overlapDays is missing: allowed is a whole number of days from 0 to 32767"],
    [{ overlapDays: -1 }, "overlapDays is -1"],
    [{ years: 0 }, "years is 0: allowed is a whole number of years from 1 to 7000"],
    [{ usage: "SSL" }, 'usage is "SSL": allowed is Encryption, Signature, EncryptionAndSignature'],
    [{ secureHashAlgorithm: "MD5" }, "allowed is SHA1, SHA256, SHA384, SHA512"],
    [{ secureHashAlgorithm: "SHA1" }, "allowSha1: true"],
    [{ beginUsage: "soon" }, 'beginUsage is "soon": allowed is an ISO 8601 date-time'],
    [{ expires: "2028-02-30" }, "expires is"],
    [{ beginUsage: "2028-01-01T00:00:00Z", expires: "2027-01-01" }, "allowed is a time after beginUsage"],
    [{ partnerAs2Id: "" }, "allowed is a text of 1 to 128 characters"],
    [{ renewalWindow: { days: 30, share: 0.5 } }, "allowed is { days: whole days before the expiry }"],
    [{ renewalWindow: { share: 1 } }, "allowed is { days: whole days before the expiry }"],
    [{ onDelete: "revoke" }, 'onDelete is "revoke": allowed is terminate, retain'],
    [{ partnerAccepted: "abc" }, "40 hex digits"],
    [{ createAnother: 7 }, "allowed is a list of certKeyIds"],
    [{ trigger: 7 }, "allowed is a text"],
  ] as const) {
    it(`refuses ${JSON.stringify(raw)}`, () => {
      const good: Record<string, unknown> = { commId: 5001, overlapDays: 30 };
      const checked = normalize({ ...good, ...raw });
      expect(checked.ok ? "" : checked.problems.map((problem) => problem.reason).join("\n")).to.include(reason);
    });
  }

  it("takes a thumbprint as people copy it", () => {
    expect(inputs({ partnerAccepted: "ab:".repeat(19) + "ab" }).partnerAccepted).to.equal("AB".repeat(20));
  });

  it("refuses a changed role on the same comm, and allows it with another comm", () => {
    const before = inputs();
    expect(normalize({ ...before, usage: "Signature" }, before).ok).to.equal(false);
    expect(normalize({ ...before, usage: "Signature", commId: 5002 }, before).ok).to.equal(true);
  });
});
