import { expect } from "chai";
import type { Mode } from "../../sandbox/hostility.js";
import type { DriftJson } from "../../sdk/cli/drift/formats.js";
import { clm } from "../instrument/clm.js";
import { expectCode, type World } from "../instrument/world.js";
import { activeIds, apply, certificate, current, inWorld } from "./engine.js";
import { BOTH, gateway, generated, pem } from "./gateways.js";
import { orderState } from "./orders.js";
import { applied, kept } from "./stacks.js";

/** Of each system, what its faults begin with. */
const SYSTEMS = ["ECGrid", "CertCentral", "DigiCert Partner", "Apinizer"];

/** A refresh that comes to nothing, says so of each system, and stores nothing. @returns what it says. */
async function failing(world: World, systems: readonly string[] = SYSTEMS): Promise<string> {
  const before = kept(world);
  const refreshed = await world.project.refresh();
  expect(refreshed.code, refreshed.text).to.not.equal(0);
  const now = kept(world);
  expect(
    now.filter((one) => !before.includes(one)),
    "the state is untouched",
  ).to.deep.equal([]);
  expect(now.length).to.equal(before.length);
  for (const system of systems) expect(refreshed.text).to.match(new RegExp(`Could not .*${system}`));
  expect(refreshed.text).to.not.include("DRIFT deleted").and.not.include("DRIFT ended");
  return refreshed.text;
}

