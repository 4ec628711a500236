import { expect } from "chai";
import { startSandbox, VARIANTS, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { active, ContractSteps, CredentialSteps, executed } from "./steps.js";

describe("contracts and credentials under every variant of the documentation", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(() => sandbox.close());

  for (const { name, values } of VARIANTS.filter(({ section }) => section.startsWith("digicert-acme.md")))
    for (const value of values) {
      it(`${name} is ${value}: a contract is made, changed, read and expires, each call once`, async () => {
        setVariant(sandbox.variants, name, value);
        const steps = new ContractSteps(sandbox, { visibility: 5000 });
        const wanted = (more: object = {}) =>
          steps.inputs({ productNameId: "ssl_dv_rapidssl", sans: ["a.example.com", "b.example.com"], ...more });
        const made = await steps.create(wanted());
        const id = made.contract?.id ?? 0;
        const [first] = sandbox.partner.credentials(id);
        expect([made.keyId, made.hmacKey]).to.deep.equal([first?.kid, first?.hmac]);
        expect(made.credential?.credentialId).to.equal(first?.id);
        expect(made.contract?.sans).to.deep.equal(["a.example.com", "b.example.com"]);

        const more = wanted({ sans: ["c.example.com", "a.example.com"], autoRenew: true, firstCredential: "revoke" });
        const changed = await steps.update(made, more);
        expect([...sandbox.partner.contract(id).sans].sort()).to.deep.equal(["a.example.com", "c.example.com"]);
        expect(sandbox.partner.contract(id).autoRenew).to.equal(true);
        expect(active(sandbox, id)).to.deep.equal([]);
        expect(steps.plan(changed, more).changes).to.equal(false);

        const read = await steps.read(changed);
        expect(steps.plan(read, more).changes, JSON.stringify(steps.plan(read, more))).to.equal(false);
        expect(read.contract?.validTill).to.equal(
          new Date(sandbox.partner.contract(id).validTill).toISOString().replace(".000Z", "Z"),
        );
        await steps.delete(read);
        expect(sandbox.partner.contract(id).autoRenew).to.equal(false);
        expect(executed(sandbox)).to.deep.equal([
          "contracts.create product=ssl_dv_rapidssl san=a.example.com",
          `sans.add contractId=${id} sans=c.example.com`,
          `contracts.update contractId=${id}`,
          `sans.remove contractId=${id} sans=b.example.com`,
          `credentials.revoke contractId=${id} credentialId=${first?.id ?? 0}`,
          `contracts.update contractId=${id}`,
        ]);
      });

      it(`${name} is ${value}: a contract is canceled, and a second time`, async () => {
        setVariant(sandbox.variants, name, value);
        const steps = new ContractSteps(sandbox);
        const made = await steps.create(
          steps.inputs({ productNameId: "ssl_dv_rapidssl", sans: ["a.example.com"], onDelete: "cancel" }),
        );
        await steps.delete(made);
        expect(sandbox.partner.contract(made.contract?.id ?? 0).canceledAt).to.not.equal(undefined);
        await steps.delete(made);
        const read = await steps.read(made);
        expect(read.contract?.canceledAt).to.be.a("string");
        expect(
          steps.plan(
            read,
            steps.inputs({ productNameId: "ssl_dv_rapidssl", sans: ["a.example.com"], onDelete: "cancel" }),
          ).refusal,
        ).to.include("was canceled");
      });

      it(`${name} is ${value}: a credential is minted, rotated, read and revoked, each call once`, async () => {
        setVariant(sandbox.variants, name, value);
        const contractId = sandbox.partner.addContract();
        const [stranger] = active(sandbox, contractId);
        const steps = new CredentialSteps(sandbox, { visibility: 5000 });
        const wanted = (more: object = {}) =>
          steps.inputs({ contractId, contractDirectoryUrl: sandbox.partner.directoryUrl, ...more });
        const minted = await steps.create(wanted());
        const latest = () => sandbox.partner.credentials(contractId).at(-1);
        expect([minted.keyId, minted.hmacKey]).to.deep.equal([latest()?.kid, latest()?.hmac]);
        expect(minted.current?.credentialId).to.equal(latest()?.id);
        expect(minted.directoryUrl).to.equal(sandbox.partner.directoryUrl);

        const rotated = await steps.update(minted, wanted({ trigger: "2" }));
        expect([rotated.keyId, rotated.hmacKey]).to.deep.equal([latest()?.kid, latest()?.hmac]);
        expect(rotated.previous.map(({ credentialId }) => credentialId)).to.deep.equal([minted.current?.credentialId]);
        expect(active(sandbox, contractId)).to.have.length(3);
        expect(steps.told.join()).to.include(`does not hold: ${stranger ?? ""}`);

        const read = await steps.read(rotated);
        expect(read.current?.status).to.equal("active");
        expect(steps.plan(read, wanted({ trigger: "2" })).changes).to.equal(false);
        expect(read.active.map(({ mintedBy }) => mintedBy)).to.deep.equal(["others", "this resource", "this resource"]);
        await steps.delete(read);
        expect(active(sandbox, contractId)).to.deep.equal([stranger]);
        await steps.delete(read); // again: settled by the list
        const after = await steps.read(read);
        expect(steps.plan(after, wanted({ trigger: "2" })).refusal).to.match(/was (?:revoked|vanished) outside/);
        expect(executed(sandbox).slice(0, 4)).to.deep.equal([
          `credentials.regenerate contractId=${contractId}`,
          `credentials.regenerate contractId=${contractId}`,
          `credentials.revoke contractId=${contractId} credentialId=${minted.current?.credentialId ?? 0}`,
          `credentials.revoke contractId=${contractId} credentialId=${rotated.current?.credentialId ?? 0}`,
        ]);
      });

      it(`${name} is ${value}: all credentials are revoked in an emergency, and at the removal`, async () => {
        setVariant(sandbox.variants, name, value);
        const contractId = sandbox.partner.addContract();
        const steps = new CredentialSteps(sandbox, { visibility: 5000 });
        const wanted = (more: object = {}) => steps.inputs({ contractId, onDelete: "revokeAll", ...more });
        const minted = await steps.create(wanted());
        const afresh = await steps.update(minted, wanted({ emergency: "leak" }));
        expect(active(sandbox, contractId)).to.deep.equal([afresh.current?.credentialId]);
        expect(afresh.hmacKey).to.equal(sandbox.partner.credentials(contractId).at(-1)?.hmac);
        expect(afresh.previous).to.deep.equal([]);
        await steps.delete(afresh);
        expect(active(sandbox, contractId)).to.deep.equal([]);
        await steps.delete(afresh); // nothing is active any more
      });
    }
});
