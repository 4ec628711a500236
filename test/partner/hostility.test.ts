import { expect } from "chai";
import { Fault, PartialFault } from "../../provider/core/fault.js";
import type { ContractState } from "../../provider/partner/contract/state.js";
import type { CredentialState } from "../../provider/partner/credential/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { misbehave, PLACES, WAYS, type Place, type Way } from "../instrument/misbehaving.js";
import { active, ContractSteps, CredentialSteps, executed } from "./steps.js";

interface Call<State> {
  readonly name: string;
  readonly match: string;
  readonly lead: (sandbox: Sandbox) => Promise<State | undefined>;
  /** The step; `again` is what a person answers when it was asked. */
  readonly run: (sandbox: Sandbox, state: State | undefined, again: boolean) => Promise<State | undefined>;
  readonly read: (sandbox: Sandbox, state: State) => Promise<State>;
  readonly after: (sandbox: Sandbox, state: State | undefined) => void;
  /** Whether a second call is the only way on after a lost answer (digicert-acme.md 2). */
  readonly mints?: boolean;
  /** Whether the same call twice leaves the same, so that one run may repeat it. */
  readonly repeatable?: boolean;
  /** Whether the next run makes what it has named, although it is done: an end leaves the same. */
  readonly endsAgain?: boolean;
}

const ID = 20_001;
const DV = { productNameId: "ssl_dv_rapidssl", sans: ["a.example.com", "b.example.com"] };
const contractOf = (sandbox: Sandbox) => new ContractSteps(sandbox);
const credentialOf = (sandbox: Sandbox) => new CredentialSteps(sandbox);
const inContract = (sandbox: Sandbox, more: object = {}) => contractOf(sandbox).inputs({ ...DV, ...more });
const made = (sandbox: Sandbox, more: object = {}): Promise<ContractState> =>
  contractOf(sandbox).create(inContract(sandbox, more));
const kept = <State>(state: State | undefined): State => {
  if (state === undefined) throw new Error("nothing to go on with");
  return state;
};
const changes = (more: object) => async (sandbox: Sandbox, state: ContractState | undefined) =>
  contractOf(sandbox).update(kept(state), inContract(sandbox, more));
const ends = async (sandbox: Sandbox, state: ContractState | undefined): Promise<undefined> => {
  await contractOf(sandbox).delete(kept(state));
};

const CONTRACTS: readonly Call<ContractState>[] = [
  {
    name: "contracts.update",
    match: `PATCH /partner-subscription/api/v1/acme/${ID}`,
    lead: made,
    run: changes({ autoRenew: true }),
    read: (sandbox, state) => contractOf(sandbox).read(state),
    after: (sandbox, state) => {
      expect([sandbox.partner.contract(ID).autoRenew, kept(state).contract?.autoRenew]).to.deep.equal([true, true]);
    },
    repeatable: true,
  },
  {
    name: "sans.add",
    match: `PUT /partner-subscription/api/v1/acme/${ID}/sans`,
    lead: made,
    run: changes({ sans: [...DV.sans, "c.example.com"] }),
    read: (sandbox, state) => contractOf(sandbox).read(state),
    after: (sandbox, state) => {
      expect(sandbox.partner.contract(ID).sans).to.deep.equal([...DV.sans, "c.example.com"]);
      expect(kept(state).contract?.sans).to.deep.equal([...DV.sans, "c.example.com"]);
    },
  },
  {
    name: "sans.remove",
    match: `DELETE /partner-subscription/api/v1/acme/${ID}/sans`,
    lead: made,
    run: changes({ sans: ["a.example.com"] }),
    read: (sandbox, state) => contractOf(sandbox).read(state),
    after: (sandbox, state) => {
      expect(sandbox.partner.contract(ID).sans).to.deep.equal(["a.example.com"]);
      expect(kept(state).contract?.sans).to.deep.equal(["a.example.com"]);
    },
  },
  {
    name: "contracts.cancel",
    match: `DELETE /partner-subscription/api/v1/acme/${ID}`,
    lead: (sandbox) => made(sandbox, { onDelete: "cancel" }),
    run: ends,
    read: (sandbox, state) => contractOf(sandbox).read(state),
    after: (sandbox) => {
      expect(sandbox.partner.contract(ID).canceledAt).to.not.equal(undefined);
    },
  },
];

