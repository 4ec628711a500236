import { expect } from "chai";
import fc from "fast-check";
import type { JwkInputs } from "../../provider/apinizer/jwk/inputs.js";
import { jwk } from "../../provider/apinizer/jwk/lifecycle.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { label, type Operation } from "../../provider/core/operation.js";
import type { Plan } from "../../provider/core/plan.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { shown } from "./steps.js";

const NOW = new Date("2026-03-01T10:00:00Z");
const inputs = (more: object = {}): JwkInputs => {
  const checked = jwk.normalize({
    ...{ project: "partners", name: "signer", certificateName: "gw", certificateThumbprint: "AA" },
    ...{ environment: "production", algorithm: "ES256", ...more },
  });
  if (!checked.ok) throw new Error(checked.problems.map(({ reason }) => reason).join("; "));
  return checked.inputs as JwkInputs;
};
const SOURCELESS = { certificateName: undefined, certificateThumbprint: undefined, environment: undefined };
const generated = (more: object = {}): JwkInputs =>
  inputs({ ...SOURCELESS, generate: { type: "EC", curve: "P-256" }, ...more });
const stateOf = (from: JwkInputs, more: Partial<JwkState> = {}): JwkState => ({
  ...from,
  ...{
    made: true,
    missing: false,
    attached: from.certificateName !== undefined,
    keyType: "EC",
    kid: "k",
    outdated: false,
    outcomes: [],
  },
  ...more,
});
const plan = (before: JwkState | undefined, after?: object): Plan =>
  jwk.plan(
    {
      seed: "urn",
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after: after as JwkInputs }),
    },
    NOW,
  );

type Field = keyof JwkInputs;
const withUnknown = (after: JwkInputs, fields: readonly Field[]): object => ({
  ...after,
  ...Object.fromEntries(fields.map((field) => [field, UNKNOWN])),
});

/** Whether a shown operation is the made one; `?` stands for any value. */
const covers = (preview: Operation, made: Operation): boolean =>
  preview.name === made.name &&
  Object.entries(made.target).every(([key, value]) => [value, "?"].includes(preview.target[key] ?? ""));

/** Made by `up` and not shown by the preview; and shown as certain and not made. */
function compare(before: JwkState | undefined, after: JwkInputs, fields: readonly Field[]): object {
  const preview = plan(before, withUnknown(after, fields));
  const up = plan(before, after);
  const made = up.refusal === undefined ? up.operations : [];
  return {
    unshown: made.filter((one) => !preview.operations.some((each) => covers(each, one))).map(label),
    unmade: preview.operations
      .filter(({ certainty }) => certainty.kind === "certain" && preview.refusal === undefined)
      .filter((one) => !made.some((each) => covers(one, each)))
      .map(label),
    unchanged: up.changes && !preview.changes,
  };
}
const SHOWN = { unshown: [], unmade: [], unchanged: false };

const FIELDS: readonly Field[] = [
  ...(["project", "name", "description", "certificateName", "certificateThumbprint", "environment"] as const),
  "certificateWrites",
  ...(["use", "algorithm", "generate", "trigger", "adopt", "onDelete"] as const),
];
const BEFORES: Readonly<Record<string, JwkState | undefined>> = {
  "a new one": undefined,
  "one from a certificate": stateOf(inputs({ description: "d", trigger: "1" })),
  "one that waits": stateOf(inputs({ certificateThumbprint: "" }), { made: false, attached: false }),
  "one that is detached": stateOf(inputs(), { attached: false }),
  "one with another key than its certificate": stateOf(inputs(), { outdated: true }),
  "one of which nobody says what it refers to": stateOf(inputs(), { attached: undefined }),
  "one whose deployment failed": stateOf(inputs(), { outcomes: [{ environment: "staging", outcome: "failed" }] }),
  "a generated one": stateOf(generated({ description: "d" })),
};
const AFTERS: Readonly<Record<string, JwkInputs>> = {
  "nothing else": inputs(),
  "another description": inputs({ description: "e", trigger: "1" }),
  "a trigger": inputs({ description: "d", trigger: "2" }),
  "another certificate deployed": inputs({ description: "d", trigger: "1", certificateThumbprint: "BB" }),
  "a certificate that was written again": inputs({ description: "d", trigger: "1", certificateWrites: 2 }),
  "nothing deployed": inputs({ certificateThumbprint: "" }),
  "a trigger, and nothing deployed": inputs({ certificateThumbprint: "", trigger: "2" }),
  "another certificate": inputs({ certificateName: "other" }),
  "another environment": inputs({ environment: "staging" }),
  "another use": inputs({ use: "ENCRYPTION", algorithm: "ECDH-ES" }),
  "another name": inputs({ name: "other" }),
  "another project": inputs({ project: "other" }),
  "an adoption": inputs({ adopt: true }),
  "a generated key": generated(),
  "another generated key": generated({ generate: { type: "EC", curve: "P-384" }, algorithm: "ES384" }),
};

