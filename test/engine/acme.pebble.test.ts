import { expect } from "chai";
import { startPebble, type EabCredential, type RunningPebble } from "../../sandbox/acme/pebble.js";
import { issueWith, refusal } from "../instrument/acmeClient.js";
import type { World } from "../instrument/world.js";
import { contract, credential, retirement, secretsOf } from "./acme.js";
import { apply, inWorld } from "./engine.js";

const ID = 20_001;

/** What the sandbox takes for usable, as the ACME server beside it has it (digicert-acme.md 8.1). */
const usable = ({ sandbox }: World): EabCredential[] =>
  sandbox.partner
    .credentials(ID)
    .flatMap(({ kid, hmac, usable: inForce }) => (inForce && hmac !== undefined ? [{ kid, hmac }] : []));

/** The binding in a resource's outputs, as a program hands it to a client. */
async function bindingOf(world: World, name: string): Promise<EabCredential> {
  const { keyId, hmacKey } = await secretsOf(world, name);
  return { kid: String(keyId), hmac: String(hmacKey) };
}

describe("credentials of the stack at a real ACME server", () => {
  let pebble: RunningPebble | undefined;
  afterEach(async () => {
    await pebble?.close();
    pebble = undefined;
  });

  it(
    "a stock client gets a certificate with the outputs; a retired credential is refused to a fresh account key, the new one is not",
    inWorld(async (world) => {
      world.program(contract(), credential(), retirement({ delayDays: 7 }));
      await apply(world);
      const server = await startPebble({ credentials: usable(world) });
      pebble = server;
      const [first, old] = [await bindingOf(world, "web"), await bindingOf(world, "key")];
      for (const binding of [first, old]) {
        const { chain } = await issueWith(server, binding, ["a.example.com", "b.example.com"]);
        expect(chain.match(/BEGIN CERTIFICATE/g)?.length).to.be.greaterThan(1);
      }

      world.program(contract(), credential({ trigger: "2" }), retirement({ delayDays: 7 }));
      await apply(world);
      const fresh = await bindingOf(world, "key");
      await server.restart(usable(world));
      expect(await refusal(server, old), "both are active: no outage").to.equal(undefined);
      expect(await refusal(server, fresh)).to.equal(undefined);

      world.days(7);
      expect((await apply(world)).made).to.deep.equal([
        `partner.credentials.revoke contractId=${ID} credentialId=4002`,
      ]);
      await server.restart(usable(world));
      expect(await refusal(server, old)).to.include({ status: 403, type: "unauthorized" });
      await issueWith(server, fresh, ["a.example.com"]);

      world.program(contract(), credential({ trigger: "2", emergency: "leak" }));
      await apply(world);
      await server.restart(usable(world));
      for (const binding of [first, fresh]) expect(await refusal(server, binding)).to.include({ status: 403 });
      await issueWith(server, await bindingOf(world, "key"), ["b.example.com"]);
    }),
  );
});
