import { expect } from "chai";
import { Fault, type PartialFault } from "../../provider/core/fault.js";
import type { CredentialState } from "../../provider/partner/credential/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { active, ContractSteps, CredentialSteps, executed } from "./steps.js";

const ID = 20_001;
const DV = { productNameId: "ssl_dv_rapidssl", sans: ["a.example.com", "b.example.com"] };

async function failure<Kind extends Fault = Fault>(work: Promise<unknown>): Promise<Kind> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(Fault);
  return outcome as Kind;
}

describe("contracts and credentials that others change meanwhile", () => {
  let sandbox: Sandbox;
  let contracts: ContractSteps;
  let credentials: CredentialSteps;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    contracts = new ContractSteps(sandbox);
    credentials = new CredentialSteps(sandbox);
  });
  afterEach(() => sandbox.close());
  const wanted = (more: object = {}) => contracts.inputs({ ...DV, ...more });
  const keyed = (more: object = {}) => credentials.inputs({ contractId: ID, ...more });
  const minted = (more: object = {}) => {
    sandbox.partner.addContract();
    return credentials.create(keyed(more));
  };

  for (const value of ["204", "400"] as const) {
    it(`names that were added and removed by others are settled by reading, where a repetition answers ${value} [situation: partner.sans.add, already done] [situation: partner.sans.remove, already done]`, async () => {
      Object.assign(sandbox.variants, { paDuplicateSan: value, paUnknownSan: value });
      const made = await contracts.create(wanted());
      sandbox.partner.addSanOutside(ID, "c.example.com");
      sandbox.partner.removeSanOutside(ID, "b.example.com");
      const after = wanted({ sans: ["a.example.com", "c.example.com"] });
      const changed = await contracts.update(made, after);
      expect(changed.contract?.sans).to.deep.equal(["a.example.com", "c.example.com"]);
      expect(sandbox.partner.contract(ID).sans).to.deep.equal(["a.example.com", "c.example.com"]);
      expect(contracts.plan(changed, after).changes).to.equal(false);
    });
  }

  it("auto renew that others have set is set once more, and nothing else changes [situation: partner.contracts.update, already done]", async () => {
    const made = await contracts.create(wanted());
    sandbox.partner.setAutoRenewOutside(ID, true);
    const changed = await contracts.update(made, wanted({ autoRenew: true }));
    expect(changed.contract?.autoRenew).to.equal(true);
    expect(sandbox.partner.contract(ID).autoRenew).to.equal(true);
  });

  it("names and auto renew that others changed are drift, and the next plan brings them back", async () => {
    const made = await contracts.create(wanted({ autoRenew: true }));
    sandbox.partner.addSanOutside(ID, "x.example.com");
    sandbox.partner.setAutoRenewOutside(ID, false);
    const read = await contracts.read(made);
    expect(contracts.lifecycle.inputsOf(read)).to.include({ autoRenew: false });
    const { operations } = contracts.plan(read, wanted({ autoRenew: true }));
    expect(operations.map(({ name, target }) => `${name} ${target.sans ?? ""}`)).to.deep.equal([
      "partner.contracts.update ",
      "partner.sans.remove x.example.com",
    ]);
    const back = await contracts.update(read, wanted({ autoRenew: true }));
    expect(sandbox.partner.contract(ID).sans).to.deep.equal(DV.sans);
    expect(sandbox.partner.contract(ID).autoRenew).to.equal(true);
    expect(contracts.plan(back, wanted({ autoRenew: true })).changes).to.equal(false);
  });

  it("a contract that others have canceled ends without an error; it is told before that, and a trigger makes a new one [situation: partner.contracts.cancel, already done]", async () => {
    const cancel = wanted({ onDelete: "cancel" });
    const made = await contracts.create(cancel);
    sandbox.partner.cancelOutside(ID);
    await contracts.delete(made);
    const read = await contracts.read(made);
    expect(contracts.plan(read, cancel).refusal).to.include("its directory URL is dead");
    expect((await failure(contracts.update(read, cancel))).message).to.include("Change trigger");
    expect(contracts.plan(read, wanted({ onDelete: "cancel", trigger: "2" })).replaces).to.deep.equal(["trigger"]);
    expect(contracts.plan(read, wanted({ onDelete: "retain" })).remarks.join()).to.include("was canceled");
    const expiring = { ...read, onDelete: "expire" as const };
    await contracts.delete(expiring);
  });

  it("a contract that a killed run may have made is not made again while its receipt has no end [situation: partner.contracts.create, already done]", async () => {
    const sending = {
      time: "2026-03-01T09:00:00Z",
      operation: "partner.contracts.create",
      target: "partner.contracts.create product=ssl_dv_rapidssl san=a.example.com",
      status: "sending",
      traceId: "0af7651916cd43dd8448eb211c80319c",
    };
    const lines = [sending, { ...sending, target: "partner.contracts.create product=ssl_basic san=b.example.com" }];
    let book = lines.map((line) => JSON.stringify(line)).join("\n") + '\n{"cut o';
    const after = new ContractSteps(sandbox, { receipts: () => book });
    const { message, outcome } = await failure(after.create(wanted()));
    expect(message).to.include("0af7651916cd43dd8448eb211c80319c").and.include("GET /account/reporting");
    expect(outcome).to.equal("not executed");
    expect(sandbox.log.made()).to.deep.equal([]);
    const allowed = await after.create(wanted({ createAnother: sending.traceId }));
    expect(allowed.contract?.id).to.equal(ID);
    book += `\n${JSON.stringify({ ...sending, status: "refused 400" })}\n`;
    expect((await after.create(wanted())).contract?.id).to.equal(ID + 1);
  });

  it("a contract of another account, of another product, or that is canceled is not adopted; one that is not found is an error", async () => {
    const canceled = sandbox.partner.addContract();
    sandbox.partner.cancelOutside(canceled);
    expect((await failure(contracts.create(wanted({ adopt: canceled })))).message).to.include("it was canceled");
    const other = sandbox.partner.addContract({ product_name_id: "ssl_dv_rapidssl" }, sandbox.partner.addSubaccount());
    expect((await failure(contracts.create(wanted({ adopt: other })))).message).to.include("check partner:apiKey");
    const made = await contracts.create(wanted());
    const stranger = new ContractSteps(sandbox, { apiKey: sandbox.partner.parentKey });
    expect((await failure(stranger.read(made))).message).to.include("a parent's key is refused");
    expect((await failure(stranger.delete(made))).parts.known).to.include("nothing was changed");
    expect(executed(sandbox)).to.deep.equal(["contracts.create product=ssl_dv_rapidssl san=a.example.com"]);
  });

  for (const value of ["204", "400", "404", "409"])
    it(`a credential that others have revoked is settled by the list, where a repetition answers ${value} [situation: partner.credentials.revoke, already done]`, async () => {
      Object.assign(sandbox.variants, { paRevokeRevoked: value });
      const state = await minted();
      sandbox.partner.revokeCredentialOutside(ID, 4002);
      await credentials.delete(state);
      expect(active(sandbox, ID)).to.deep.equal([4001]);
    });

  it("all of a contract's credentials that others have revoked: settled by the list [situation: partner.credentials.revoke-all, already done]", async () => {
    for (const value of ["204", "400", "404"]) {
      Object.assign(sandbox.variants, { paRevokeAllNone: value });
      const contractId = sandbox.partner.addContract();
      const state = await credentials.create(credentials.inputs({ contractId, onDelete: "revokeAll" }));
      for (const id of active(sandbox, contractId)) sandbox.partner.revokeCredentialOutside(contractId, id);
      await credentials.delete(state);
      expect(active(sandbox, contractId)).to.deep.equal([]);
    }
  });

  it("a credential that others mint meanwhile is told and never taken for our own [situation: partner.credentials.regenerate, already done]", async () => {
    const state = await minted();
    sandbox.partner.regenerateOutside(ID, false);
    const rotated = await credentials.update(state, keyed({ trigger: "2" }));
    expect(rotated.current?.credentialId).to.equal(4004);
    expect(rotated.hmacKey).to.equal(sandbox.partner.credentials(ID).at(-1)?.hmac);
    expect(rotated.active.map(({ credentialId, mintedBy }) => `${credentialId} ${mintedBy}`)).to.deep.equal([
      "4001 others",
      "4002 this resource",
      "4003 others",
      "4004 this resource",
    ]);
    expect(credentials.told.at(-1)).to.include("4003");
    expect(active(sandbox, ID)).to.deep.equal([4001, 4002, 4003, 4004]);
  });

  it("two that were minted at the moment of a lost answer: neither is revoked by guess", async () => {
    const state = await minted();
    sandbox.hostile.add({
      match: `POST /partner-subscription/api/v1/acme/${ID}/credentials/regenerate`,
      mode: "drop-after",
      after: () => {
        sandbox.partner.regenerateOutside(ID, false);
      },
    });
    const lost = await failure<PartialFault<CredentialState>>(credentials.update(state, keyed({ trigger: "2" })));
    expect(lost.state).to.include({ owed: true });
    expect(lost.state.strays).to.deep.equal([]);
    expect(lost.state.hmacKey).to.equal(state.hmacKey);
    const { operations, remarks } = credentials.plan(lost.state, keyed({ trigger: "2" }));
    expect(operations.map(({ name }) => name)).to.deep.equal(["partner.credentials.regenerate"]);
    expect(remarks.join()).to.include("whose answer was lost may be active");
    const after = await credentials.update(lost.state, keyed({ trigger: "2" }));
    expect(after.current?.credentialId).to.equal(4005);
    expect(after.strays).to.deep.equal([]);
    expect(active(sandbox, ID)).to.deep.equal([4001, 4002, 4003, 4004, 4005]);
    expect(credentials.told.at(-1)).to.include("4003").and.include("4004");
    expect(credentials.plan(after, keyed({ trigger: "2" })).changes).to.equal(false);
  });

  it("a canceled contract has nothing minted on it; a contract of another account is an error", async () => {
    const state = await minted();
    sandbox.partner.cancelOutside(ID);
    expect((await failure(credentials.update(state, keyed({ trigger: "2" })))).message).to.include("was canceled");
    expect(executed(sandbox)).to.have.length(1);
  });
});
