import { expect } from "chai";
import fc from "fast-check";
import { parseTime } from "../../provider/core/clock.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { creationMark, expiresFor } from "../../provider/ecgrid/generated/creationMark.js";
import { certificateInputs, normalize } from "../../provider/ecgrid/generated/inputs.js";
import { plan } from "../../provider/ecgrid/generated/plan.js";
import { inputs, NOW, URN } from "./states.js";

const GOOD: Readonly<Record<string, unknown>> = { commId: 5001, overlapDays: 30 };
const problems = (raw: Readonly<Record<string, unknown>>, before?: Readonly<Record<string, unknown>>): string[] => {
  const checked = normalize({ ...GOOD, ...raw }, before);
  return checked.ok ? [] : checked.problems.map(({ property }) => property);
};

describe("the inputs of an ECGrid certificate, field by field", () => {
  const table: Readonly<Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>> = {
    commId: { good: [1, 2_147_483_647], bad: [0, -1, 1.5, 2_147_483_648, "5001", true, undefined, Number.NaN] },
    usage: { good: ["Encryption", "Signature", "EncryptionAndSignature"], bad: ["SSL", "encryption", "", 1, []] },
    secureHashAlgorithm: { good: ["SHA256", "SHA384", "SHA512"], bad: ["SHA1", "sha256", "sha2", "MD5", 256] },
    allowSha1: { good: [true, false], bad: ["true", 1] },
    beginUsage: { good: ["2026-05-07T00:00:00Z", "2026-05-07T00:00:00"], bad: ["soon", "2026-02-30T00:00:00Z", 1, ""] },
    expires: { good: ["2028-05-07", "2028-05-07T00:00:00Z"], bad: ["2028-02-30", "in 2 years", 2028] },
    partnerAs2Id: { good: ["A", "x".repeat(128)], bad: ["", "x".repeat(129), 5] },
    years: { good: [1, 10], bad: [0, -1, 1.5, 32_768, "2"] },
    overlapDays: { good: [0, 32_767], bad: [-1, 0.5, 32_768, "30", undefined] },
    renewalWindow: {
      good: [{ days: 0 }, { days: 36_500 }, { share: 0.01 }, { share: 0.99 }, "never"],
      bad: [{ days: -1 }, { days: 1.5 }, { days: 36_501 }, { share: 0 }, { share: 1 }, {}, { day: 1 }, 30, "always"],
    },
    trigger: { good: ["", "x"], bad: [1, {}] },
    whenEndedOutside: { good: ["fail", "replace"], bad: ["stop", "mint", "Replace", true] },
    onDelete: { good: ["terminate", "retain"], bad: ["revoke", "Terminate", true] },
    partnerAccepted: {
      good: ["ab".repeat(20), "AB:".repeat(19) + "AB"],
      bad: ["ab", "xy".repeat(20), "ab".repeat(32)],
    },
    allowLastTermination: { good: [true, false], bad: ["yes", 1] },
    adopt: { good: [1, 2_147_483_647], bad: [0, "88", 2_147_483_648] },
    createAnother: { good: [[], [88], [88, 89]], bad: [88, ["88"], [0], [88, -1]] },
  };

  it("are all in this table", () => {
    expect(Object.keys(table).sort()).to.deep.equal([...certificateInputs.keyof().options].sort());
  });

  for (const [field, { good, bad }] of Object.entries(table)) {
    for (const value of good) {
      it(`${field} takes ${JSON.stringify(value)}`, () => {
        expect(problems({ [field]: value })).to.deep.equal([]);
      });
    }
    for (const value of bad) {
      it(`${field} refuses ${(JSON.stringify(value) as string | undefined)?.slice(0, 50) ?? "nothing"}, and nothing else`, () => {
        expect([...new Set(problems({ [field]: value }))]).to.deep.equal([field]);
      });
    }
    it(`${field} is left alone while it is not known`, () => {
      expect(problems({ [field]: UNKNOWN })).to.deep.equal([]);
    });
  }

  for (const [name, raw, found] of [
    ["SHA1 without consent", { secureHashAlgorithm: "SHA1" }, ["secureHashAlgorithm"]],
    ["SHA1 with consent withheld", { secureHashAlgorithm: "SHA1", allowSha1: false }, ["secureHashAlgorithm"]],
    ["SHA1 with consent", { secureHashAlgorithm: "SHA1", allowSha1: true }, []],
    ["SHA1 with a consent that is not known yet", { secureHashAlgorithm: "SHA1", allowSha1: UNKNOWN }, []],
    ["an end at the begin", { beginUsage: "2027-01-01T00:00:00Z", expires: "2027-01-01T00:00:00Z" }, ["expires"]],
    [
      "an end after the begin, by its zone",
      { beginUsage: "2027-01-01T00:00:00Z", expires: "2027-01-01T00:00:00-01:00" },
      [],
    ],
    ["an end before a begin that is not known yet", { beginUsage: UNKNOWN, expires: "2020-01-01" }, []],
    ["several problems at once", { commId: 0, years: 0, yaers: 1 }, ["yaers", "commId", "years"]],
  ] as const) {
    it(name, () => {
      expect(problems(raw)).to.deep.equal(found);
    });
  }

  const before = inputs({ partnerAs2Id: "P" });
  for (const [name, raw, found] of [
    ["nothing", {}, []],
    ["another partner", { partnerAs2Id: "Q" }, ["partnerAs2Id"]],
    ["the partner removed", { partnerAs2Id: undefined }, ["partnerAs2Id"]],
    ["another usage", { usage: "Signature" }, ["usage"]],
    ["both", { usage: "Signature", partnerAs2Id: "Q" }, ["usage", "partnerAs2Id"]],
    ["both on another comm", { commId: 5002, usage: "Signature", partnerAs2Id: "Q" }, []],
    ["both on a comm that is not known yet", { commId: UNKNOWN, usage: "Signature", partnerAs2Id: "Q" }, []],
    ["a usage that is not known yet", { usage: UNKNOWN }, []],
    ["anything else", { years: 5, overlapDays: 1, trigger: "x", onDelete: "retain", expires: "2030-01-01" }, []],
  ] as const) {
    it(`what is fixed for the life of a certificate: ${name} changed`, () => {
      expect(problems({ partnerAs2Id: "P", ...raw }, before)).to.deep.equal(found);
    });
  }

  it("write the defaults out, and checking them again changes nothing", () => {
    expect(inputs()).to.deep.equal({
      commId: 5001,
      usage: "EncryptionAndSignature",
      secureHashAlgorithm: "SHA256",
      years: 2,
      overlapDays: 30,
      whenEndedOutside: "fail",
      renewalWindow: { days: 30 },
      onDelete: "terminate",
    });
    expect(inputs(inputs({ partnerAccepted: "ab".repeat(20) }))).to.deep.equal(
      inputs({ partnerAccepted: "ab".repeat(20) }),
    );
  });
});

