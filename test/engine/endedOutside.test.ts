import { expect } from "chai";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { activeOf, contract, credential, outputsOf } from "./acme.js";
import { activeIds, apply, certificate, current, executed, expectNothing, inWorld } from "./engine.js";
import { BOTH, gateway, gatewayState, pem, served } from "./gateways.js";
import { approving, order, orderState } from "./orders.js";
import { uploads } from "./stacks.js";

const REPLACE = { whenEndedOutside: "replace" };

/** Every kind that can be replaced. */
const replaced = async (world: World): Promise<Spec[]> => [
  certificate("a", REPLACE),
  ...(await uploads(REPLACE)),
  await order("www", REPLACE),
  gateway({ pem: await pem(world.sandbox), ...REPLACE }),
  contract({ autoRenew: false, ...REPLACE }),
  credential(REPLACE),
];

const contractIdOf = (world: World): number => (outputsOf(world, "web").contract as { id: number }).id;
const keyOf = (world: World): number => (outputsOf(world, "key").current as { credentialId: number }).credentialId;

/** Everything but the contract is ended by others, all at once. */
function end(world: World): void {
  const { ecgrid, certcentral, apinizer, partner } = world.sandbox;
  ecgrid.terminateOutside(5001, current(world, "a").certKeyId);
  ecgrid.terminateOutside(5002, current(world, "uploaded").certKeyId);
  ecgrid.vanish(5002, current(world, "theirs").certKeyId);
  certcentral.revokeOutside(orderState(world, "www").order.id);
  apinizer.unreachable("staging");
  apinizer.deleteOutside("gw");
  partner.revokeCredentialOutside(contractIdOf(world), keyOf(world));
}

const calls = (contractId: number): string[] => [
  "apinizer.certificates.create project=partners name=gw",
  "certcentral.orders.place product=ssl_basic commonName=www.example.com",
  "ecgrid.certificates.add-private commId=5002",
  "ecgrid.certificates.add-public commId=5002",
  "ecgrid.certificates.create commId=5001",
  `partner.credentials.regenerate contractId=${contractId}`,
];

describe("what was ended outside and is to be replaced", () => {
  it(
    "each call is named with its reason and made once; then all is quiet; what is ended again is made once more",
    inWorld(async (world) => {
      approving(world);
      world.program(...(await replaced(world)));
      await apply(world);
      const contractId = contractIdOf(world);
      for (let times = 0; times < 2; times++) {
        end(world);
        expectCode(await world.project.refresh(), 0);
        world.sandbox.apinizer.reachable("staging");
        const { preview, made } = await apply(world);
        expect(made.sort()).to.deep.equal(calls(contractId));
        for (const why of [
          "of comm 5001 was terminated outside, and whenEndedOutside is replace",
          "of comm 5002 was terminated outside, and whenEndedOutside is replace",
          "of comm 5002 is no longer listed on its comm, and whenEndedOutside is replace",
          "is revoked, with all of its certificates, and whenEndedOutside is replace: a new order, BILLED",
          "it was deleted outside, and whenEndedOutside is replace",
          "was revoked outside, and whenEndedOutside is replace",
        ])
          expect(preview.text).to.include(why);
        expect(await expectNothing(world)).to.equal(0);
        expect(activeIds(world, 5001)).to.deep.equal([current(world, "a").certKeyId]);
        expect(activeIds(world, 5002).sort()).to.deep.equal(
          [current(world, "uploaded").certKeyId, current(world, "theirs").certKeyId].sort(),
        );
        expect(activeOf(world, contractId)).to.include(keyOf(world));
        for (const environment of BOTH)
          expect(served(world, environment)).to.deep.equal([gatewayState(world).deployed?.thumbprint]);
      }
      expect(world.sandbox.certcentral.orders().map(({ status }) => status)).to.deep.equal([
        ...["revoked", "revoked", "issued"],
      ]);
    }),
  );

  it(
    "a run that fails after it has made the new one makes no second one",
    inWorld(async (world) => {
      approving(world);
      const { ecgrid, certcentral, hostile } = world.sandbox;
      const program = [certificate("a", REPLACE), await order("www", REPLACE)];
      world.program(...program);
      await apply(world);
      ecgrid.terminateOutside(5001, current(world, "a").certKeyId);
      certcentral.revokeOutside(orderState(world, "www").order.id);
      expectCode(await world.project.refresh(), 0);
      hostile.add({ match: "POST /v2/certificates/create", mode: "drop-after" });
      hostile.add({ match: "GET /v2/comms/5001", mode: "503", afterMatches: 1, times: 99 });
      hostile.add({ match: "POST /services/v2/order/certificate/ssl_basic", mode: "drop-after" });
      const failed = await world.project.up("--continue-on-error");
      expect(failed.code).to.not.equal(0);
      hostile.clear();
      const orders = certcentral.orders().length;
      const [orphan] = activeIds(world, 5001);
      const next = await world.project.up("--continue-on-error");
      expect(next.text).to.include(`set adopt: ${orphan ?? ""}`);
      expect(executed(world, "create")).to.equal(2);
      expect(certcentral.orders()).to.have.length(orders).and.length(2);
      world.program(certificate("a", { ...REPLACE, adopt: orphan }), await order("www", REPLACE));
      expect((await apply(world)).made).to.deep.equal([]);
      expect(current(world, "a").certKeyId).to.equal(orphan);
      expect(await expectNothing(world)).to.equal(0);
    }),
  );

  it(
    "a canceled contract: a new one is made before the old one goes, said with the reason and that it is billed; never twice",
    inWorld(async (world) => {
      const { partner, hostile } = world.sandbox;
      world.program(contract({ autoRenew: false, ...REPLACE }));
      await apply(world);
      const first = contractIdOf(world);
      partner.cancelOutside(first);
      expectCode(await world.project.refresh(), 0);
      const { preview, made } = await apply(world);
      expect(preview.text).to.include(`contract ${first} was canceled`);
      expect(preview.text).to.include("and whenEndedOutside is replace: a new contract is made, BILLED");
      expect(made.filter((one) => one.includes("contracts.create"))).to.have.length(1);
      const second = contractIdOf(world);
      expect(second).to.not.equal(first);
      expect(await expectNothing(world)).to.equal(0);

      partner.cancelOutside(second);
      expectCode(await world.project.refresh(), 0);
      hostile.add({ match: "POST /*", mode: "drop-after" });
      await apply(world, 1);
      hostile.clear();
      const stopped = await apply(world, 1);
      expect(stopped.made.filter((one) => one.includes("contracts.create"))).to.deep.equal([]);
      expect(stopped.up.text).to.include("whether the contract for a.example.com, b.example.com was made is not known");
      expect(partner.contracts()).to.have.length(3);
      const third = partner.contracts().at(-1)?.id ?? 0;
      world.program(contract({ autoRenew: false, ...REPLACE, adopt: third }));
      await apply(world);
      expect(contractIdOf(world)).to.equal(third);
      expect(partner.contracts()).to.have.length(3);
    }),
  );
});
