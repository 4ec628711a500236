import { expect } from "chai";
import type { Mode } from "../../sandbox/hostility.js";
import { clm } from "../instrument/clm.js";
import { expectCode, type World } from "../instrument/world.js";
import { inWorld } from "./engine.js";
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

      // Deleted, and proven: one is let go, several at once are an error.
      apinizer.deleteJwkOutside("own");
      apinizer.deleteJwkOutside("signing");
      const several = await failing(world, []);
      expect(several).to.include("several resources that vanish at once are taken for a mistake");
      const target = project.resources().find(({ urn }) => urn.endsWith("::own"))?.urn ?? "";
      expectCode(await project.refresh("--target", target), 0);
      expect(project.resources().map(({ urn }) => urn)).to.not.include(target);
      expect(project.resources().some(({ urn }) => urn.endsWith("::signing"))).to.equal(true);
    }),
  );
});