describe("reads of a refresh that fail", () => {
  it(
    "whatever fails, and in whatever way, leaves the state of every kind alone and is said; then all is as it was",
    inWorld(async (world) => {
      const { sandbox, project } = world;
      const { hostile, ecgrid, certcentral, partner, apinizer } = sandbox;
      await applied(world);
      const all = async (mode: Mode, words: string): Promise<void> => {
        hostile.add({ match: "GET *", mode, times: 9999, ...(mode === "delay" ? { milliseconds: 1500 } : {}) });
        expect(await failing(world)).to.include(words);
        hostile.clear();
      };
      await all("403", "403");
      await all("429", "429");
      await all("500", "500");
      hostile.add({ match: "GET /v2/*", mode: "500", times: 9999 });
      const listed = expectCode(await clm(world, "drift", "--format", "markdown"), 4);
      expect(listed.stdout)
        .to.include("THE REFRESH HAS FAILED")
        .and.match(/Could not .*ECGrid/);
      hostile.clear();
      await all("html", "a body that is not JSON");
      const seconds = ["ECGRID", "CERTCENTRAL", "PARTNER", "APINIZER"].map((system) => `${system}_TIMEOUT_SECONDS`);
      for (const name of seconds) project.environment[name] = "1";
      await all("delay", "the time limit passed");
      for (const name of seconds) project.environment[name] = undefined;

      const good = { ...project.environment };
      Object.assign(project.environment, {
        ...{ ECGRID_API_KEY: "not-a-key", CERTCENTRAL_API_KEY: "not-a-key" },
        ...{ PARTNER_API_KEY: "not-a-key", APINIZER_TOKEN: "not-a-token" },
      });
      await failing(world);
      Object.assign(project.environment, {
        ECGRID_API_KEY: ecgrid.issueKey({ tenant: "somebody else" }),
        CERTCENTRAL_API_KEY: certcentral.issueKey({ tenant: "somebody else" }),
        PARTNER_API_KEY: partner.issueKey({ account: partner.addSubaccount("somebody else") }),
        APINIZER_TOKEN: good.APINIZER_TOKEN,
      });
      apinizer.setRights([], "partners");
      const unseen = await failing(world);
      expect(unseen).to.include("never taken for gone").and.include("nothing is taken for gone because of this");
      expect(unseen).to.include("wrong account, key or region");
      apinizer.setRights(["SECRETS+VIEW", "SECRETS+MANAGE", "SECRETS+DEPLOY_UNDEPLOY"], "partners");
      Object.assign(project.environment, good);
      expectCode(await project.refresh("--expect-no-changes"), 0);
    }),
  );

  it(
    "a comm whose certificates no read shows: neither refreshed, replaced, made nor ended, however often it is tried",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const a = certificate("a", { whenEndedOutside: "replace" });
      world.program(a);
      await apply(world);
      const { certKeyId } = current(world, "a");
      const position = sandbox.log.last();
      // The comm is read and empty, and the list only says that it has certificates.
      Object.assign(sandbox.variants, { certificatesInComm: "empty", withCerts: "filter" });
      for (let times = 0; times < 2; times++)
        expect(await failing(world, ["ECGrid"])).to.include("names the comm among those with certificates");
      expect((await project.up()).text, "the state is the truth").to.match(/\d+ unchanged/);
      world.program(certificate("a", { whenEndedOutside: "replace", trigger: "now" }));
      expect((await project.up()).code, "nothing is renewed blindly").to.not.equal(0);
      world.program(a, certificate("b", { usage: "Signature" }));
      expect((await project.up()).code, "nor made").to.not.equal(0);
      world.program();
      expect((await project.up()).code, "nor ended").to.not.equal(0);
      expect(sandbox.log.made(position)).to.deep.equal([]);
      expect(activeIds(world, 5001)).to.deep.equal([certKeyId]);
      expect(current(world, "a")).to.include({ certKeyId, status: "Active" });

      // The list fills the array, and the comm does not: both are one.
      sandbox.variants.withCerts = "include";
      world.program(a);
      expectCode(await project.refresh(), 0);
      expect(current(world, "a")).to.include({ certKeyId, status: "Active" });
      world.program();
      expect((await apply(world)).made).to.deep.equal([
        `ecgrid.certificates.terminate commId=5001 certKeyId=${certKeyId}`,
      ]);
    }),
  );

  it(
    "each read of a refresh that fails by itself is an error of the refresh and of clm drift, and leaves the state alone",
    inWorld(async (world) => {
      const { sandbox } = world;
      const { hostile, log, certcentral } = sandbox;
      await applied(world);
      expectCode(await world.project.refresh(), 0);
      const position = log.last();
      expectCode(await world.project.refresh(), 0);
      const reads = new Set(log.since(position).map(({ method, path }) => `${method} ${path}`));
      for (const part of ["/v2/comms", "/services/v2/request", "/credentials", "/truststore/"])
        expect([...reads].join("\n")).to.include(part);
      for (const match of reads) {
        hostile.add({ match, mode: match.includes("/truststore/") ? "429" : "500", times: 9999 });
        expect(await failing(world, []), match).to.match(/Could not /);
        hostile.clear();
      }
      const [store = ""] = [...reads].filter((match) => match.includes("/truststore/"));

      for (const match of [store, "GET /services/v2/certificate/*"]) {
        if (match !== store) await certcentral.reissueOutside(orderState(world, "www").order.id);
        hostile.add({ match, mode: "html", times: 9999 });
        await failing(world, []);
        expectCode(await clm(world, "drift"), 4);
        hostile.clear();
      }
      expectCode(await clm(world, "drift"), 7);
    }),
  );

  it(
    "of several of a system that vanish at once, whatever the order in which they are read, none is lost: the second is an error, and each by itself is kept as missing",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const { ecgrid, partner, apinizer } = sandbox;
      await applied(world);
      const urns = (): string[] => project.resources().map(({ urn }) => urn);
      const all = urns();
      const kept = (name: string) => project.resources().find(({ urn }) => urn.endsWith(`::${name}`));
      const several = async (names: readonly [string, string], isMissing: (name: string) => boolean): Promise<void> => {
        const together = await project.refresh();
        expect(together.code).to.not.equal(0);
        expect(names.filter(isMissing), "none when they are read together").to.deep.equal([]);
        let missing: string[] = [];
        for (let times = 0; times < 3; times++) {
          const refreshed = await project.refresh("--parallel", "1");
          expect(refreshed.code, "the same again is the same error").to.not.equal(0);
          expect(refreshed.text)
            .to.include("several resources that vanish at once are taken for a mistake")
            .and.include("its state is left as it was; another one that was read before it may be stored as missing");
          expect(urns()).to.deep.equal(all);
          missing = names.filter(isMissing);
          expect(missing.length, "none when they were read together, otherwise the first").to.be.at.most(1);
        }
        for (const name of names.filter((one) => !missing.includes(one)))
          expectCode(await project.refresh("--target", kept(name)?.urn ?? ""), 0);
        expect(names.filter(isMissing), "each by itself").to.have.length(2);
        expect(urns()).to.deep.equal(all);
      };
      const status = (name: string) => (kept(name)?.outputs?.current as { status?: string }).status;

      for (const name of ["uploaded", "theirs"]) ecgrid.vanish(5002, current(world, name).certKeyId);
      await several(["uploaded", "theirs"], (name) => status(name) === "Vanished");
      const contractId = (kept("web")?.outputs?.contract as { id: number }).id;
      for (const name of ["key", "second"])
        partner.vanishCredential(contractId, (kept(name)?.outputs?.current as { credentialId: number }).credentialId);
      await several(["key", "second"], (name) => status(name) === "vanished");
      for (const name of ["signing", "own"]) apinizer.deleteJwkOutside(name);
      await several(["signing", "own"], (name) => kept(name)?.outputs?.missing === true);
      expect(expectCode(await project.refresh(), 0).text, "what stays missing is no error").to.not.include("DRIFT");

      const preview = await project.preview();
      for (const name of ["signing", "own"]) expect(preview.text).to.include(`MAKE JWK ${name} of project partners`);
    }),
  );

  it(
    "what was deleted stays in the state until the next up makes it anew, by clm drift, refresh, preview and up; its removal makes no call",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const { apinizer } = sandbox;
      const text = await pem(sandbox);
      const program = [gateway({ pem: text }), generated()];
      world.program(...program);
      await apply(world);
      const stored = (name: string) => project.resources().find((one) => one.urn.endsWith(`::${name}`));
      const state = (name: string) => stored(name)?.outputs;
      const urn = (name: string): string => stored(name)?.urn ?? "";
      const gone = async (): Promise<void> => {
        apinizer.deleteOutside("gw");
        expectCode(await project.refresh(), 0);
        apinizer.deleteJwkOutside("own");
        // One after the other is several: by itself it is asked for.
        expectCode(await clm(world, "drift"), 4);
        const alone = ["--target", urn("own")];
        const listed = expectCode(await clm(world, "drift", "--format", "json", "--", ...alone), 7);
        const { drift } = JSON.parse(listed.stdout) as DriftJson;
        expect(drift.map(({ name, drift: kind }) => [name, kind])).to.deep.include(["own", "deleted"]);
        const row = drift.find(({ name }) => name === "own");
        expect(row?.answer.operations.map(({ label }) => label)).to.deep.equal([
          "apinizer.jwks.create project=partners name=own",
        ]);
        expectCode(await project.refresh(...alone), 0);
        for (const name of ["gw", "own"]) expect(state(name)).to.include({ missing: true });
        const before = kept(world);
        expect((await project.refresh()).text, "found once").to.not.include("DRIFT");
        expect(kept(world)).to.deep.equal(before);
      };
      await gone();
      const made = (await apply(world)).made.sort();
      expect(made).to.deep.equal([
        "apinizer.certificates.create project=partners name=gw",
        "apinizer.jwks.create project=partners name=own",
      ]);
      for (const name of ["gw", "own"]) expect(state(name)).to.include({ missing: false });
      expectCode(await project.refresh("--expect-no-changes"), 0);

      await gone();
      await apinizer.addCertificateOutside({ name: "gw", alias: "gw", pem: text, environments: BOTH });
      expectCode(await project.refresh(), 0);
      expect(state("gw"), "it is back").to.include({ missing: false });
      expect((await apply(world)).made).to.not.include("apinizer.certificates.create project=partners name=gw");

      await gone();
      world.program();
      expect((await apply(world)).made).to.deep.equal([]);
    }),
  );
});
