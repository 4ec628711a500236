import { expect } from "chai";
import { killProvider } from "../instrument/kill.js";
import { expectCode } from "../instrument/world.js";
import { activeIds, apply, inWorld, made } from "./engine.js";

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

  // Every answer with every way to list it: test/ecgrid/outside.test.ts.
  for (const [repeat, listed] of [
    ["false", "listed"],
    ["404", "hidden"],
  ] as const) {
    it(
      `already terminated outside, answered ${repeat}, ${listed}: success after reading [situation: ecgrid.certificates.terminate, already done]`,
      inWorld(async (world) => {
        const id = await made(world);
        Object.assign(world.sandbox.variants, { repeatTerminate: repeat, terminatedOnRead: listed });
        world.sandbox.ecgrid.terminateOutside(5001, id);
        world.program();
        await apply(world);
        expect(world.project.resources()).to.satisfy((resources: { type: string }[]) =>
          resources.every(({ type }) => !type.includes("ecgrid")),
        );
      }),
    );
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
      expect(world.project.resources()).to.satisfy((resources: { type: string }[]) =>
        resources.every(({ type }) => !type.includes("ecgrid")),
      );
    }),
  );
});
