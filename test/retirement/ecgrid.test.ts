import { expect } from "chai";
import { bracketed } from "../../provider/core/operation.js";
import type { Plan } from "../../provider/core/plan.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import { retirement } from "../../provider/retirement/lifecycle.js";
import { former, kept, NOW, state } from "../ecgrid/states.js";
import { subject } from "./things.js";

const retiring = retirement([certificate]);
const of = (held: CertificateState): Record<string, unknown> => ({
  of: subject(held, certificate.type),
  __before: held,
  __type: certificate.type,
});

/** The plan of a new retirement, from inputs as a program gives them. */
function planned(raw: Readonly<Record<string, unknown>>): Plan {
  const checked = retiring.normalize(raw);
  if (!checked.ok) throw new Error(checked.problems.map(({ reason }) => reason).join("; "));
  return retiring.plan({ after: checked.inputs, seed: "" }, NOW);
}

const END = (id: number, more = ""): string => `[ecgrid.certificates.terminate commId=5001 certKeyId=${id}${more}]`;
const ONE = [former(87)];
const shown = (plan: Plan): string[] => plan.operations.map(bracketed);

describe("the retirement of an ECGrid certificate", () => {
  it("ends the previous ones, oldest first, as what they are", () => {
    const plan = planned(of(state({ previous: [former(87), former(86)] })));
    expect(shown(plan)).to.deep.equal([END(86), END(87)]);
    expect(plan.operations[0]?.sentence).to.include(
      "TERMINATE previous certificate 86 (serial 086, valid until 2027-03-01)",
    );
    expect(plan.operations[0]?.destructive).to.equal(true);
  });

  it("leaves out what has ended", () => {
    const previous = [former(87, { status: "Terminated" }), former(86), former(85, { status: "Vanished" })];
    expect(shown(planned(of(state({ previous }))))).to.deep.equal([END(86)]);
  });

  it("counts the delay from the day of each replacement", () => {
    const previous = [former(87, { replacedOn: "2026-02-20" }), former(86, { replacedOn: "2026-02-19" })];
    expect(shown(planned({ ...of(state({ previous })), delayDays: 10 }))).to.deep.equal([
      END(86),
      END(87, "; due 2026-03-02"),
    ]);
  });

  for (const [name, more, why] of [
    ["was terminated outside", { status: "Terminated" }, "it is Terminated"],
    ["is no longer listed", { status: "Vanished" }, "it is Vanished"],
    ["has another status", { status: "Pending" }, "its status is Pending"],
    ["has expired", { notAfter: "2026-03-01T10:00:00Z" }, "it expired on 2026-03-01"],
    ["is at the end of its use", { endUsage: "2026-02-28T00:00:00Z" }, "it expired on 2026-02-28"],
    ["is not valid yet", { notBefore: "2026-03-05T00:00:00Z" }, "its use begins on 2026-03-05"],
    ["is for later", { beginUsage: "2026-03-01T10:00:01Z" }, "its use begins on 2026-03-01"],
  ] as const) {
    it(`waits while the one in charge ${name}`, () => {
      const plan = planned(of(state({ current: kept(88, more), previous: ONE })));
      expect(plan.operations).to.deep.equal([]);
      expect(plan.remarks).to.deep.equal([
        `WAIT: certificate 87 of comm 5001 is not ended, because certificate 88 of comm 5001, which took its place, is not in use: ${why}`,
      ]);
    });
  }

  for (const [name, more] of [
    ["begins now", { beginUsage: "2026-03-01T10:00:00Z" }],
    ["ends in a second", { endUsage: "2026-03-01T10:00:01Z" }],
  ] as const) {
    it(`does not wait while the one in charge ${name}`, () => {
      expect(shown(planned(of(state({ current: kept(88, more), previous: ONE }))))).to.deep.equal([END(87)]);
    });
  }

  it("takes the accepted thumbprint as people write it", () => {
    const current = kept(88, { thumbprint: "AB".repeat(20) });
    const accepted = (text: string): string[] =>
      shown(planned({ ...of(state({ current, previous: ONE })), accepted: text }));
    expect(accepted("ab:".repeat(19) + "ab")).to.deep.equal([END(87)]);
    expect(accepted("AB ".repeat(20))).to.deep.equal([END(87)]);
    expect(accepted("AC".repeat(20))).to.deep.equal([]);
  });

  it("names, while the certificate is being renewed, all that may end", () => {
    const plan = planned({ ...of(state({ previous: ONE })), of: UNKNOWN });
    expect(shown(plan)).to.deep.equal([
      END(87, "; if its successor is in use after this run's changes"),
      END(88, "; if this run replaces it, and its successor is in use and accepted"),
    ]);
  });

  it("removed, leaves the previous ones until they run out", () => {
    const before = { of: subject(state({ previous: ONE }), certificate.type), delayDays: 0, ended: [] };
    expect(retiring.plan({ before, seed: "" }, NOW)).to.deep.include({
      operations: [],
      remarks: ["LEAVE certificate 87 of comm 5001: without its retirement it runs out on 2027-03-01, no remote call"],
    });
  });
});
