import { expect } from "chai";
import { readFileSync } from "node:fs";
import { startSandbox } from "../../sandbox/index.js";
import { shownByPreview } from "../instrument/transcript.js";
import { expectCode } from "../instrument/world.js";
import { apply, approve, expectNothing, inWorld, stored } from "./engine.js";
import { BOTH, byName, gateway, gatewayState, generated, jwkState, pem, served, signing, verbs } from "./gateways.js";

const CERTIFICATES = ["create", "update", "delete"].map((verb) => `apinizer.certificates.${verb}`);
const JWKS = ["create", "update", "delete"].map((verb) => `apinizer.jwks.${verb}`);
const situation = (what: string): string =>
  [...CERTIFICATES, ...JWKS].map((name) => `[situation: ${name}, ${what}]`).join(" ");

describe("certificates and JWKs of gateways on the real engine", () => {
  it(
    `from the first deployment to the end, each call named before it is made ${situation("ok")}`,
    inWorld(async (world) => {
      const { apinizer } = world.sandbox;
      const [first, second, third] = [
        await pem(world.sandbox),
        await pem(world.sandbox, 1),
        await pem(world.sandbox, 2),
      ];
      world.program(gateway({ pem: first, environments: ["production"] }), signing(), generated());
      expect(verbs((await apply(world)).made)).to.have.members([
        "certificates.create gw",
        "jwks.create signing",
        "jwks.create own",
      ]);
      const goes = gatewayState(world).deployed?.thumbprint ?? "";
      expect(served(world, "production")).to.deep.equal([goes]);
      expect(jwkState(world, "signing").publicJwk).to.deep.include({ ...apinizer.jwk("signing").members, use: "sig" });
      expect(await expectNothing(world)).to.equal(0);

      apinizer.addJwkOutside("theirs", apinizer.certificate("gw"));
      world.program(gateway({ pem: second }), signing(), generated());
      const replaced = await apply(world);
      expect(verbs(replaced.made)).to.deep.equal(["certificates.update gw"]);
      const comes = gatewayState(world).deployed?.thumbprint ?? "";
      for (const words of [
        `thumbprint ${goes} goes, `,
        `thumbprint ${comes}, valid till`,
        "kept in production, added to staging",
        "the gateways may be without it between removal and deployment",
        "JWKs made from it (signing of this stack, and others that this API cannot list) are re-parsed from the new certificate in this project",
      ])
        expect(replaced.preview.text).to.include(words);
      for (const environment of BOTH) expect(served(world, environment)).to.deep.equal([comes]);
      const { members } = apinizer.jwk("signing");
      expect(apinizer.jwk("theirs").members).to.deep.equal(members);
      expect(jwkState(world, "signing")).to.deep.include({ attached: true });
      expect(jwkState(world, "signing").publicJwk).to.deep.include(members);

      world.program(
        gateway({ pem: third, environments: ["production"], jwkUpdateAction: "NULLIFY" }),
        signing(),
        generated(),
      );
      const nullified = await apply(world);
      expect(nullified.preview.text)
        .to.include("kept in production, DROPPED from staging")
        .and.include("(signing of this stack, and others that this API cannot list) are DETACHED AND KEEP THE OLD KEY");
      for (const name of ["signing", "theirs"]) expect(apinizer.jwk(name)).to.deep.include({ sourceId: null, members });
      expect(nullified.up.text).to.include(
        "JWK signing of project partners is detached from certificate gw and keeps the old key",
      );
      expect(served(world, "staging")).to.deep.equal(["missing"]);

      world.program(
        gateway({ pem: third, environments: ["production"], jwkUpdateAction: "NULLIFY" }),
        signing({ trigger: "again" }),
        generated({ description: "of the partners" }),
      );
      const remade = await apply(world);
      expect(remade.preview.text)
        .to.include("POLICIES THAT USE IT ARE WITHOUT IT IN BETWEEN")
        .and.include("UPDATE JWK own of project partners, because its description changes");
      expect(verbs(remade.made)).to.have.members(["jwks.delete signing", "jwks.create signing", "jwks.update own"]);
      expect(apinizer.jwk("signing").sourceId).to.equal(apinizer.certificate("gw").objectId);
      expect(apinizer.jwk("own").description).to.equal("of the partners");
      expect(await expectNothing(world)).to.equal(0);

      world.program();
      const removed = await apply(world);
      expect(removed.preview.text)
        .to.include("irreversible, UNDEPLOYED FROM ALL ENVIRONMENTS, production and undeclared ones")
        .and.include("ITS KEY IS LOST");
      expect(verbs(removed.made)).to.have.members(["jwks.delete signing", "jwks.delete own", "certificates.delete gw"]);
      expect(apinizer.certificates()).to.deep.equal([]);
      expect(apinizer.jwks().map(({ name }) => name)).to.deep.equal(["theirs"]);
    }),
  );

  it(
    "a partial deploy is a failed step that keeps the resource and its outcomes, and the next run deploys to all",
    inWorld(async (world) => {
      const { apinizer } = world.sandbox;
      world.program(gateway({ pem: await pem(world.sandbox) }));
      await apply(world);
      const before = gatewayState(world).deployed?.thumbprint;
      apinizer.unreachable("staging");
      world.program(gateway({ pem: await pem(world.sandbox, 1) }));
      const partly = await apply(world, 1);
      expect(partly.up.text).to.include("production is deployed, staging is failed; the resource is kept");
      const now = gatewayState(world).deployed?.thumbprint;
      expect(gatewayState(world).outcomes.map(({ environment, outcome }) => `${environment} ${outcome}`)).to.deep.equal(
        ["production deployed", "staging failed"],
      );
      expect([served(world, "production"), served(world, "staging")]).to.deep.equal([[now], [before]]);
      apinizer.reachable("staging");
      const repaired = await apply(world);
      expect(repaired.preview.text).to.include("its deployment has failed in staging");
      expect(verbs(repaired.made)).to.deep.equal(["certificates.update gw"]);
      const [put] = world.sandbox.log.made().slice(-1);
      expect(JSON.stringify(put?.body), "the full list, also of a retry").to.include("production,staging");
      for (const environment of BOTH) expect(served(world, environment)).to.deep.equal([now]);
      expect(await expectNothing(world)).to.equal(0);
    }),
  );

  it(
    "an unreachable environment stops a deletion before anything is sent; one that is lost in it is repaired by the next run, there alone",
    inWorld(async (world) => {
      const { apinizer, hostile, log } = world.sandbox;
      world.program(gateway({ pem: await pem(world.sandbox) }));
      await apply(world);
      const { thumbprint } = gatewayState(world).deployed ?? {};
      world.program();
      apinizer.unreachable("staging");
      const stopped = await apply(world, 1);
      expect(stopped.up.text).to.include("the workers of staging do not tell what they trust");
      expect(stopped.made).to.deep.equal([]);
      apinizer.reachable("staging");
      hostile.add({
        match: "DELETE *",
        mode: "hook",
        before: () => {
          apinizer.unreachable("staging");
        },
      });
      const position = log.last();
      const left = await apply(world, 1);
      expect(left.up.text).to.include("staging");
      // The record is made again there alone: a failed deletion can remember nothing.
      expect(verbs(left.made)).to.deep.equal(["certificates.delete gw", "certificates.create gw"]);
      expect(log.made(position)[1]?.body).to.deep.include({ environmentList: "staging" });
      expect([served(world, "production"), served(world, "staging")]).to.deep.equal([["missing"], [thumbprint]]);
      expect(stored(world, "gw").id, "it stays in the state").to.equal("partners/gw");
      apinizer.reachable("staging");
      const repaired = await apply(world);
      expect(
        repaired.shown.map(({ operation, certain }) => `${verbs([operation]).join("")} ${certain ? "certain" : "if"}`),
      ).to.deep.equal(["delete", "create", "delete"].map((verb) => `certificates.${verb} gw if`));
      expect(verbs(repaired.made)).to.deep.equal(["certificates.delete gw"]);
      for (const environment of BOTH) expect(served(world, environment)).to.deep.equal(["missing"]);
      expect(world.project.resources().some(({ type }) => type.includes("apinizer"))).to.equal(false);
    }),
  );

  it(
    "JWKs are deleted with their certificate by consent alone, and never one that this stack keeps",
    inWorld(async (world) => {
      const { apinizer } = world.sandbox;
      const deletes = { pem: await pem(world.sandbox), jwkDeleteAction: "DELETE" };
      world.program(gateway(deletes));
      const unasked = expectCode(await world.project.preview(), 1);
      expect(unasked.text).to.include("allowed is NULLIFY, or DELETE together with allowJwkDeletion: true");
      const consented = gateway({ ...deletes, allowJwkDeletion: true });
      world.program(consented);
      await apply(world);
      world.program(consented, byName());
      await apply(world);
      apinizer.addJwkOutside("theirs", apinizer.certificate("gw"));
      // A JWK that leaves the stack and is kept is kept from its certificate, too.
      world.program(consented, byName({ onDelete: "retain" }));
      await apply(world);
      world.program();
      const retained = await apply(world, 1);
      expect(retained.preview.text).to.include("KEEP JWK signing").and.include("which this stack keeps");
      expect(retained.made).to.deep.equal([]);
      expect(apinizer.jwk("signing").sourceId).to.not.equal(null);
      world.program(consented, byName());
      await apply(world);
      world.program(byName());
      const refused = await apply(world, 1);
      for (const { text } of [refused.preview, refused.up])
        expect(text).to.include("jwkDeleteAction DELETE would delete JWK signing, which this stack keeps");
      expect(refused.preview.text).to.include("up WILL STOP here");
      expect(refused.made).to.deep.equal([]);
      // A destroy of this one alone has no inventory that knows what stays.
      const before = world.sandbox.log.made().length;
      const { urn = "" } = world.project.resources().find(({ type }) => type.endsWith("apinizer:Certificate")) ?? {};
      await approve(world, "--destroy", "--", "--target", urn);
      const alone = await world.project.destroy("--target", urn);
      delete world.project.environment.CLM_APPROVALS;
      expect(alone.code).to.not.equal(0);
      expect(alone.text).to.include("which may be among signing, theirs").and.include("nothing was sent");
      expect(world.sandbox.log.made()).to.have.length(before);
      expect(apinizer.jwks()).to.have.length(2);
      world.program();
      const { preview, made } = await apply(world);
      expect(preview.text).to.include("others that this API cannot list) are DELETED FOR GOOD");
      expect(verbs(made)).to.include.members(["certificates.delete gw jwks=DELETE"]);
      expect(apinizer.jwks(), "also that of others, as was said").to.deep.equal([]);
    }),
  );

  it(
    `writes that are refused for want of rights name the rights, and keep what was there ${situation("refused")}`,
    inWorld(async (world) => {
      const { apinizer } = world.sandbox;
      const first = [gateway({ pem: await pem(world.sandbox) }), generated()];
      const refused = async (): Promise<void> => {
        apinizer.setRights(["SECRETS+VIEW"]);
        const { up, made } = await apply(world, 1);
        expect(up.text).to.include("SECRETS+MANAGE and SECRETS+DEPLOY_UNDEPLOY");
        expect(
          world.sandbox.log
            .made()
            .slice(-made.length)
            .map(({ outcome }) => outcome),
        ).to.deep.equal(made.map(() => "refused"));
        apinizer.setRights(["SECRETS+VIEW", "SECRETS+MANAGE", "SECRETS+DEPLOY_UNDEPLOY"]);
      };
      world.program(...first);
      await refused();
      expect([apinizer.certificates(), apinizer.jwks()]).to.deep.equal([[], []]);
      await apply(world);
      const { deployed } = gatewayState(world);
      world.program(gateway({ pem: await pem(world.sandbox, 1) }), generated({ description: "another" }));
      await refused();
      expect(served(world, "production")).to.deep.equal([deployed?.thumbprint]);
      expect(gatewayState(world).deployed, "the state says what is there").to.deep.equal(deployed);
      world.program();
      await refused();
      expect(apinizer.certificates()).to.have.length(1);
      expect(apinizer.jwks()).to.have.length(1);
      expect(verbs((await apply(world)).made)).to.have.members(["certificates.delete gw", "jwks.delete own"]);
    }),
  );

  it(
    `a lost answer is settled by reading, and nothing is sent twice ${situation("answer lost")}`,
    inWorld(async (world) => {
      const { hostile, log } = world.sandbox;
      const lost = (...methods: string[]): void => {
        for (const match of methods) hostile.add({ match, mode: "drop-after" });
      };
      const at = "/apiops/projects/partners";
      lost(`POST ${at}/certificates/`, `POST ${at}/jwks/generate`);
      world.program(gateway({ pem: await pem(world.sandbox) }), generated());
      expect((await apply(world)).made).to.have.length(2);
      lost(`PUT ${at}/certificates/gw/`, `PUT ${at}/jwks/own/`);
      world.program(gateway({ pem: await pem(world.sandbox, 1) }), generated({ description: "another" }));
      expect((await apply(world)).made).to.have.length(2);
      expect(await expectNothing(world)).to.equal(0);
      lost(`DELETE ${at}/certificates/gw/`, `DELETE ${at}/jwks/own/`);
      world.program();
      expect((await apply(world)).made).to.have.length(2);
      expect(hostile.pending()).to.equal(0);
      expect(log.made().map(({ status }) => status)).to.deep.equal([0, 0, 0, 0, 0, 0]);
      expect(world.sandbox.apinizer.certificates()).to.deep.equal([]);
    }),
  );

  it(
    `what somebody has done already is not done twice, or replaced by the same ${situation("already done")}`,
    inWorld(async (world) => {
      const { apinizer } = world.sandbox;
      const [first, second] = [await pem(world.sandbox), await pem(world.sandbox, 1)];
      apinizer.addJwkOutside("signing", await apinizer.addCertificateOutside({ name: "gw", pem: first }));
      world.program(gateway({ pem: first }), signing(), generated());
      const taken = await apply(world);
      expect(verbs(taken.made), "the very ones that are wanted are taken over").to.deep.equal(["jwks.create own"]);
      await apinizer.addCertificateOutside({ name: "gw", alias: "gw", pem: second });
      world.program(gateway({ pem: second }), signing(), generated({ description: "another" }));
      expect(verbs((await apply(world)).made)).to.have.members(["certificates.update gw", "jwks.update own"]);
      expect(served(world, "production")).to.deep.equal([gatewayState(world).deployed?.thumbprint]);
      apinizer.deleteOutside("gw");
      for (const name of ["signing", "own"]) apinizer.deleteJwkOutside(name);
      world.program();
      expect((await apply(world)).made).to.deep.equal([]);
    }),
  );

  it(
    "a private key in the PEM is refused at preview and printed nowhere; a PEM that is not issued yet waits",
    inWorld(async (world) => {
      const { privateKey } = await crypto.subtle
        .generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"])
        .then(async (keys) => ({
          privateKey: Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64"),
        }));
      const text = `${await pem(world.sandbox)}-----BEGIN PRIVATE KEY-----\n${privateKey}\n-----END PRIVATE KEY-----\n`;
      world.program(gateway({ pem: text }));
      const refused = expectCode(await world.project.preview(), 1);
      expect(refused.text).to.include("pem holds a private key").and.not.include(privateKey);
      world.program(gateway(), signing());
      const waiting = await apply(world);
      expect(waiting.preview.text).to.include("WAIT: the certificate is not there yet, so nothing is deployed");
      expect(waiting.made).to.deep.equal([]);
      world.program(gateway({ pem: await pem(world.sandbox) }), signing());
      expect(verbs((await apply(world)).made)).to.deep.equal(["certificates.create gw", "jwks.create signing"]);
      world.program(gateway(), signing());
      const kept = await apply(world);
      expect(kept.made).to.deep.equal([]);
      expect(served(world, "production")).to.deep.equal([gatewayState(world).deployed?.thumbprint]);
    }),
  );

  it(
    "double entries are told, and mended by an operation of the next preview; a refresh asks one list for a project and one truststore for an environment",
    inWorld(async (world) => {
      const { apinizer } = world.sandbox;
      world.sandbox.variants.apUpdateEntries = "appended";
      world.program(gateway({ pem: await pem(world.sandbox) }));
      await apply(world);
      world.program(gateway({ pem: await pem(world.sandbox, 1) }));
      const appended = await apply(world);
      expect(appended.up.text).to.include("lists certificate gw twice for production, staging");
      const mended = await apply(world);
      expect(mended.preview.text).to.include("GATEWAYS ARE WITHOUT IT IN BETWEEN");
      expect(verbs(mended.made)).to.deep.equal(["certificates.delete gw", "certificates.create gw"]);
      expect(apinizer.certificate("gw").entries).to.have.length(2);
      for (let number = 1; number <= 4; number++) await apinizer.addCertificateOutside({ name: `gw-${number}` });
      world.program(
        gateway({ pem: await pem(world.sandbox, 1) }),
        ...[1, 2, 3, 4].map((number) => ({
          ...gateway({ name: `gw-${number}`, alias: `gw-${number}`, adopt: true }),
          name: `gw-${number}`,
        })),
      );
      expect((await apply(world)).made).to.deep.equal([]);
      const position = world.sandbox.log.last();
      expectCode(await world.project.refresh(), 0);
      expect(world.sandbox.log.since(position).map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
        "GET /apiops/projects/partners/certificates/",
        ...BOTH.map((environment) => `GET /apiops/projects/admin/certificates/truststore/${environment}/`),
      ]);
    }),
  );

  it(
    "rights decide what can be said: truststores that cannot be read, a project that cannot be seen",
    inWorld(async (world) => {
      const { apinizer } = world.sandbox;
      apinizer.setRights([], "admin");
      world.program(gateway({ pem: await pem(world.sandbox) }));
      await apply(world);
      expect(gatewayState(world).truststores).to.equal("refused");
      apinizer.setRights([], "partners");
      const unseen = await world.project.refresh();
      expect(unseen.code).to.not.equal(0);
      expect(unseen.text).to.include("nothing is taken for gone because of this");
      expect(stored(world, "gw").id).to.equal("partners/gw");
      apinizer.setRights(["SECRETS+VIEW", "SECRETS+MANAGE", "SECRETS+DEPLOY_UNDEPLOY"], "partners");
      world.sandbox.variants.apDeploymentShape = "D5";
      world.program();
      const unknown = await apply(world, 1);
      expect(unknown.preview.text).to.include("the environments' truststores could not be read");
      expect(unknown.up.text).to.include("whether production, staging still trust it is not known");
      apinizer.setRights(["SECRETS+VIEW"], "admin");
      expect((await apply(world)).made).to.deep.equal([]);
    }),
  );

  it(
    "two managers with the same names: each has its own, and the removal of one is named and ends that one alone",
    inWorld(async (world) => {
      const second = await startSandbox({ now: world.now.toISOString() });
      try {
        const managers = [world.sandbox, second].map(({ apinizer }, at) => ({
          ...{ kind: "apinizer.Provider", name: `manager-${at}` },
          args: { url: apinizer.managerUrl, token: apinizer.token, visibilitySeconds: 0.5 },
        }));
        const text = await pem(world.sandbox);
        const gateways = [0, 1].map((at) => ({
          ...gateway({ pem: text }, { opts: { provider: `manager-${at}` } }),
          name: `gw-${at}`,
        }));
        world.program(...managers, ...gateways);
        expectCode(await world.project.up(), 0);
        expect([world.sandbox, second].map(({ apinizer }) => apinizer.certificates().length)).to.deep.equal([1, 1]);
        world.program(...managers, ...gateways.slice(0, 1));
        const preview = expectCode(await world.project.preview(), 0);
        expect(verbs(shownByPreview(preview.text).map(({ operation }) => operation))).to.include(
          "certificates.delete gw instance=manager-1",
        );
        expectCode(await world.project.up(), 0);
        expect([world.sandbox, second].map(({ apinizer }) => apinizer.certificates().length)).to.deep.equal([1, 0]);
        // The stored policies of explicit instances are their own resources' (architecture section 5).
        world.project.environment.CLM_REQUIRE_APPROVALS = "irreversible";
        expect((await world.project.destroy()).text).to.include("approvals are demanded (irreversible)");
        expect(world.sandbox.apinizer.certificates()).to.have.length(1);
      } finally {
        await second.close();
      }
    }),
  );

  it(
    "client credentials in place of a token; no secret is found in clear, and no private member of a JWK in any form",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const { apinizer } = sandbox;
      const token = apinizer.issueToken("2026-03-01T10:30:00Z");
      Object.assign(project.environment, {
        APINIZER_TOKEN: undefined,
        APINIZER_CLIENT_ID: apinizer.clientId,
        APINIZER_CLIENT_SECRET: apinizer.clientSecret,
      });
      const texts: string[] = [];
      world.program(gateway({ pem: await pem(sandbox) }), signing(), generated());
      texts.push((await apply(world)).up.text, (await project.pulumi("preview", "--diff")).text);
      apinizer.expireTokens();
      world.program(gateway({ pem: await pem(sandbox, 1) }), signing(), generated({ description: "x" }));
      texts.push(
        (await project.pulumi("preview", "--json")).text,
        (await project.pulumi("up", "--yes", "--skip-preview", "--debug", "--logtostderr", "-v=3")).text,
        (await project.refresh("--debug")).text,
        (await project.pulumi("stack", "export", "--show-secrets")).text,
      );
      project.environment.APINIZER_CLIENT_SECRET = "another secret of a client";
      const refused = await project.refresh();
      expect(refused.text).to.include("Bad credentials");
      texts.push(refused.text, readFileSync(project.receipts, "utf8"));
      const secrets = [apinizer.clientSecret, "another secret of a client", token];
      const privates = Object.values(apinizer.privateMembers("own"));
      expect(privates).to.have.length(1);
      for (const secret of [...secrets, ...privates])
        for (const bytes of [Buffer.from(secret), Buffer.from(secret, "base64url")])
          for (const form of [
            ...[secret, bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")],
            ...[bytes.toString("hex"), encodeURIComponent(secret)],
          ])
            expect(
              texts.findIndex((text) => text.includes(form)),
              form,
            ).to.equal(-1);
      expect(texts.join("").length).to.be.greaterThan(20_000);
    }),
  );
});
