import { expect } from "chai";
import { Fault, type PartialFault } from "../../provider/core/fault.js";
import { drift } from "../../provider/partner/contract/drift.js";
import { withContract } from "../../provider/partner/contract/reading.js";
import type { CredentialState } from "../../provider/partner/credential/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { active, ContractSteps, CredentialSteps, executed } from "./steps.js";

const ID = 20_001;
const DV = { productNameId: "ssl_dv_rapidssl", sans: ["a.example.com", "b.example.com"] };

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
    const replaced = contracts.plan(read, wanted({ onDelete: "cancel", whenEndedOutside: "replace" }));
    expect(replaced.replaces).to.deep.equal(["whenEndedOutside"]);
    expect(replaced.remarks.join()).to.include("and whenEndedOutside is replace: a new contract is made, BILLED");
    const adopting = contracts.plan(read, wanted({ onDelete: "cancel", whenEndedOutside: "replace", adopt: ID }));
    expect(adopting.refusal).to.include("take adopt out of the program");
    expect(contracts.plan(read, wanted({ onDelete: "retain" })).remarks.join()).to.include("was canceled");
    const expiring = { ...read, onDelete: "expire" as const };
    await contracts.delete(expiring);
  });

  it("a contract whose term is over goes although DigiCert does not change it any more, and that is told", async () => {
    sandbox.variants.paCanceledChange = "refused";
    const made = await contracts.create(wanted({ autoRenew: true, onDelete: "expire" }));
    sandbox.clock.set("2027-02-28T00:00:00Z");
    sandbox.partner.cancelOutside(ID);
    const changed = wanted({ autoRenew: false, onDelete: "expire" });
    expect((await failure(contracts.update(made, changed))).outcome, "an update is another matter").to.equal("refused");
    const other = await contracts.create(wanted({ sans: ["z.example.com"], autoRenew: true, onDelete: "expire" }));
    sandbox.clock.set("2029-03-02T00:00:00Z");
    await contracts.delete(other);
    expect(contracts.told.join())
      .to.include("the term of contract 20002 ended on 2028-02-28")
      .and.include("contract_canceled")
      .and.include("It shows auto renew on");
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

  it("a contract of the same id in another account: a refresh, an update and a removal are refused, and change nothing", async () => {
    const elsewhere = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    try {
      const account = elsewhere.partner.addSubaccount();
      expect(elsewhere.partner.addContract({ sans: DV.sans }, account)).to.equal(ID);
      const made = await contracts.create(wanted({ onDelete: "cancel" }));
      expect(made.contract?.accountId).to.equal(sandbox.partner.accountId);
      const there = new ContractSteps(elsewhere, { apiKey: elsewhere.partner.issueKey({ account }) });
      const words = `contract ${ID} belongs to account ${account}, and the state knows it of account ${sandbox.partner.accountId}`;
      const changed = wanted({ onDelete: "cancel", autoRenew: true, sans: [...DV.sans, "c.example.com"] });
      for (const step of [() => there.read(made), () => there.update(made, changed), () => there.delete(made)])
        expect((await failure(step())).message).to.include(words);
      expect(elsewhere.log.made()).to.deep.equal([]);
      expect((await contracts.read(made)).contract).to.deep.equal(made.contract);
    } finally {
      await elsewhere.close();
    }
  });

  it("what an answer does not show is no drift, and does not take the account away", async () => {
    const made = await contracts.create(wanted({ autoRenew: true }));
    const { contract } = made;
    if (contract === undefined) throw new Error("there is a contract");
    const { id, sans } = contract;
    const bare = withContract(made, { contractId: id, sans });
    expect(bare.contract).to.deep.equal({ id, sans, accountId: sandbox.partner.accountId });
    for (const [before, after] of [
      [made, bare],
      [bare, made],
    ] as const)
      expect(drift(before, after, sandbox.clock.now())).to.deep.equal([]);
    expect(drift(made, { ...made, contract: { ...contract, autoRenew: false } }, sandbox.clock.now())).to.have.length(
      1,
    );
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
    expect(lost.state).to.include({ owed: "lost" });
    expect(lost.state.strays).to.deep.equal([]);
    expect(lost.state.hmacKey).to.equal(state.hmacKey);
    const { operations, remarks } = credentials.plan(lost.state, keyed({ trigger: "2" }));
    expect(operations.map(({ name }) => name)).to.deep.equal(["partner.credentials.regenerate"]);
    expect(remarks.join()).to.include("was lost with an answer may be active");
    const after = await credentials.update(lost.state, keyed({ trigger: "2" }));
    expect(after.current?.credentialId).to.equal(4005);
    expect(after.strays).to.deep.equal([]);
    expect(active(sandbox, ID)).to.deep.equal([4001, 4002, 4003, 4004, 4005]);
    expect(credentials.told.at(-1)).to.include("4003").and.include("4004");
    expect(credentials.plan(after, keyed({ trigger: "2" })).changes).to.equal(false);
  });

  const regenerating = `POST /partner-subscription/api/v1/acme/${ID}/credentials/regenerate`;

  it("an answer that was lost without a new credential: what others mint later is told, and never taken for its stray", async () => {
    const state = await minted();
    sandbox.hostile.add({ match: regenerating, mode: "500" });
    const lost = await failure<PartialFault<CredentialState>>(credentials.update(state, keyed({ trigger: "2" })));
    expect(lost.state.owed).to.equal("lost");
    sandbox.partner.regenerateOutside(ID, false); // 4003
    const read = await credentials.read(lost.state);
    expect(read.strays).to.deep.equal([]);
    const { operations, remarks } = credentials.plan(read, keyed({ trigger: "2" }));
    expect(operations.map(({ name }) => name)).to.deep.equal(["partner.credentials.regenerate"]);
    expect(remarks.join()).to.include("perhaps 4003");
    const after = await credentials.update(read, keyed({ trigger: "2" }));
    expect(after.strays).to.deep.equal([]);
    expect(active(sandbox, ID)).to.deep.equal([4001, 4002, 4003, 4004]);
  });

  it("wishes that come while an id is open are not taken for done, and an emergency does not wait for it", async () => {
    const state = await minted();
    sandbox.hostile.add({
      match: regenerating,
      mode: "hook",
      after: () => {
        sandbox.hostile.add({ match: "GET *", mode: "500", times: 99 });
      },
    });
    const open = await failure<PartialFault<CredentialState>>(credentials.update(state, keyed({ trigger: "2" })));
    sandbox.hostile.clear();
    expect([...(open.state.unidentified ?? [])].sort()).to.deep.equal([4001, 4002]);
    const wish = keyed({ trigger: "2", revokeAlso: [4001] });
    const settled = await credentials.update(open.state, wish);
    expect(settled.current?.credentialId).to.equal(4003);
    const next = credentials.plan(settled, wish);
    expect(next.operations.map(({ name, target }) => `${name} ${target.credentialId ?? ""}`)).to.deep.equal([
      "partner.credentials.revoke 4001",
    ]);
    const seen = await credentials.read(open.state);
    const emergency = { ...open.state, active: seen.active };
    const afresh = await credentials.update(emergency, keyed({ trigger: "2", emergency: "leak" }));
    expect(active(sandbox, ID)).to.deep.equal([afresh.current?.credentialId]);
    expect(afresh.unidentified).to.equal(undefined);
    expect(credentials.plan(afresh, keyed({ trigger: "2", emergency: "leak" })).changes).to.equal(false);
  });

  it("what revokeAlso names is named again until it has ended: after a fault, at a creation, never by a mistake", async () => {
    const state = await minted();
    sandbox.hostile.add({
      match: `POST /partner-subscription/api/v1/acme/${ID}/credentials/revoke/4001`,
      mode: "503",
      times: 9,
    });
    const after = keyed({ trigger: "2", revokeAlso: [4001] });
    const halfway = await failure<PartialFault<CredentialState>>(credentials.update(state, after));
    sandbox.hostile.clear();
    const { operations } = credentials.plan(halfway.state, after);
    expect(operations.map(({ name, target }) => `${name} ${target.credentialId ?? ""}`)).to.deep.equal([
      "partner.credentials.revoke 4001",
    ]);
    await credentials.update(halfway.state, after);
    expect(active(sandbox, ID)).to.deep.equal([4002, 4003]);
    await credentials.create(keyed({ revokeAlso: [4002] }));
    expect(active(sandbox, ID)).to.deep.equal([4003, 4004]);
    const mistyped = await failure(credentials.update(state, keyed({ revokeAlso: [4010] })));
    expect(mistyped.message).to.include("and not 4010");
  });

  it("one that has never been listed has not ended because a list does not show it", async () => {
    const state = await minted();
    const unlisted: CredentialState = {
      ...state,
      current: { credentialId: 4711, status: "active", mintedOn: "2026-03-01" },
    };
    for (const mode of ["500", "drop-after"] as const) {
      sandbox.hostile.add({ match: `POST /partner-subscription/api/v1/acme/${ID}/credentials/revoke/4711`, mode });
      const { message } = await failure(credentials.delete(unlisted));
      expect(message, mode).to.include("the list has never shown it");
    }
  });

  it("the clock does not rotate what was revoked outside since the last read", async () => {
    const state = await minted();
    sandbox.partner.revokeCredentialOutside(ID, 4002);
    sandbox.clock.advance({ days: 40 });
    const stopped = await failure(credentials.update(state, keyed({ rotateAfterDays: 30 })));
    expect(stopped.message).to.include("was revoked outside since the last read");
    expect(active(sandbox, ID)).to.deep.equal([4001]);
    const asked = await credentials.update(state, keyed({ rotateAfterDays: 30, trigger: "after the incident" }));
    expect(asked.current?.credentialId).to.equal(4003);
  });

  for (const paRevokeCanceled of ["204", "400"] as const)
    for (const onDelete of ["revoke", "revokeAll"] as const)
      it(`credentials of a canceled contract are dead: ${onDelete} lets go where a revocation answers ${paRevokeCanceled}`, async () => {
        const state = await minted({ onDelete });
        sandbox.partner.cancelOutside(ID);
        Object.assign(sandbox.variants, { paRevokeCanceled });
        await credentials.delete(state);
        expect(credentials.told.at(-1)).to.include("dead with it");
      });

  it("a contract whose run was killed after the answer is not made again; one that is in a state may be", async () => {
    const line = (status: string): string =>
      JSON.stringify({
        time: "2026-03-01T09:00:00Z",
        operation: "partner.contracts.create",
        target: "partner.contracts.create product=ssl_dv_rapidssl san=a.example.com",
        status,
        traceId: "0af7651916cd43dd8448eb211c80319c",
      });
    for (const [status, stops] of [
      ["answered 201", true],
      ["unknown 502", true],
      ["unknown", true],
      ["refused 400", false],
      ["not executed 429", false],
      ["kept", false],
    ] as const) {
      const book = `${line("sending")}\n${line(status)}\n`;
      const plan = new ContractSteps(sandbox, { receipts: () => book });
      const outcome = await plan.create(wanted()).catch((error: unknown) => error);
      expect(outcome instanceof Fault, status).to.equal(stops);
    }
    expect(contracts.kept).to.deep.equal([]);
    await contracts.create(wanted());
    expect(contracts.kept).to.have.length(1);
  });

  it("an adopted contract brings its only credential, and an input that is taken away leaves no change behind", async () => {
    const id = sandbox.partner.addContract({ sans: DV.sans });
    const adopted = await contracts.create(wanted({ adopt: id, autoRenew: false, trigger: "1" }));
    expect(adopted.credential?.credentialId).to.equal(4001);
    const changed = await contracts.update(adopted, wanted());
    expect(contracts.plan(changed, wanted()).changes).to.equal(false);
    const ended = await contracts.update(changed, wanted({ firstCredential: "revoke" }));
    expect(active(sandbox, id)).to.deep.equal([]);
    expect(ended.credential?.status).to.equal("revoked");
  });

  it("contacts are not sent when others have changed the rest of the organization meanwhile", async () => {
    const person = { firstName: "A", lastName: "B", email: "a@example.com" };
    const organization = { name: "Real Corp", address: "1 Way", city: "Town", country: "US" };
    const own = (more: object) => ({
      productNameId: "ssl_basic",
      sans: DV.sans,
      organization: { ...organization, ...more },
    });
    const made = await contracts.create(contracts.inputs(own({})));
    const other = await contracts.create(contracts.inputs(own({ name: "Real Corporation" })));
    expect(other.contract?.organization?.name).to.equal("Real Corporation");
    const contactsOnly = contracts.inputs(own({ organizationContact: person }));
    // As if the state knew the first contract, and DigiCert had the second one's organization for it.
    const stale = {
      ...other,
      organization: made.organization,
      contract: { ...made.contract, id: other.contract?.id ?? 0, sans: DV.sans },
    };
    const refused = await failure(contracts.update(stale as typeof made, contactsOnly));
    expect(refused.message).to.include("was changed by others meanwhile (name)");
    expect(sandbox.log.made().filter(({ method }) => method === "PATCH")).to.deep.equal([]);
  });

  it("a canceled contract has nothing minted on it; a contract of another account is an error", async () => {
    const state = await minted();
    sandbox.partner.cancelOutside(ID);
    expect((await failure(credentials.update(state, keyed({ trigger: "2" })))).message).to.include("was canceled");
    expect(executed(sandbox)).to.have.length(1);
  });
});
