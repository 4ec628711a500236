import { expect } from "chai";
import { driftInWords } from "../../provider/core/drift.js";
import { label } from "../../provider/core/operation.js";
import { jwk } from "../../provider/apinizer/jwk/lifecycle.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";

const NOW = new Date("2026-03-01T10:00:00Z");
const BEFORE = {
  ...{ project: "p", name: "own", generate: { type: "EC", curve: "P-256" }, use: "SIGNATURE", algorithm: "ES256" },
  ...{ onDelete: "delete", made: true, missing: false, attached: false, outdated: false, outcomes: [] },
  ...{ kid: "k1", thumbprint: "T1", keyType: "EC", publicJwk: { kty: "EC", x: "1" } },
} as unknown as JwkState;

describe("a generated JWK that has another key", () => {
  const after: JwkState = { ...BEFORE, kid: "k2", thumbprint: "T2" };

  it("is shown with both thumbprints by the refresh that finds it, and by no later one", () => {
    expect(jwk.drift?.(BEFORE, after, NOW).map(driftInWords)).to.deep.equal([
      'DRIFT content: JWK own of project p: was "T1", is "T2"',
    ]);
    expect(jwk.drift?.(after, after, NOW)).to.deep.equal([]);
  });

  it("is made anew by a new trigger only", () => {
    const planned = (more: object): string[] => {
      const checked = jwk.normalize({ ...jwk.inputsOf(after), ...more });
      if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
      return jwk.plan({ before: after, after: checked.inputs, seed: "s" }, NOW).operations.map(label);
    };
    expect(planned({})).to.deep.equal([]);
    expect(planned({ trigger: "again" }).join()).to.include("apinizer.jwks.create");
  });
});
