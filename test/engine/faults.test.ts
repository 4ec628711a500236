import { expect } from "chai";
import { killProvider } from "../instrument/kill.js";
import { expectCode, type World } from "../instrument/world.js";
import { activeIds, apply, certificate, current, inWorld, previousIds } from "./engine.js";

/** One certificate on comm 5001; @returns its id. */
async function made(world: World, args: Record<string, unknown> = {}): Promise<number> {
  world.program(certificate("a", args));
  await apply(world);
  return (await current(world, "a")).certKeyId;
}

const posts = (world: World, verb: string): number =>
  world.sandbox.log.all().filter(({ path, outcome }) => path === `/v2/certificates/${verb}` && outcome === "executed")
    .length;

describe("faults of create", () => {
  const match = "POST /v2/certificates/create";

  it(
    "a lost answer is settled by reading, within the run [situation: ecgrid.certificates.create, answer lost]",
    inWorld(async (world) => {
      world.sandbox.hostile.add({ match, mode: "drop-after" });
      expect(activeIds(world, 5001)).to.deep.equal([]);
      expect(activeIds(world, 5001).length + (await made(world))).to.be.greaterThan(0);
      expect(posts(world, "create")).to.equal(1);
      expect(activeIds(world, 5001)).to.deep.equal([(await current(world, "a")).certKeyId]);
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
      expect(posts(world, "create")).to.equal(1);
    }),
  );

  it(
    "a refusal is told with the service's words, and nothing is kept [situation: ecgrid.certificates.create, refused]",
    inWorld(async (world) => {
      world.program(certificate("a", { expires: "2020-01-01T00:00:00Z" }));
      const { up } = await apply(world, 1);
      expect(up.text).to.include("expires must be in the future").and.include("nothing was made");
      expect(await world.project.resources()).to.satisfy((resources: { type: string }[]) =>
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

  for (const precision of ["exact", "day", "ignored"] as const) {
    it(
      `killed after commit, expires kept ${precision}: the next run names the certificate and makes no second one [situation: ecgrid.certificates.create, killed after commit]`,
      inWorld(async (world) => {
        world.sandbox.variants.expiresPrecision = precision;
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
        expect(posts(world, "create")).to.equal(1);
      }),
    );
  }

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
      expect(posts(world, "create")).to.equal(1);
      world.program(certificate("a"), certificate("b", { commId: 5002 }));
      world.sandbox.hostile.add({ match, mode: "500" });
      const { up, made: calls } = await apply(world, 1);
      expect(calls).to.deep.equal([]);
      expect(up.text).to.include("HTTP 500");
      expect(world.sandbox.log.all().filter(({ path }) => path === "/v2/certificates/create")).to.have.length(3);
    }),
  );
});

describe("faults of renew", () => {
  const match = "POST /v2/certificates/renew";

  it(
    "a lost answer is settled by reading, within the run [situation: ecgrid.certificates.renew, answer lost]",
    inWorld(async (world) => {
      const old = await made(world);
      world.sandbox.hostile.add({ match, mode: "truncate" });
      world.program(certificate("a", { trigger: "1" }));
      await apply(world);
      expect(posts(world, "renew")).to.equal(1);
      expect(await previousIds(world, "a")).to.deep.equal([old]);
    }),
  );

  for (const executed of [true, false]) {
    it(
      `a lost answer that cannot be settled (${executed ? "done" : "not done"}) is kept, and the next run settles it by reading and never renews twice`,
      inWorld(async (world) => {
        const old = await made(world);
        world.sandbox.hostile.add({ match, mode: "500", executed });
        world.sandbox.hostile.add({ match: "GET /v2/comms/5001", mode: "503", afterMatches: 1, times: 99 });
        world.program(certificate("a", { trigger: "1" }));
        const { up } = await apply(world, 1);
        expect(up.text).to.include("whether the renewal was done is not known");
        world.sandbox.hostile.clear();
        const next = await apply(world);
        expect(next.shown.map(({ certain }) => certain)).to.deep.equal([false]);
        expect(next.made).to.have.length(executed ? 0 : 1);
        expect(posts(world, "renew")).to.equal(1);
        expect(await previousIds(world, "a")).to.deep.equal([old]);
        expect((await apply(world)).requests).to.equal(0);
      }),
    );
  }

  it(
    "done, and the new certificate is not listed yet: nothing is sent again until it is",
    inWorld(async (world) => {
      await made(world);
      world.sandbox.variants.terminatedOnRead = "listed";
      world.project.environment.ECGRID_VISIBILITY_SECONDS = "0";
      world.sandbox.variants.visibility = "second-read";
      world.program(certificate("a", { trigger: "1" }));
      const { up } = await apply(world, 1);
      expect(up.text).to.include("the renewal was done");
      const { shown, made: calls } = await apply(world);
      expect({ shown, calls }).to.deep.equal({ shown: [], calls: [] });
      expect(posts(world, "renew")).to.equal(1);
    }),
  );

  it(
    "a refusal leaves the certificate as it is [situation: ecgrid.certificates.renew, refused]",
    inWorld(async (world) => {
      const uploaded = await world.sandbox.ecgrid.addCertificate({ commId: 5001, generated: false });
      await made(world, { adopt: uploaded });
      world.program(certificate("a", { adopt: uploaded, trigger: "1" }));
      const { up } = await apply(world, 1);
      expect(up.text)
        .to.include("only a private certificate that the platform generated can be renewed")
        .and.include("was not renewed");
      expect((await current(world, "a")).certKeyId).to.equal(uploaded);
      expect(activeIds(world, 5001)).to.deep.equal([uploaded]);
    }),
  );

  it(
    "renewed by somebody since the last run: nothing is sent, the next preview shows what becomes of it [situation: ecgrid.certificates.renew, already done]",
    inWorld(async (world) => {
      const old = await made(world);
      const successor = await world.sandbox.ecgrid.renewOutside(5001, old);
      world.program(certificate("a", { trigger: "1" }));
      const stopped = await apply(world, 1);
      expect(stopped.made).to.deep.equal([]);
      expect(stopped.up.text).to.include(`certificate ${successor} appeared on the comm`);
      const next = await apply(world);
      expect(next.preview.text).to.include(`TAKE OVER certificate ${successor}`);
      expect(posts(world, "renew")).to.equal(0);
      expect((await current(world, "a")).certKeyId).to.equal(successor);
    }),
  );

  it(
    "killed after commit: the next run sends nothing, and the one after takes the new certificate over [situation: ecgrid.certificates.renew, killed after commit]",
    inWorld(async (world) => {
      const old = await made(world);
      world.sandbox.hostile.add({
        match,
        mode: "hook",
        after: () => {
          killProvider(world.project);
        },
      });
      world.program(certificate("a", { trigger: "1" }));
      expect((await world.project.up()).code).to.not.equal(0);
      expect((await apply(world, 1)).made).to.deep.equal([]);
      expect((await apply(world)).made).to.deep.equal([]);
      expect(posts(world, "renew")).to.equal(1);
      expect(await previousIds(world, "a")).to.deep.equal([old]);
    }),
  );
});

describe("faults of terminate", () => {
  const match = "POST /v2/certificates/terminate";

  it(
    "a lost answer is settled by reading [situation: ecgrid.certificates.terminate, answer lost]",
    inWorld(async (world) => {
      await made(world);
      world.sandbox.hostile.add({ match, mode: "drop-after" });
      world.program();
      expect((await apply(world)).made).to.have.length(1);
      expect(activeIds(world, 5001)).to.deep.equal([]);
    }),
  );

  it(
    "a refusal keeps the resource, and the next run names and ends it again [situation: ecgrid.certificates.terminate, refused]",
    inWorld(async (world) => {
      const id = await made(world);
      world.sandbox.hostile.add({ match, mode: "403" });
      world.program();
      const { up } = await apply(world, 1);
      expect(up.text).to.include("AccessDenied").and.include("still lists it as Active");
      expect(activeIds(world, 5001)).to.deep.equal([id]);
      expect((await apply(world)).made).to.deep.equal([`ecgrid.certificates.terminate commId=5001 certKeyId=${id}`]);
      expect(activeIds(world, 5001)).to.deep.equal([]);
    }),
  );

  for (const repeat of ["false", "404", "400", "true"] as const) {
    for (const listed of ["listed", "hidden"] as const) {
      it(
        `already terminated outside, answered ${repeat}, ${listed}: success after reading [situation: ecgrid.certificates.terminate, already done]`,
        inWorld(async (world) => {
          const id = await made(world);
          Object.assign(world.sandbox.variants, { repeatTerminate: repeat, terminatedOnRead: listed });
          world.sandbox.ecgrid.terminateOutside(5001, id);
          world.program();
          await apply(world);
          expect(await world.project.resources()).to.satisfy((resources: { type: string }[]) =>
            resources.every(({ type }) => !type.includes("ecgrid")),
          );
        }),
      );
    }
  }

  it(
    "killed after commit: the next run succeeds by reading [situation: ecgrid.certificates.terminate, killed after commit]",
    inWorld(async (world) => {
      const id = await made(world);
      world.sandbox.hostile.add({
        match,
        mode: "hook",
        after: () => {
          killProvider(world.project);
        },
      });
      world.program();
      expect((await world.project.up()).code).to.not.equal(0);
      expectCode(await world.project.up(), 0);
      expect(world.sandbox.ecgrid.certificate(5001, id)?.status).to.equal("Terminated");
      expect(await world.project.resources()).to.satisfy((resources: { type: string }[]) =>
        resources.every(({ type }) => !type.includes("ecgrid")),
      );
    }),
  );
});
