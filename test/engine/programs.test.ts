import { expect } from "chai";
import { shownByPreview } from "../instrument/transcript.js";
import { expectCode } from "../instrument/world.js";
import { activeIds, apply, certificate, current, inWorld } from "./engine.js";

describe("programs of several shapes", () => {
  it(
    "a comm that is not known before the run: shown as such, and made where it turns out",
    inWorld(async (world) => {
      world.program(
        { kind: "later", name: "source", args: { value: 5002 } },
        certificate("a", { commId: undefined }, { later: { commId: "source" } }),
      );
      const { shown, made } = await apply(world);
      expect(shown.map(({ operation }) => operation)).to.deep.equal(["ecgrid.certificates.create commId=?"]);
      expect(made).to.deep.equal(["ecgrid.certificates.create commId=5002"]);
      expect((await apply(world)).requests).to.equal(0);
      // The source changes: whether it is another comm is not known at preview, so both ends are said as conditions.
      world.program(
        { kind: "later", name: "source", args: { value: 5001 } },
        certificate("a", { commId: undefined }, { later: { commId: "source" } }),
      );
      const { certKeyId } = current(world, "a");
      const moved = await apply(world);
      expect(moved.shown.every(({ certain }) => !certain)).to.equal(true);
      expect(moved.made).to.deep.equal([
        "ecgrid.certificates.create commId=5001",
        `ecgrid.certificates.terminate commId=5002 certKeyId=${certKeyId}`,
      ]);
    }),
  );

  it(
    "an explicit provider instance has its own address and key; its environment variable wins and nobody else's",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const key = sandbox.ecgrid.issueKey({ tenant: "second" });
      sandbox.ecgrid.addComm({ commId: 6001, tenant: "second" });
      world.program(
        { kind: "ecgrid.Provider", name: "second", args: { apiKey: key, url: sandbox.ecgrid.url } },
        certificate("a"),
        certificate("b", { commId: 6001 }, { opts: { provider: "second" } }),
      );
      await apply(world);
      expect(activeIds(world, 6001)).to.have.length(1);
      expect((await project.pulumi("stack", "export")).text).to.not.include(key);
      const newKey = sandbox.ecgrid.issueKey({ tenant: "second" });
      sandbox.ecgrid.revokeKey(key);
      project.environment.ECGRID_API_KEY_SECOND = newKey;
      expectCode(await project.refresh(), 0);
      world.program(
        { kind: "ecgrid.Provider", name: "second", args: { apiKey: key, url: sandbox.ecgrid.url } },
        certificate("a"),
      );
      expect((await apply(world)).made).to.have.length(1);
      expect(activeIds(world, 6001)).to.deep.equal([]);
    }),
  );

  it(
    "inputs that the program marks as secret: what happens is named all the same",
    inWorld(async (world) => {
      const made = (more: Record<string, unknown>) => certificate("a", more, { secret: ["commId", "trigger"] });
      world.program(made({ trigger: "0" }));
      await apply(world);
      const { certKeyId } = current(world, "a");
      world.program(made({ trigger: "1" }));
      expect((await apply(world)).made).to.deep.equal([`ecgrid.certificates.renew commId=5001 certKeyId=${certKeyId}`]);
      world.program();
      expect((await apply(world)).made).to.have.length(2);
      expect(activeIds(world, 5001)).to.deep.equal([]);
    }),
  );

  it(
    "two certificates of one role on one comm in one run: each finds its own",
    inWorld(async (world) => {
      world.program(certificate("a"), certificate("b"));
      await apply(world);
      const [a, b] = [current(world, "a"), current(world, "b")];
      expect(a.certKeyId).to.not.equal(b.certKeyId);
      world.program(certificate("a", { trigger: "1" }), certificate("b", { trigger: "1" }));
      expect((await apply(world)).made).to.have.members([
        `ecgrid.certificates.renew commId=5001 certKeyId=${a.certKeyId}`,
        `ecgrid.certificates.renew commId=5001 certKeyId=${b.certKeyId}`,
      ]);
      expect(activeIds(world, 5001)).to.have.length(4);
      expect((await apply(world)).requests).to.equal(0);
    }),
  );

  it(
    "a resource of a run that failed before the inventory learnt of it is not ended unseen by destroy",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      world.sandbox.hostile.add({ match: "POST /v2/certificates/create", mode: "403", afterMatches: 1, times: 1 });
      world.program(
        certificate("a"),
        certificate("b", { commId: 5002 }),
        certificate("c", { usage: "Signature" }, { opts: { dependsOn: ["b"] } }),
      );
      expect((await world.project.up()).code).to.not.equal(0);
      const [made] = activeIds(world, 5002);
      const listed = shownByPreview((await world.project.destroyPreview()).text);
      expect(listed.map(({ operation }) => operation)).to.not.include(
        `ecgrid.certificates.terminate commId=5002 certKeyId=${made ?? ""}`,
      );
      const destroyed = await world.project.destroy();
      expect(destroyed.text).to.include("nothing in this run has named");
      expect(activeIds(world, 5002)).to.deep.equal([made]);
      world.program();
      expect((await apply(world)).made).to.include(`ecgrid.certificates.terminate commId=5002 certKeyId=${made ?? ""}`);
    }),
  );

  it(
    "up --yes decides in its preview and in its update by one clock",
    inWorld(async (world) => {
      world.program(certificate("a", { expires: "2026-08-01T00:00:00Z" }));
      await apply(world);
      world.at(new Date("2026-07-10T00:00:00Z"), false);
      const position = world.sandbox.log.last();
      const up = expectCode(await world.project.pulumi("up", "--yes"), 0);
      expect(shownByPreview(up.text).map(({ operation }) => operation)).to.deep.equal(world.made(position));
      expect(world.made(position)).to.have.length(1);
    }),
  );
});
