import { expect } from "chai";
import { killProvider } from "../instrument/kill.js";
import { activeIds, apply, certificate, current, executed, inWorld, made } from "./engine.js";

describe("faults of create", () => {
  const match = "POST /v2/certificates/create";

  it(
    "a lost answer is settled by reading, within the run [situation: ecgrid.certificates.create, answer lost]",
    inWorld(async (world) => {
      world.sandbox.hostile.add({ match, mode: "drop-after" });
      expect(activeIds(world, 5001)).to.deep.equal([]);
      expect(activeIds(world, 5001).length + (await made(world))).to.be.greaterThan(0);
      expect(executed(world, "create")).to.equal(1);
      expect(activeIds(world, 5001)).to.deep.equal([current(world, "a").certKeyId]);
    }),
  );

  it(
    "a lost answer that cannot be settled is told, and the next run finds the certificate and makes no second one",
    inWorld(async (world) => {
      world.sandbox.hostile.add({ match, mode: "drop-after" });
      world.sandbox.hostile.add({ match: "GET /v2/comms/5001", mode: "503", afterMatches: 1, times: 99 });
      world.program(certificate("a"));
      const { up } = await apply(world, 1);
      expect(up.text).to.include("whether a certificate was made is not known").and.include("run again");
      world.sandbox.hostile.clear();
      const [orphan] = activeIds(world, 5001);
      const next = await apply(world, 1);
      expect(next.made).to.deep.equal([]);
      expect(next.up.text)
        .to.include(`set adopt: ${orphan ?? ""}`)
        .and.include(`createAnother: [${orphan ?? ""}]`);
      world.program(certificate("a", { adopt: orphan }));
      expect((await apply(world)).made).to.deep.equal([]);
      expect(executed(world, "create")).to.equal(1);
    }),
  );

  it(
    "a refusal is told with the service's words, and nothing is kept [situation: ecgrid.certificates.create, refused]",
    inWorld(async (world) => {
      world.program(certificate("a", { expires: "2020-01-01T00:00:00Z" }));
      const { up } = await apply(world, 1);
      expect(up.text).to.include("expires must be in the future").and.include("nothing was made");
      expect(world.project.resources()).to.satisfy((resources: { type: string }[]) =>
        resources.every(({ type }) => !type.includes("ecgrid")),
      );
      expect((await made(world)) > 0).to.equal(true);
    }),
  );

  it(
    "an active certificate that could be ours stops it; createAnother makes one nevertheless [situation: ecgrid.certificates.create, already done]",
    inWorld(async (world) => {
      const first = await made(world);
      const { sandbox } = world;
      await world.project.pulumi(
        "state",
        "delete",
        "--yes",
        "--force",
        "--target-dependents",
        "urn:pulumi:dev::engine::pulumi-nodejs:dynamic/ecgrid:Certificate::a",
      );
      const stopped = await apply(world, 1);
      expect(stopped.made).to.deep.equal([]);
      expect(stopped.up.text).to.include(`could have made: ${first}`);
      world.program(certificate("a", { createAnother: [first] }));
      expect((await apply(world)).made).to.have.length(1);
      expect(sandbox.ecgrid.active(5001)).to.have.length(2);
    }),
  );

  // With an expiry that the service keeps in another way: test/ecgrid/outside.test.ts.
  it(
    "killed after commit: the next run names the certificate and makes no second one [situation: ecgrid.certificates.create, killed after commit]",
    inWorld(async (world) => {
      world.sandbox.hostile.add({
        match,
        mode: "hook",
        after: () => {
          killProvider(world.project);
        },
      });
      world.program(certificate("a"));
      expect((await world.project.up()).code).to.not.equal(0);
      const [orphan] = activeIds(world, 5001);
      const next = await apply(world, 1);
      expect(next.made).to.deep.equal([]);
      expect(next.up.text).to.include(`set adopt: ${orphan ?? "the orphan"}`);
      world.program(certificate("a", { adopt: orphan }));
      await apply(world);
      expect(executed(world, "create")).to.equal(1);
    }),
  );

  it(
    "killed before it was sent: the next run creates",
    inWorld(async (world) => {
      world.sandbox.hostile.add({
        match: "GET /v2/comms/5001",
        mode: "hook",
        before: () => {
          killProvider(world.project);
        },
      });
      world.program(certificate("a"));
      expect((await world.project.up()).code).to.not.equal(0);
      expect((await apply(world)).made).to.have.length(1);
      expect(activeIds(world, 5001)).to.have.length(1);
    }),
  );

  it(
    "429 is waited for and repeated: it says that nothing was done; 500 is not",
    inWorld(async (world) => {
      world.sandbox.hostile.add({ match, mode: "429", retryAfter: "0" });
      await made(world);
      expect(executed(world, "create")).to.equal(1);
      world.program(certificate("a"), certificate("b", { commId: 5002 }));
      world.sandbox.hostile.add({ match, mode: "500" });
      const { up, made: calls } = await apply(world, 1);
      expect(calls).to.deep.equal([]);
      expect(up.text).to.include("HTTP 500");
      expect(world.sandbox.log.all().filter(({ path }) => path === "/v2/certificates/create")).to.have.length(3);
    }),
  );
});
