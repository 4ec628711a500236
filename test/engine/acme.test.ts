import { expect } from "chai";
import { readFileSync } from "node:fs";
import { activeOf, contract, credential, outputsOf, retirement, secretsOf } from "./acme.js";
import { apply, expectNothing, inWorld } from "./engine.js";
import { expectCode } from "../instrument/world.js";

const ID = 20_001;
const verbs = (made: readonly string[]): string[] => made.map((one) => one.replace(/^partner\./, ""));
const OK = [
  ...["contracts.create", "contracts.update", "contracts.cancel", "sans.add", "sans.remove"],
  ...["credentials.regenerate", "credentials.revoke", "credentials.revoke-all"],
]
  .map((name) => `[situation: partner.${name}, ok]`)
  .join(" ");

describe("ACME contracts and credentials on the real engine", () => {
  it(
    `from the contract to its end, each call named before it is made ${OK}`,
    inWorld(async (world) => {
      const { partner } = world.sandbox;
      world.program(contract(), credential(), retirement({ delayDays: 7 }));
      expect(verbs((await apply(world)).made)).to.deep.equal([
        "contracts.create product=ssl_dv_rapidssl san=a.example.com",
        `credentials.regenerate contractId=${ID}`,
      ]);
      const [first, minted] = partner.credentials(ID);
      expect(await secretsOf(world, "web")).to.include({ keyId: first?.kid, hmacKey: first?.hmac });
      const outputs = await secretsOf(world, "key");
      expect(outputs).to.include({ keyId: minted?.kid, hmacKey: minted?.hmac, directoryUrl: partner.directoryUrl });
      for (const text of Object.values(outputs.clients as Record<string, string>))
        expect(text).to.include(minted?.hmac).and.include(minted?.kid).and.include(partner.directoryUrl);
      expect(outputsOf(world, "key").active).to.deep.equal([
        {
          credentialId: 4001,
          kidHint: first?.kid.slice(0, 4),
          createdAt: "2026-03-01T10:00:00Z",
          status: "active",
          mintedBy: "this stack",
        },
        {
          credentialId: 4002,
          kidHint: minted?.kid.slice(0, 4),
          createdAt: "2026-03-01T10:00:00Z",
          status: "active",
          mintedBy: "this resource",
        },
      ]);
      expect(await expectNothing(world)).to.equal(0);

      const changed = contract({ sans: ["a.example.com", "c.example.com"], autoRenew: true });
      world.program(changed, credential({ trigger: "2" }), retirement({ delayDays: 7 }));
      const rotated = await apply(world);
      expect(rotated.preview.text).to.include("NEW ACME ACCOUNT KEY");
      expect(rotated.preview.text).to.include("ACME CLIENTS CAN NO LONGER ISSUE OR RENEW");
      expect(verbs(rotated.made)).to.deep.equal([
        `sans.add contractId=${ID} sans=c.example.com`,
        `contracts.update contractId=${ID}`,
        `sans.remove contractId=${ID} sans=b.example.com`,
        `credentials.regenerate contractId=${ID}`,
      ]);
      expect(activeOf(world, ID)).to.deep.equal([4001, 4002, 4003]);

      world.days(7);
      expect(verbs((await apply(world)).made)).to.deep.equal([`credentials.revoke contractId=${ID} credentialId=4002`]);
      expect(activeOf(world, ID)).to.deep.equal([4001, 4003]);

      partner.regenerateOutside(ID, false);
      await world.project.refresh();
      world.program(
        changed,
        credential({ trigger: "2", emergency: "a laptop was stolen" }),
        retirement({ delayDays: 7 }),
      );
      const emergency = await apply(world);
      expect(emergency.preview.text).to.match(
        /4001 [^;]*minted by this stack; 4003 [^;]*minted by this resource; 4004 [^;]*NOT MINTED BY THIS STACK/,
      );
      expect(verbs(emergency.made)).to.deep.equal([
        `credentials.revoke-all contractId=${ID} credentials=4001,4003,4004`,
        `credentials.regenerate contractId=${ID}`,
      ]);
      expect(activeOf(world, ID)).to.deep.equal([4005]);
      expect(await expectNothing(world)).to.equal(0);

      world.program(
        { ...changed, args: { ...changed.args, onDelete: "cancel" } },
        credential({ trigger: "2", emergency: "a laptop was stolen" }),
      );
      expect((await apply(world)).made).to.deep.equal([]);
      world.program();
      const removed = await apply(world);
      expect(removed.preview.text).to.include("DigiCert takes it until 2026-03-31 only");
      expect(verbs(removed.made)).to.deep.equal([
        `credentials.revoke contractId=${ID} credentialId=4005`,
        `contracts.cancel contractId=${ID}`,
      ]);
      expect(partner.contract(ID).canceledAt).to.not.equal(undefined);
    }),
  );

  it(
    "a late cancel fails, keeps the contract, and never turns into something else; expire says until when it lives",
    inWorld(async (world) => {
      world.program(contract({ onDelete: "cancel", autoRenew: true }));
      await apply(world);
      world.days(31);
      expect((await apply(world)).made).to.deep.equal([]);
      world.program();
      const late = await apply(world, 1);
      expect(late.up.text).to.include("HTTP 400");
      expect(world.sandbox.partner.contract(ID).canceledAt).to.equal(undefined);
      expect(world.sandbox.partner.contract(ID).autoRenew).to.equal(true);
      world.program(contract({ autoRenew: true }));
      await apply(world);
      const destroy = expectCode(await world.project.destroyPreview(), 0);
      expect(destroy.text.replace(/\s+/g, " ")).to.include("auto renew off: it EXPIRES on 2027-03-01");
      expectCode(await world.project.destroy(), 0);
      expect(world.sandbox.partner.contract(ID).canceledAt).to.equal(undefined);
      expect(world.sandbox.partner.contract(ID).autoRenew).to.equal(false);
      expect(activeOf(world, ID)).to.deep.equal([4001]);
    }),
  );

  it(
    "a creation whose answer was lost is not repeated until somebody has looked",
    inWorld(async (world) => {
      world.program(contract());
      world.sandbox.hostile.add({ match: "POST /partner-subscription/api/v1/acme", mode: "truncate" });
      const lost = await apply(world, 1);
      expect(lost.up.text).to.include("GET /account/reporting");
      const next = await apply(world, 1);
      expect(next.preview.text).to.include("up WILL STOP here");
      expect(next.made).to.deep.equal([]);
      world.program(contract({ adopt: ID }));
      const adopted = await apply(world);
      expect(adopted.made).to.deep.equal([]);
      expect(outputsOf(world, "web").contract).to.include({ id: ID });
      expect(await expectNothing(world)).to.equal(0);
      expect(world.sandbox.partner.contracts()).to.have.length(1);
    }),
  );

  it(
    "a credential whose answer was lost leaves a stray, which the next preview names and its up revokes",
    inWorld(async (world) => {
      const contractId = world.sandbox.partner.addContract();
      world.program(credential({ contractId }));
      world.sandbox.hostile.add({
        match: `POST /partner-subscription/api/v1/acme/${contractId}/credentials/regenerate`,
        mode: "drop-after",
      });
      const lost = await apply(world, 1);
      expect(lost.up.text).to.include("its secret is lost");
      const next = await apply(world);
      expect(next.preview.text).to.include("REVOKE the stray");
      expect(verbs(next.made)).to.deep.equal([
        `credentials.regenerate contractId=${contractId}`,
        `credentials.revoke contractId=${contractId} credentialId=4002`,
      ]);
      expect(activeOf(world, contractId)).to.deep.equal([4001, 4003]);
      expect((await secretsOf(world, "key")).hmacKey).to.equal(
        world.sandbox.partner.credentials(contractId).at(-1)?.hmac,
      );
      expect(await expectNothing(world)).to.equal(0);
    }),
  );

  it(
    "revoked outside: nothing is minted by itself; a new trigger, or whenEndedOutside, mints; age rotates",
    inWorld(async (world) => {
      const contractId = world.sandbox.partner.addContract();
      world.program(credential({ contractId }));
      await apply(world);
      world.sandbox.partner.revokeCredentialOutside(contractId, 4002);
      const refresh = expectCode(await world.project.refresh(), 0);
      expect(refresh.text).to.include("was revoked outside");
      const stopped = await apply(world, 1);
      expect(stopped.up.text).to.include("Change trigger");
      world.program(credential({ contractId, trigger: "2" }));
      expect(verbs((await apply(world)).made)).to.deep.equal([`credentials.regenerate contractId=${contractId}`]);
      world.program(credential({ contractId, trigger: "2", whenEndedOutside: "replace", rotateAfterDays: 90 }));
      expect((await apply(world)).made).to.deep.equal([]);
      world.sandbox.partner.revokeCredentialOutside(contractId, 4003);
      await world.project.refresh();
      expect(verbs((await apply(world)).made)).to.deep.equal([`credentials.regenerate contractId=${contractId}`]);
      world.days(90);
      const aged = await apply(world);
      expect(aged.preview.text).to.include("it was minted 90 day(s) ago");
      expect(verbs(aged.made)).to.deep.equal([`credentials.regenerate contractId=${contractId}`]);
      expect(activeOf(world, contractId)).to.deep.equal([4001, 4004, 4005]);
    }),
  );

  it(
    "revoked outside while its contract changes in the same run: the preview says that up stops, and up stops after the contract's call",
    inWorld(async (world) => {
      world.program(contract({ autoRenew: false }), credential());
      await apply(world);
      const contractId = (outputsOf(world, "web").contract as { id: number }).id;
      const key = (outputsOf(world, "key").current as { credentialId: number }).credentialId;
      world.sandbox.partner.revokeCredentialOutside(contractId, key);
      expectCode(await world.project.refresh(), 0);
      const active = activeOf(world, contractId);
      const wider = contract({ autoRenew: false, sans: ["a.example.com", "b.example.com", "c.example.com"] });
      world.program(wider, credential());
      const stopped = await apply(world, 1);
      expect(stopped.preview.text)
        .to.include("WILL STOP")
        .and.include("it stops unless contractDirectoryUrl, not known yet, turns out to change");
      expect(stopped.up.text)
        .to.include("was revoked outside; nothing is minted by itself")
        .and.include("Change trigger");
      expect(verbs(stopped.made)).to.deep.equal([`sans.add contractId=${contractId} sans=c.example.com`]);
      expect(activeOf(world, contractId)).to.deep.equal(active);

      // Without its contract's change it is said and stops as well, and a new trigger goes on.
      expect(verbs((await apply(world, 1)).made)).to.deep.equal([]);
      world.program(wider, credential({ trigger: "2" }));
      expect(verbs((await apply(world)).made)).to.deep.equal([`credentials.regenerate contractId=${contractId}`]);
    }),
  );

  it(
    "a removal that revokes all lists who dies, and is refused while another one is active that it did not list",
    inWorld(async (world) => {
      const contractId = world.sandbox.partner.addContract();
      world.program(credential({ contractId, onDelete: "revokeAll" }));
      await apply(world);
      world.sandbox.partner.regenerateOutside(contractId, false);
      world.program();
      const refused = await apply(world, 1);
      expect(refused.preview.text).to.include("4001 (key id hint").and.include("NOT MINTED BY THIS STACK");
      expect(refused.up.text).to.include("credential 4003 ").and.include("which the preview has not named");
      expect(refused.made).to.deep.equal([]);
      await world.project.refresh();
      const { made, preview } = await apply(world);
      expect(preview.text).to.include("; 4003 (key id hint");
      expect(verbs(made)).to.deep.equal([`credentials.revoke-all contractId=${contractId} credentials=4001,4002,4003`]);
      expect(activeOf(world, contractId)).to.deep.equal([]);
    }),
  );

  it(
    "no HMAC key is found in clear, in any form: state, previews, diffs, JSON, logs, errors, receipts",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const texts: string[] = [];
      const regenerating = `POST /partner-subscription/api/v1/acme/${ID}/credentials/regenerate`;
      world.program(contract(), credential());
      // The secret is in the state, and the step fails after it: a partial result.
      sandbox.hostile.add({
        match: regenerating,
        mode: "hook",
        after: () => {
          sandbox.hostile.add({ match: "GET *", mode: "500", times: 99 });
        },
      });
      const partial = await apply(world, 1);
      texts.push(partial.up.text, (await project.pulumi("stack", "export")).text);
      expect((await secretsOf(world, "key")).hmacKey).to.equal(sandbox.partner.credentials(ID).at(-1)?.hmac);
      sandbox.hostile.clear();
      expect((await apply(world)).made).to.deep.equal([]);
      world.program(contract(), credential({ trigger: "2" }), retirement());
      texts.push(
        (await project.pulumi("preview", "--diff")).text,
        (await project.pulumi("preview", "--json")).text,
        (await project.pulumi("up", "--yes", "--skip-preview", "--debug", "--logtostderr", "-v=3")).text,
        (await project.pulumi("up", "--yes", "--json")).text,
        (await project.pulumi("stack", "export")).text,
      );
      sandbox.partner.revokeCredentialOutside(ID, 4003);
      world.program(contract(), credential({ trigger: "2" }));
      const drifted = await project.refresh();
      const stopped = await project.up();
      expect(stopped.code).to.not.equal(0);
      texts.push(drifted.text, (await project.pulumi("preview", "--diff")).text, stopped.text);
      texts.push((await project.destroyPreview()).text, readFileSync(project.receipts, "utf8"));
      const all = texts.join("\n");
      expect(all.length).to.be.greaterThan(20_000);
      const keys = sandbox.partner.credentials(ID).map(({ hmac = "" }) => hmac);
      expect(keys).to.have.length(3);
      for (const key of [...keys, sandbox.partner.apiKey])
        for (const bytes of [Buffer.from(key), Buffer.from(key, "base64url")])
          for (const form of [
            ...[key, bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")],
            ...[bytes.toString("hex"), bytes.toString("hex").toUpperCase(), encodeURIComponent(key)],
          ])
            expect(
              texts.findIndex((text) => text.includes(form)),
              `found ${form} in ${all.slice(Math.max(0, all.indexOf(form) - 200), all.indexOf(form))}`,
            ).to.equal(-1);
    }),
  );
});
