import { expect } from "chai";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { recordKept, recordRequests } from "../instrument/fieldsLog.js";
import { ContractSteps, CredentialSteps } from "./steps.js";

const ROOT = "/partner-subscription/api/v1/acme/{id}";
const person = (name: string): object => ({
  firstName: name,
  lastName: "Own",
  email: `${name}@example.com`,
  telephone: "1",
  jobTitle: "Admin",
});
const ORGANIZATION = {
  name: "Example",
  assumedName: "Ex",
  address: "1 Way",
  address2: "2nd floor",
  city: "Town",
  state: "CA",
  zip: "94105",
  country: "US",
  telephone: "+1-555-0100",
  organizationContact: person("ann"),
  technicalContact: person("tec"),
  verifiedContacts: [person("vera")],
};

describe("documented fields of the Partner API", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(async () => {
    recordRequests(sandbox.log.all());
    await sandbox.close();
  });

  it("every input reaches the service, and every answer field that is ours to keep is in the state", async () => {
    const steps = new ContractSteps(sandbox);
    const wanted = (more: object = {}) =>
      steps.inputs({
        productNameId: "ssl_ev_basic",
        sans: ["a.example.com"],
        autoRenew: true,
        organization: ORGANIZATION,
        ...more,
      });
    const made = await steps.create(wanted());
    const id = made.contract?.id ?? 0;
    sandbox.partner.validateOrganization(id);
    const changed = await steps.update(
      await steps.read(made),
      wanted({ sans: ["b.example.com"], autoRenew: false, organization: { ...ORGANIZATION, name: "Another" } }),
    );
    expect(sandbox.partner.contract(id)).to.deep.include({ organizationValidated: false, autoRenew: false });
    await steps.delete(await steps.read(changed));

    const served = sandbox.partner.contract(id);
    const kept = (await steps.read(changed)).contract;
    const same: Record<string, unknown> = {
      acme_contract_id: [kept?.id, served.id],
      account_id: [kept?.accountId, served.account],
      product_name_id: [changed.productNameId, served.product],
      created_at: [kept?.createdAt, served.createdAt],
      "sans[]": [kept?.sans.join(), served.sans.join()],
      valid_till: [kept?.validTill, served.validTill],
      is_organization_validated: [kept?.organizationValidated, served.organizationValidated],
      auto_renew: [kept?.autoRenew, served.autoRenew],
    };
    for (const [field, values] of Object.entries(same)) {
      const [ours, theirs] = values as [unknown, unknown];
      expect(ours, field).to.equal(theirs);
    }
    sandbox.partner.cancelOutside(id);
    expect((await steps.read(changed)).contract?.canceledAt).to.equal(sandbox.partner.contract(id).canceledAt);
    recordKept(`GET ${ROOT}`, [...Object.keys(same), "date_canceled"]);
  });

  it("a credential's fields are in the state, and its secrets exactly as issued", async () => {
    const contractId = sandbox.partner.addContract();
    const steps = new CredentialSteps(sandbox);
    const state = await steps.create(steps.inputs({ contractId }));
    const issued = sandbox.partner.credentials(contractId).at(-1);
    expect(state.current).to.deep.equal({
      credentialId: issued?.id,
      kidHint: issued?.kid.slice(0, 4),
      createdAt: issued?.createdAt,
      status: "active",
      mintedOn: "2026-03-01",
    });
    expect([state.keyId, state.hmacKey]).to.deep.equal([issued?.kid, issued?.hmac]);
    recordKept(
      `GET ${ROOT}/credentials`,
      ["credential_id", "kid_hint", "status", "created_at"].map((field) => `credentials[].${field}`),
    );
    recordKept(`POST ${ROOT}/credentials/regenerate`, ["eab_set"]);
    await steps.delete(state);
  });
});