describe("a preview of a JWK with inputs that are not known yet", () => {
  for (const [name, before] of Object.entries(BEFORES))
    for (const [wish, after] of Object.entries(AFTERS))
      it(`${name}, and ${wish}: each input unknown shows what is made, and what was certain is made`, () => {
        for (const field of FIELDS) expect(compare(before, after, [field]), field).to.deep.equal(SHOWN);
      });

  it("several inputs unknown show what is made, whatever turns out", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(BEFORES)),
        fc.constantFrom(...Object.values(AFTERS)),
        fc.subarray([...FIELDS], { maxLength: 5 }),
        (before, after, fields) => {
          expect(compare(before, after, fields)).to.deep.equal(SHOWN);
        },
      ),
      { numRuns: 1500, seed: 20260301 },
    );
  });

  it("words do not say what is not known", () => {
    const { operations } = plan(undefined, { ...inputs(), use: UNKNOWN, algorithm: UNKNOWN });
    expect(operations[0]?.sentence).to.include("from certificate gw of production, ?, ?)");
    expect(plan(undefined, { ...generated(), use: UNKNOWN }).operations[0]?.sentence).to.not.include("SIGNATURE");
    expect(plan(undefined, { ...generated(), generate: UNKNOWN }).operations[0]?.sentence).to.include(
      "a new generated key",
    );
  });
});

describe("plan of a JWK", () => {
  const from = inputs({ description: "d" });

  it("is nothing when nothing has changed, and says settings without a call", () => {
    expect(plan(stateOf(from), from)).to.include({ changes: false });
    const retained = plan(stateOf(from), { ...from, onDelete: "retain" });
    expect([retained.changes, retained.operations]).to.deep.equal([true, []]);
    expect(retained.remarks.join()).to.include("onDelete changes").and.include("no remote call");
  });

  it("a description that is taken out of the program is left as it is", () => {
    const { description, ...none } = from;
    expect(shown(plan(stateOf(from), none))).to.deep.equal([]);
  });

  it("another source is another key: deleted and made anew, and policies are without it in between", () => {
    for (const more of [
      { certificateName: "other" },
      { environment: "staging" },
      { algorithm: "ES384" },
      { use: "ENCRYPTION", algorithm: "ECDH-ES" },
      { ...SOURCELESS, generate: { type: "EC", curve: "P-256" } },
    ]) {
      const made = plan(stateOf(from), inputs({ description: "d", ...more }));
      expect(shown(made), JSON.stringify(more)).to.deep.equal(["jwks.delete ? !", "jwks.create"]);
      expect(made.remarks.join()).to.include("POLICIES THAT USE IT ARE WITHOUT IT IN BETWEEN");
    }
  });

  it("another name or project is a replacement; deletes say what is lost, retained ones that they stay", () => {
    const moved = plan(stateOf(from), inputs({ name: "other" }));
    expect([moved.replaces, shown(moved)]).to.deep.equal([["name"], ["jwks.delete ? !"]]);
    expect(plan(stateOf(generated())).operations[0]?.sentence).to.include("ITS KEY IS LOST");
    expect(plan(stateOf(from)).operations[0]?.sentence)
      .to.include("from certificate gw")
      .and.include("UNDEPLOYED FROM ALL ENVIRONMENTS, policies that use it break")
      .and.not.include("KEY IS LOST");
    const kept = plan(stateOf(inputs({ onDelete: "retain" })));
    expect([kept.operations, kept.remarks.join().includes("KEEP JWK signer")]).to.deep.equal([[], true]);
  });

  it("a certificate that is replaced together with a description: one update, which says that it detaches", () => {
    const both = plan(stateOf(from), inputs({ description: "e", certificateThumbprint: "BB" }));
    expect(shown(both)).to.deep.equal(["jwks.update !"]);
    expect(both.remarks.join()).to.not.include("no remote call changes it");
  });

  it("one that was made and could not be read is read by the next run", () => {
    const { keyType, kid, ...unread } = stateOf(from);
    const next = plan(unread, from);
    expect([next.changes, next.operations]).to.deep.equal([true, []]);
    expect(next.remarks.join()).to.include("could not be read yet");
  });
});
