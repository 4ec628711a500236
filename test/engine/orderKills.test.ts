import { expect } from "chai";
import { killProvider, killRun } from "../instrument/kill.js";
import { inWorld } from "./engine.js";
import { CALLS, executed, isSettled, untilDone } from "./orderCalls.js";

/**
 * Kills around the calls of CertCentral: with checkpoints the provider dies, without them the whole run, and the state knows
 * nothing of it (fact E22). Kills after commit with checkpoints are in `orderFaults.test.ts`, for all calls; what they leave
 * at the service and in the state is the same after the answer, so that moment is tried once for each of Pulumi's steps.
 */
const ONE_OF_EACH_STEP = ["certcentral.orders.place", "certcentral.orders.reissue", "certcentral.orders.revoke"];

describe("killed around a call of CertCentral", () => {
  for (const call of CALLS) {
    it(
      `${call.name}, after commit, checkpoints off: nothing twice, nothing lost`,
      inWorld(async (world) => {
        const { project, sandbox } = world;
        const program = await call.lead(world);
        const since = sandbox.log.last();
        world.program(...program);
        Object.assign(project.environment, { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_EXPERIMENTAL: "true" });
        sandbox.hostile.add({
          match: call.match,
          mode: "hook",
          after: () => {
            killRun(project);
          },
        });
        expect((await project.up()).code).to.not.equal(0);
        expect(executed(world, since)).to.equal(1);
        // A run that was killed leaves its lock on the backend.
        await project.pulumi("cancel", "--yes");
        await untilDone(world, program);
        expect(executed(world, since)).to.equal(1);
        await isSettled(world, call, program, true);
      }),
    );

    if (!ONE_OF_EACH_STEP.includes(call.name)) continue;
    it(
      `${call.name}, after the answer, checkpoints on: nothing twice, nothing lost`,
      inWorld(async (world) => {
        const { project, sandbox } = world;
        const program = await call.lead(world);
        const since = sandbox.log.last();
        world.program(...program);
        sandbox.hostile.add({
          match: call.match,
          mode: "hook",
          after: () => {
            sandbox.hostile.add({
              match: "GET *",
              mode: "hook",
              before: () => {
                killProvider(project);
              },
            });
          },
        });
        expect((await project.up()).code).to.not.equal(0);
        await untilDone(world, program);
        expect(executed(world, since)).to.equal(1);
        await isSettled(world, call, program);
      }),
    );
  }

  it(
    "before anything was sent: the next run makes it once",
    inWorld(async (world) => {
      const [call] = CALLS;
      if (call === undefined) throw new Error("there is no call");
      const program = await call.lead(world);
      const since = world.sandbox.log.last();
      world.program(...program);
      world.sandbox.hostile.add({
        match: "GET *",
        mode: "hook",
        before: () => {
          killProvider(world.project);
        },
      });
      expect((await world.project.up()).code).to.not.equal(0);
      expect(executed(world, since)).to.equal(0);
      await untilDone(world, program);
      await isSettled(world, call, program);
    }),
  );
});
