import { expect } from "chai";
import { label } from "../../provider/core/operation.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { acmeCredential } from "../../provider/partner/credential/lifecycle.js";
import { retirement } from "../../provider/retirement/lifecycle.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import type { PartialFault } from "../../provider/core/fault.js";
import type { CredentialState } from "../../provider/partner/credential/state.js";
import { CredentialSteps } from "./steps.js";

const NOW = new Date("2026-03-01T10:00:00Z");

describe("a retirement of credentials while the credential is changed by the same run", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: NOW.toISOString() });
  });
  afterEach(() => sandbox.close());

  /** What a preview names for a subject that the run changes, and whose last state is this. */
  const named = (state: CredentialState): string[] =>
    retirement([acmeCredential])
      .plan(
        { seed: "urn", after: { of: UNKNOWN, delayDays: 0, __before: { ...state }, __type: acmeCredential.type } },
        NOW,
      )
      .operations.map((operation) => `${label(operation)} ${operation.certainty.kind}`);

  it("names the one in charge as a condition, and nothing while none was minted yet", async () => {
    const contractId = sandbox.partner.addContract();
    const steps = new CredentialSteps(sandbox);
    sandbox.hostile.add({
      match: `POST /partner-subscription/api/v1/acme/${contractId}/credentials/regenerate`,
      mode: "drop-after",
    });
    const wanted = steps.inputs({ contractId });
    const lost = await steps.create(wanted).catch((error: unknown) => (error as PartialFault<CredentialState>).state);
    expect(lost.current).to.equal(undefined);
    expect(named(lost)).to.deep.equal([]);
    const minted = await steps.update(lost, wanted);
    expect(named(minted)).to.deep.equal([
      `partner.credentials.revoke contractId=${contractId} credentialId=${minted.current?.credentialId ?? 0} conditional`,
    ]);
  });
});
