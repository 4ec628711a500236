import { expect } from "chai";
import { killProvider } from "../instrument/kill.js";
import { activeIds, apply, certificate, current, executed, inWorld, made, previousIds } from "./engine.js";

describe("faults of renew", () => {
  const match = "POST /v2/certificates/renew";

  it(
    "a lost answer is settled by reading, within the run [situation: ecgrid.certificates.renew, answer lost]",
    inWorld(async (world) => {
      const old = await made(world);
      world.sandbox.hostile.add({ match, mode: "truncate" });
      world.program(certificate("a", { trigger: "1" }));
      await apply(world);
      expect(executed(world, "renew")).to.equal(1);
      expect(previousIds(world, "a")).to.deep.equal([old]);
    }),
  );

  for (const done of [true, false]) {
    it(
      `a lost answer that cannot be settled (${done ? "done" : "not done"}) is kept, and the next run settles it by reading and never renews twice`,
      inWorld(async (world) => {
        const old = await made(world);
        world.sandbox.hostile.add({ match, mode: "500", executed: done });
        world.sandbox.hostile.add({ match: "GET /v2/comms/5001", mode: "503", afterMatches: 1, times: 99 });
        world.program(certificate("a", { trigger: "1" }));
        const { up } = await apply(world, 1);
        expect(up.text).to.include("whether the renewal was done is not known");
        world.sandbox.hostile.clear();
        const next = await apply(world);
        expect(next.shown.map(({ certain }) => certain)).to.deep.equal([false]);
        expect(next.made).to.have.length(done ? 0 : 1);
        expect(executed(world, "renew")).to.equal(1);
        expect(previousIds(world, "a")).to.deep.equal([old]);
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
      expect(executed(world, "renew")).to.equal(1);
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
      expect(current(world, "a").certKeyId).to.equal(uploaded);
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
      expect(executed(world, "renew")).to.equal(0);
      expect(current(world, "a").certKeyId).to.equal(successor);
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
      expect(executed(world, "renew")).to.equal(1);
      expect(previousIds(world, "a")).to.deep.equal([old]);
    }),
  );
});
