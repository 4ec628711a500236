import { expect } from "chai";
import { startSandbox } from "../../sandbox/index.js";
import { expectCode } from "../instrument/world.js";
import { apply, expectNothing, inWorld } from "./engine.js";
import { gateway, generated, jwkState, pem, signing, verbs } from "./gateways.js";

describe("JWKs that follow their certificate, on the real engine", () => {
  it(
    "a write that keeps the certificate is followed, too; a run that failed between deletion and creation goes on",
    inWorld(async (world) => {
      const { apinizer, hostile } = world.sandbox;
      const text = await pem(world.sandbox);
      world.program(gateway({ pem: text }), signing(), generated());
      await apply(world);
      const other = gateway({ pem: text, description: "other", jwkUpdateAction: "NULLIFY" });
      world.program(other, signing(), generated());
      const nullified = await apply(world);
      expect(verbs(nullified.made)).to.deep.equal(["certificates.update gw"]);
      expect(nullified.up.text).to.include("detached from certificate gw and keeps the key that it has");
      expect(apinizer.jwk("signing").sourceId).to.equal(null);
      expect(jwkState(world, "signing")).to.deep.include({ attached: false, outdated: false });
      world.program(other, signing(), generated({ trigger: "2" }));
      hostile.add({ match: "POST /apiops/projects/partners/jwks/generate", mode: "429", times: 9 });
      const failed = await apply(world, 1);
      hostile.clear();
      expect(verbs(failed.made)).to.deep.equal(["jwks.delete own"]);
      expect(jwkState(world, "own").made).to.equal(false);
      world.program(other, signing(), generated());
      const again = await apply(world);
      expect(again.preview.text).to.include("[apinizer.jwks.create project=partners name=own; if ");
      expect(verbs(again.made)).to.deep.equal(["jwks.create own"]);
    }),
  );

  it(
    "an installation that does not know the parameter: told, and a trigger makes the JWK anew",
    inWorld(async (world) => {
      world.sandbox.variants.apJwkParameters = "none";
      world.program(gateway({ pem: await pem(world.sandbox) }), signing());
      await apply(world);
      world.program(gateway({ pem: await pem(world.sandbox, 1) }), signing());
      const replaced = await apply(world);
      expect(replaced.preview.text).to.include("as far as the installation knows the call's parameters");
      expect(replaced.up.text).to.include("is detached from certificate gw and keeps the old key");
      world.program(gateway({ pem: await pem(world.sandbox, 1) }), signing({ trigger: "again" }));
      const remade = await apply(world);
      expect(remade.preview.text).to.include("POLICIES THAT USE IT ARE WITHOUT IT IN BETWEEN");
      expect(verbs(remade.made)).to.deep.equal(["jwks.delete signing", "jwks.create signing"]);
      expect(jwkState(world, "signing")).to.deep.include({ attached: true, outdated: false });
      await expectNothing(world);
    }),
  );

  it(
    "a JWK goes where its certificate is: to the manager of its provider instance",
    inWorld(async (world) => {
      const other = await startSandbox({ now: world.now.toISOString() });
      try {
        other.apinizer.trustEverywhere("root", await other.apinizer.newPem("root", "ec"));
        const second = {
          ...{ kind: "apinizer.Provider", name: "second" },
          args: { url: other.apinizer.managerUrl, token: other.apinizer.token, visibilitySeconds: 0.5 },
        };
        const gw = async (number: number) =>
          gateway({ pem: await pem(world.sandbox, number) }, { opts: { provider: "second" } });
        world.program(second, await gw(0), signing());
        expectCode(await world.project.up(), 0);
        expect(world.sandbox.log.made()).to.deep.equal([]);
        expect(other.apinizer.jwk("signing").sourceId).to.equal(other.apinizer.certificate("gw").objectId);
        const { members } = other.apinizer.jwk("signing");
        world.program(second, await gw(1), signing());
        expectCode(await world.project.up(), 0);
        expect(other.apinizer.jwk("signing").members).to.not.deep.equal(members);
        world.program(second);
        expectCode(await world.project.up(), 0);
        expect([...other.apinizer.jwks(), ...other.apinizer.certificates()]).to.deep.equal([]);
      } finally {
        await other.close();
      }
    }),
  );

  it(
    "a resource under another name is refused while the old one has the certificate: aliases say that it is the same",
    inWorld(async (world) => {
      const text = await pem(world.sandbox);
      world.program(gateway({ pem: text }));
      await apply(world);
      const renamed = { ...gateway({ pem: text }), name: "edge" };
      world.program(renamed);
      const refused = await apply(world, 1);
      for (const { text: words } of [refused.preview, refused.up])
        expect(words).to.include("another resource of this stack has certificate gw of project partners already");
      expect(refused.made).to.deep.equal([]);
      world.program({ ...renamed, opts: { aliases: [{ name: "gw" }] } });
      expect((await apply(world)).shown).to.deep.equal([]);
    }),
  );
});