const wanted = (sandbox: Sandbox, more: object = {}) => credentialOf(sandbox).inputs({ contractId: ID, ...more });
const minted =
  (more: object = {}) =>
  (sandbox: Sandbox): Promise<CredentialState> => {
    sandbox.partner.addContract();
    return credentialOf(sandbox).create(wanted(sandbox, more));
  };
const regenerating = `POST /partner-subscription/api/v1/acme/${ID}/credentials/regenerate`;
/** The secrets in the state are those of the newest active credential, and its id is known. */
const hasTheNewest = (sandbox: Sandbox, state: CredentialState | undefined): void => {
  const newest = sandbox.partner.credentials(ID).at(-1);
  expect(kept(state).hmacKey).to.equal(newest?.hmac);
  expect(kept(state).current?.credentialId).to.equal(newest?.id);
};

const CREDENTIALS: readonly Call<CredentialState>[] = [
  {
    name: "credentials.regenerate for a new resource",
    match: regenerating,
    lead: (sandbox) => {
      sandbox.partner.addContract();
      return Promise.resolve(undefined);
    },
    run: (sandbox, state) =>
      state === undefined
        ? credentialOf(sandbox).create(wanted(sandbox))
        : credentialOf(sandbox).update(state, wanted(sandbox)),
    read: (sandbox, state) => credentialOf(sandbox).read(state),
    after: hasTheNewest,
    mints: true,
  },
  {
    name: "credentials.regenerate for a rotation",
    match: regenerating,
    lead: minted(),
    run: (sandbox, state) => credentialOf(sandbox).update(kept(state), wanted(sandbox, { trigger: "2" })),
    read: (sandbox, state) => credentialOf(sandbox).read(state),
    after: (sandbox, state) => {
      hasTheNewest(sandbox, state);
      expect(kept(state).previous).to.have.length(1);
    },
    mints: true,
  },
  {
    name: "credentials.revoke",
    match: `POST /partner-subscription/api/v1/acme/${ID}/credentials/revoke/4002`,
    lead: minted(),
    run: async (sandbox, state) => {
      await credentialOf(sandbox).delete(kept(state));
      return undefined;
    },
    read: (sandbox, state) => credentialOf(sandbox).read(state),
    endsAgain: true,
    after: (sandbox) => {
      expect(active(sandbox, ID)).to.deep.equal([4001]);
    },
  },
  {
    name: "credentials.revoke-all",
    match: `POST /partner-subscription/api/v1/acme/${ID}/credentials/revoke`,
    lead: minted({ onDelete: "revokeAll" }),
    run: async (sandbox, state) => {
      await credentialOf(sandbox).delete(kept(state));
      return undefined;
    },
    read: (sandbox, state) => credentialOf(sandbox).read(state),
    endsAgain: true,
    after: (sandbox) => {
      expect(active(sandbox, ID)).to.deep.equal([]);
    },
  },
];

