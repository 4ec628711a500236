import { expect } from "chai";
import { clm, configure } from "../instrument/clm.js";
import { expectCode, type World } from "../instrument/world.js";
import { activeIds, approve, certificate, current, inWorld, stored } from "./engine.js";

/** Runs that leave something out by --exclude: it is neither named nor demanded, nor ended. */

const terminate = (id: number, comm: number): string => `ecgrid.certificates.terminate commId=${comm} certKeyId=${id}`;

/** Certificates `a` and `b`, of which nothing is ended without approval and one a run. @returns their ids. */
async function both(world: World, ofB: Record<string, unknown> = {}): Promise<[number, number]> {
  configure(world, { "clm:approvals": "irreversible", "clm:maxDestructive": 1 });
  world.program(certificate("a"), certificate("b", { commId: 5002 }, { opts: ofB }));
  expectCode(await world.project.up(), 0);
  return [current(world, "a").certKeyId, current(world, "b").certKeyId];
}

describe("runs with --exclude", () => {
  it(
    "destroy: what its review approves is made, and what stays is neither named nor counted",
    inWorld(async (world) => {
      const [a, b] = await both(world);
      const { urn } = stored(world, "b");
      await approve(world, "--destroy", "--", "--exclude", urn);
      const position = world.sandbox.log.last();
      const { text } = expectCode(await world.project.destroy("--exclude", urn), 0);
      expect(text).to.include(terminate(a, 5001)).and.not.include(terminate(b, 5002));
      expect(world.made(position)).to.deep.equal([terminate(a, 5001)]);
      expect(activeIds(world, 5002)).to.deep.equal([b]);
      const rest = await world.project.destroy();
      expect(rest.code, "the inventory has gone, and nobody has approved the rest").to.not.equal(0);
      expect(activeIds(world, 5002)).to.deep.equal([b]);
    }),
  );

  it(
    "an approval of a run with --exclude ends nothing else in a run without it",
    inWorld(async (world) => {
      const [a, b] = await both(world);
      await approve(world, "--destroy", "--", "--exclude=**::b");
      const whole = await world.project.destroy();
      expect(whole.code).to.not.equal(0);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[a], [b]]);
      expectCode(await world.project.destroy("--exclude=**::b"), 0);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[], [b]]);
    }),
  );

  it(
    "up: a removal that is left out is not named, is not demanded, and waits for the next run",
    inWorld(async (world) => {
      const [a, b] = await both(world);
      const { urn } = stored(world, "b");
      world.program();
      await approve(world, "--", "--exclude", urn);
      const { text } = expectCode(await world.project.up("--exclude", urn), 0);
      expect(text).to.include(terminate(a, 5001)).and.not.include(terminate(b, 5002));
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[], [b]]);
      expect((await world.project.preview()).text).to.include(terminate(b, 5002));
      expect((await world.project.up()).text).to.include("does not approve");
      expect(activeIds(world, 5002)).to.deep.equal([b]);
    }),
  );

  it(
    "destroy --exclude-protected: the review says that what stays is demanded all the same, and nothing is ended",
    inWorld(async (world) => {
      const [a, b] = await both(world, { protect: true });
      const review = await clm(
        world,
        "review",
        "--destroy",
        "--approve",
        "approvals.json",
        "--",
        "--exclude-protected",
      );
      expect(review.text).to.include("leaves b").and.include("remove from the program what is to go");
      world.project.environment.CLM_APPROVALS = "approvals.json";
      expect((await world.project.destroy("--exclude-protected")).code).to.not.equal(0);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[a], [b]]);
    }),
  );
});