describe("times that are sent to ECGrid", () => {
  it("the end of a first certificate is ISO 8601, UTC, whole seconds, for every lifetime that is allowed", () => {
    const years = fc.integer({ min: 1, max: 32_767 }).filter((count) => problems({ years: count }).length === 0);
    fc.assert(
      fc.property(years, fc.string(), (count, seed) => {
        const sent = expiresFor({ expires: undefined, years: count }, seed, NOW);
        expect(sent).to.match(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
        expect((parseTime(sent)?.getTime() ?? 0) % 86_400_000).to.equal(creationMark(seed) * 1000);
      }),
      { seed: 20260301 },
    );
  });

  for (const [given, sent] of [
    ["2026-05-07T00:00:00Z", "2026-05-07T00:00:00Z"],
    ["2026-05-07T00:00:00", "2026-05-07T00:00:00Z"],
  ] as const) {
    it(`the begin ${given} is sent as UTC, as its message promises`, () => {
      const body = plan({ after: inputs({ beginUsage: given }), seed: URN }, NOW).operations[0]?.call.body;
      expect(body?.beginUsage).to.equal(sent);
    });
  }

  it("the body of a create says everything that was asked for, and nothing that was not", () => {
    const body = plan({ after: inputs({ expires: "2028-05-07T00:00:00Z" }), seed: URN }, NOW).operations[0]?.call.body;
    expect(body).to.deep.equal({
      commId: 5001,
      usage: "EncryptionAndSignature",
      secureHashAlgorithm: "SHA256",
      expires: "2028-05-07T00:00:00Z",
    });
  });
});