describe("calls of the Partner API when the service misbehaves", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(() => sandbox.close());

  async function settles<State extends object>(call: Call<State>, place: Place, way: Way) {
    let state: State | undefined = await call.lead(sandbox);
    const since = sandbox.log.last();
    misbehave(sandbox, call.match, place, way);
    let failure: unknown;
    try {
      state = await call.run(sandbox, state, false);
    } catch (error) {
      failure = error;
    }
    const first = executed(sandbox, since).length;
    if (call.repeatable !== true) expect(first, "executed in the first run").to.be.at.most(1);
    if (failure !== undefined) {
      expect(failure).to.be.instanceOf(Fault);
      const { message } = failure as Fault;
      expect(message).to.match(/^Could not .*\. Known: .*\. Next: /s);
      for (const { hmac = "none" } of sandbox.partner.credentials(ID)) expect(message).to.not.include(hmac);
      if (failure instanceof PartialFault) state = (failure as PartialFault<State>).state;
    }
    sandbox.hostile.clear();
    if (state !== undefined) state = await call.read(sandbox, state);
    if (failure !== undefined) {
      const lost =
        call.mints === true &&
        first === 1 &&
        (state as CredentialState).unidentified === undefined &&
        (state as CredentialState).owed;
      const strays = lost ? (state as CredentialState).strays.map(({ credentialId }) => credentialId) : [];
      if (lost) expect(strays, "the stray is found by reading").to.have.length(1);
      state = await call.run(sandbox, state, true);
      const names = executed(sandbox, since).map((one) => one.split(" ")[0]);
      if (lost) expect(names).to.deep.equal(["credentials.regenerate", "credentials.regenerate", "credentials.revoke"]);
      else if (call.repeatable !== true && call.endsAgain !== true)
        expect(names, "executed in both runs").to.have.length(1);
      for (const stray of strays) expect(active(sandbox, ID)).to.not.include(stray);
    } else if (call.repeatable !== true) expect(first).to.equal(1);
    call.after(sandbox, state);
  }

  for (const place of PLACES)
    for (const way of WAYS) {
      const how = `${place}: ${way.mode}${way.executed === true ? " after it was executed" : ""}`;
      const situation = (name: string): string =>
        place === "the call" && (way.mode === "drop-after" || way.mode === "403")
          ? ` [situation: partner.${name.split(" ")[0] ?? ""}, ${way.mode === "403" ? "refused" : "answer lost"}]`
          : "";
      for (const call of CONTRACTS) it(`${call.name}, ${how}${situation(call.name)}`, () => settles(call, place, way));
      for (const call of CREDENTIALS)
        it(`${call.name}, ${how}${situation(call.name)}`, () => settles(call, place, way));

      it(`contracts.create, ${how}: one contract, or none while nobody knows${situation("contracts.create")}`, async () => {
        misbehave(sandbox, "POST /partner-subscription/api/v1/acme", place, way);
        const steps = contractOf(sandbox);
        const outcome = await steps.create(inContract(sandbox)).catch((error: unknown) => error);
        const contracts = sandbox.partner.contracts();
        expect(contracts.length).to.be.at.most(1);
        sandbox.hostile.clear();
        if (!(outcome instanceof Error)) {
          expect((outcome as ContractState).contract?.id).to.equal(contracts[0]?.id);
          return;
        }
        expect(outcome).to.be.instanceOf(Fault);
        if (!(outcome instanceof PartialFault)) {
          expect(contracts, "nothing is kept, so nothing was made").to.deep.equal([]);
          return;
        }
        const state = await steps.read((outcome as PartialFault<ContractState>).state);
        if (state.lost === undefined) {
          // The contract is known, and its secrets are kept.
          expect(state.contract?.id).to.equal(contracts[0]?.id);
          expect(state.hmacKey).to.equal(sandbox.partner.credentials(ID)[0]?.hmac);
          expect(state.credential?.credentialId).to.equal(4001);
          expect(steps.plan(state, inContract(sandbox)).changes).to.equal(false);
          return;
        }
        expect(steps.plan(state, inContract(sandbox)).refusal).to.include("GET /account/reporting");
        const failure = await steps.update(state, inContract(sandbox)).catch((error: unknown) => error);
        expect(String(failure)).to.include("set adopt to its id");
        expect(sandbox.partner.contracts()).to.have.length(contracts.length);
        const answer = contracts.length === 1 ? { adopt: ID } : { createAnother: state.lost.traceId };
        expect(steps.plan(state, inContract(sandbox, answer)).replaces).to.deep.equal(Object.keys(answer));
        expect(steps.plan(state, undefined).operations).to.deep.equal([]);
        const settled = await steps.create(inContract(sandbox, answer));
        expect(settled.contract?.id).to.equal(ID);
        expect(sandbox.partner.contracts()).to.have.length(1);
      });
    }
});
