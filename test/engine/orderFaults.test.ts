import { expect } from "chai";
import { killProvider } from "../instrument/kill.js";
import { apply, inWorld } from "./engine.js";
import { CALLS, executed, isSettled, untilDone } from "./orderCalls.js";
import { statuses } from "./orders.js";

describe("calls of CertCentral, and their faults, on the real engine", () => {
  for (const call of CALLS) {
    it(
      `is named, made once and kept [situation: ${call.name}, ok]`,
      inWorld(async (world) => {
        const program = await call.lead(world);
        world.program(...program);
        const { made } = await apply(world);
        expect(made.map((one) => one.split(" ")[0])).to.deep.equal([call.name]);
        await isSettled(world, call, program, true);
      }),
    );

    it(
      `a lost answer is settled by reading [situation: ${call.name}, answer lost]`,
      inWorld(async (world) => {
        const program = await call.lead(world);
        world.program(...program);
        world.sandbox.hostile.add({ match: call.match, mode: "drop-after" });
        expect((await apply(world)).made).to.have.length(1);
        await isSettled(world, call, program);
      }),
    );

    it(
      `a refusal is told, changes nothing, and the next run makes it [situation: ${call.name}, refused]`,
      inWorld(async (world) => {
        const program = await call.lead(world);
        world.program(...program);
        const before = statuses(world);
        world.sandbox.hostile.add({ match: call.match, mode: "403" });
        const { up } = await apply(world, 1);
        expect(up.text).to.include("HTTP 403");
        expect(statuses(world)).to.deep.equal(before);
        expect((await apply(world)).made).to.have.length(1);
        await isSettled(world, call, program);
      }),
    );

    it(
      `done outside meanwhile: it is not done twice [situation: ${call.name}, already done]`,
      inWorld(async (world) => {
        const program = await call.lead(world);
        await call.outside(world);
        const since = world.sandbox.log.last();
        world.program(...program);
        const { up } = await apply(world, call.says === undefined ? 0 : 1);
        if (call.says !== undefined) expect(up.text).to.include(call.says);
        await untilDone(world, program);
        expect(executed(world, since)).to.equal(0);
        await isSettled(world, call, program);
      }),
    );

    it(
      `killed after commit: the next runs come to one [situation: ${call.name}, killed after commit]`,
      inWorld(async (world) => {
        const program = await call.lead(world);
        const since = world.sandbox.log.last();
        world.program(...program);
        world.sandbox.hostile.add({
          match: call.match,
          mode: "hook",
          after: () => {
            killProvider(world.project);
          },
        });
        expect((await world.project.up()).code).to.not.equal(0);
        await untilDone(world, program);
        expect(executed(world, since)).to.equal(1);
        await isSettled(world, call, program, true);
      }),
    );
  }
});
