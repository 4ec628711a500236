import { expect } from "chai";
import { killProvider } from "../instrument/kill.js";
import type { Spec, World } from "../instrument/world.js";
import { activeOf, contract, credential, secretsOf } from "./acme.js";
import { apply, inWorld } from "./engine.js";

/** A call of the Partner API, and what is there after the run that follows one that was killed in it. */
interface Killed {
  readonly name: string;
  readonly match: string;
  readonly lead: (world: World) => Promise<Spec[]>;
  /** Calls of the killed run and of the next ones. */
  readonly calls: number;
  readonly after: (world: World) => Promise<void>;
}

const ID = 20_001;
const at = (path: string): string => `/partner-subscription/api/v1/acme${path}`;
const made =
  (program: Spec[], first: Spec[] = [contract()]) =>
  async (world: World): Promise<Spec[]> => {
    world.program(...first);
    await apply(world);
    return program;
  };
const onContract =
  (program: (contractId: number) => Spec[], first: Record<string, unknown> = {}) =>
  async (world: World): Promise<Spec[]> => {
    const contractId = world.sandbox.partner.addContract();
    world.program(credential({ contractId, ...first }));
    await apply(world);
    return program(contractId);
  };

const CALLS: readonly Killed[] = [
  {
    name: "contracts.update",
    match: `PATCH ${at(`/${ID}`)}`,
    lead: made([contract({ autoRenew: true })]),
    calls: 2, // the same values again
    after: ({ sandbox }) => {
      expect(sandbox.partner.contract(ID).autoRenew).to.equal(true);
      return Promise.resolve();
    },
  },
  {
    name: "sans.add",
    match: `PUT ${at(`/${ID}/sans`)}`,
    lead: made([contract({ sans: ["a.example.com", "b.example.com", "c.example.com"] })]),
    calls: 2, // settled by reading, whatever the second answers
    after: ({ sandbox }) => {
      expect(sandbox.partner.contract(ID).sans).to.deep.equal(["a.example.com", "b.example.com", "c.example.com"]);
      return Promise.resolve();
    },
  },
  {
    name: "sans.remove",
    match: `DELETE ${at(`/${ID}/sans`)}`,
    lead: made([contract({ sans: ["a.example.com"] })]),
    calls: 2,
    after: ({ sandbox }) => {
      expect(sandbox.partner.contract(ID).sans).to.deep.equal(["a.example.com"]);
      return Promise.resolve();
    },
  },
  {
    name: "contracts.cancel",
    match: `DELETE ${at(`/${ID}`)}`,
    lead: made([], [contract({ onDelete: "cancel" })]),
    calls: 2,
    after: ({ sandbox }) => {
      expect(sandbox.partner.contract(ID).canceledAt).to.not.equal(undefined);
      return Promise.resolve();
    },
  },
  {
    name: "credentials.regenerate",
    match: `POST ${at(`/${ID}/credentials/regenerate`)}`,
    lead: onContract((contractId) => [credential({ contractId, trigger: "2" })]),
    calls: 2, // the secret of the first is lost: its credential is told, and never revoked by guess
    after: async (world) => {
      expect(activeOf(world, ID)).to.deep.equal([4001, 4002, 4003, 4004]);
      const { hmacKey, active, previous } = await secretsOf(world, "key");
      expect(hmacKey).to.equal(world.sandbox.partner.credentials(ID).at(-1)?.hmac);
      expect(previous).to.have.length(1);
      const others = (active as { credentialId: number; mintedBy: string }[]).filter(
        ({ mintedBy }) => mintedBy === "others",
      );
      expect(others.map(({ credentialId }) => credentialId)).to.deep.equal([4001, 4003]);
      world.program(credential({ contractId: ID, trigger: "2", revokeAlso: [4003] }));
      const { made: calls, preview } = await apply(world);
      expect(preview.text).to.include("REVOKE the named (revokeAlso) credential 4003");
      expect(calls).to.deep.equal([`partner.credentials.revoke contractId=${ID} credentialId=4003`]);
      expect(activeOf(world, ID)).to.deep.equal([4001, 4002, 4004]);
    },
  },
  {
    name: "credentials.revoke",
    match: `POST ${at(`/${ID}/credentials/revoke/4002`)}`,
    lead: onContract(() => []),
    calls: 2,
    after: (world) => {
      expect(activeOf(world, ID)).to.deep.equal([4001]);
      return Promise.resolve();
    },
  },
  {
    name: "credentials.revoke-all",
    match: `POST ${at(`/${ID}/credentials/revoke`)}`,
    lead: onContract(() => [], { onDelete: "revokeAll" }),
    calls: 2,
    after: (world) => {
      expect(activeOf(world, ID)).to.deep.equal([]);
      return Promise.resolve();
    },
  },
];

describe("killed in a call of the Partner API, after it was committed", () => {
  for (const { name, match, lead, calls, after } of CALLS)
    it(
      `the next run comes to what was asked for [situation: partner.${name}, killed after commit]`,
      inWorld(async (world) => {
        const program = await lead(world);
        const since = world.sandbox.log.last();
        world.program(...program);
        world.sandbox.hostile.add({
          match,
          mode: "hook",
          after: () => {
            killProvider(world.project);
          },
        });
        expect((await world.project.up()).code).to.not.equal(0);
        await apply(world);
        expect(world.sandbox.log.made(since)).to.have.length(calls);
        await after(world);
      }),
    );

  for (const [when, kill] of [
    [
      "before its answer",
      (world: World) => ({
        match: `POST ${at("")}`,
        after: () => {
          killProvider(world.project);
        },
      }),
    ],
    [
      "after its answer",
      (world: World) => ({
        match: `GET ${at(`/${ID}`)}`,
        after: () => {
          killProvider(world.project);
        },
      }),
    ],
  ] as const)
    it(
      `a contract, ${when}: contracts cannot be listed, so the receipts stop the next run [situation: partner.contracts.create, killed after commit]`,
      inWorld(async (world) => {
        world.program(contract());
        world.sandbox.hostile.add({ ...kill(world), mode: "hook" });
        expect((await world.project.up()).code).to.not.equal(0);
        const stopped = await apply(world, 1);
        expect(stopped.up.text).to.include("a run was killed while it created this contract");
        expect(stopped.made).to.deep.equal([]);
        world.program(contract({ adopt: ID }));
        await apply(world);
        expect(world.sandbox.partner.contracts()).to.have.length(1);
      }),
    );
});
