import { expect } from "chai";
import { expectCode } from "../instrument/world.js";
import { activeIds, apply, certificate, current, inWorld, previousIds } from "./engine.js";

describe("what happens outside, seen by a refresh", () => {
  it(
    "terminated: the next up stops in words and makes nothing; a trigger makes a new one",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      const { certKeyId } = current(world, "a");
      world.sandbox.ecgrid.terminateOutside(5001, certKeyId);
      const drift = await world.project.pulumi("refresh", "--preview-only", "--expect-no-changes");
      expect(drift.code, "drift has an exit code of its own").to.equal(7);
      expectCode(await world.project.refresh(), 0);
      expect(current(world, "a").status).to.equal("Terminated");
      const { preview, up, made } = await apply(world, 1);
      expect(made).to.deep.equal([]);
      expect(preview.text).to.include("up WILL STOP here").and.include("was terminated outside");
      expect(up.text).to.include("Change trigger");
      world.program(certificate("a", { trigger: "new" }));
      expect((await apply(world)).made).to.deep.equal(["ecgrid.certificates.create commId=5001"]);
      expect(activeIds(world, 5001)).to.deep.equal([current(world, "a").certKeyId]);
    }),
  );

  it(
    "terminated, seen by preview --refresh as well",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      world.sandbox.ecgrid.terminateOutside(5001, current(world, "a").certKeyId);
      expect((await world.project.preview("--refresh")).text).to.include("was terminated outside");
    }),
  );

  it(
    "expired without a window: told, nothing is done",
    inWorld(async (world) => {
      world.program(certificate("a", { renewalWindow: "never", expires: "2026-05-01T00:00:00Z" }));
      await apply(world);
      world.at(new Date("2026-06-01T00:00:00Z"));
      expectCode(await world.project.refresh(), 0);
      const { preview, made } = await apply(world);
      expect(made).to.deep.equal([]);
      expect(preview.text).to.include("expired on 2026-05-01");
    }),
  );

  for (const overlap of ["rest", "soap"] as const) {
    it(
      `replaced by somebody, overlap read as ${overlap}: the new one is taken over without a call, the old one kept as previous`,
      inWorld(async (world) => {
        world.sandbox.variants.overlap = overlap;
        world.program(certificate("a"));
        await apply(world);
        const { certKeyId: old } = current(world, "a");
        const successor = await world.sandbox.ecgrid.renewOutside(5001, old);
        expectCode(await world.project.refresh(), 0);
        const { preview, made } = await apply(world);
        expect(made).to.deep.equal([]);
        expect(preview.text).to.include(`TAKE OVER certificate ${successor} of comm 5001`);
        expect(current(world, "a").certKeyId).to.equal(successor);
        expect(previousIds(world, "a")).to.deep.equal([old]);
      }),
    );
  }

  it(
    "replaced without a visible link: asks before it renews, and does as it is told",
    inWorld(async (world) => {
      world.sandbox.variants.overlap = "parallel";
      world.program(certificate("a"));
      await apply(world);
      const { certKeyId: old } = current(world, "a");
      const other = await world.sandbox.ecgrid.renewOutside(5001, old);
      expectCode(await world.project.refresh(), 0);
      world.program(certificate("a", { trigger: "1" }));
      const refused = await apply(world, 1);
      expect(refused.made).to.deep.equal([]);
      expect(refused.up.text).to.include(`certificate ${other} appeared on comm 5001`);
      world.program(certificate("a", { trigger: "1", createAnother: [other] }));
      expect((await apply(world)).made).to.deep.equal([`ecgrid.certificates.renew commId=5001 certKeyId=${old}`]);
    }),
  );

  it(
    "vanished from a comm that can be read: kept as such, never made anew by itself",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      world.sandbox.ecgrid.vanish(5001, current(world, "a").certKeyId);
      expectCode(await world.project.refresh(), 0);
      expect(current(world, "a").status).to.equal("Vanished");
      const { preview, made } = await apply(world, 1);
      expect(made).to.deep.equal([]);
      expect(preview.text).to.include("no longer listed");
    }),
  );

  it(
    "a comm that cannot be seen, a wrong key, a service page: errors that leave the state alone",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      const before = current(world, "a");
      const { ecgrid, hostile } = world.sandbox;
      const stays = async (text: string): Promise<void> => {
        const refreshed = await world.project.refresh();
        expect(refreshed.code).to.not.equal(0);
        expect(refreshed.text).to.include(text);
        expect(current(world, "a")).to.deep.equal(before);
      };
      hostile.add({ match: "GET /v2/comms/5001", mode: "html", times: 9 });
      await stays("a body that is not JSON");
      hostile.clear();
      world.project.environment.ECGRID_API_KEY = ecgrid.issueKey({ tenant: "somebody else" });
      await stays("never taken for gone");
      world.project.environment.ECGRID_API_KEY = "not-a-key-at-all";
      await stays("InvalidAPIKey");
    }),
  );

  it(
    "nothing happened: a refresh changes nothing and reads each comm once",
    inWorld(async (world) => {
      const second = await world.sandbox.ecgrid.addCertificate({ commId: 5001, usage: "Signature" });
      world.program(certificate("a"), certificate("b", { adopt: second, usage: "Signature" }));
      await apply(world);
      const position = world.sandbox.log.last();
      expectCode(await world.project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes"), 0);
      expect(world.sandbox.log.since(position).map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
        "GET /v2/comms/5001",
      ]);
    }),
  );
});
