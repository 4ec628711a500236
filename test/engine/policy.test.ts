import { expect } from "chai";
import { configure } from "../instrument/clm.js";
import { expectCode, type Spec } from "../instrument/world.js";
import { activeIds, certificate, current, inWorld, previousIds } from "./engine.js";

/** The policy of a stack guards also what has not stored it. */
describe("the stack's policy", () => {
  it(
    "that is loosened guards what is new in the same run, and no longer the next one",
    inWorld(async (world) => {
      const { project } = world;
      configure(world, { "clm:approvals": "irreversible" });
      world.program(certificate("a"));
      expectCode(await project.up(), 0);
      world.program(certificate("a", { trigger: "1" }));
      expectCode(await project.up(), 0);
      const both = activeIds(world, 5001);
      expect(both).to.include.members([current(world, "a").certKeyId, ...previousIds(world, "a")]);
      configure(world, {});
      const retirement: Spec = { kind: "Retirement", name: "old", args: { of: "a" } };
      world.program(certificate("a", { trigger: "1" }), retirement);
      const loosened = await project.up();
      expect(loosened.code).to.not.equal(0);
      expect(loosened.text).to.include("approvals are demanded (irreversible)");
      expect(activeIds(world, 5001), "nothing was ended").to.deep.equal(both);
      // What is loosened by itself counts from then on.
      world.program(certificate("a", { trigger: "1" }));
      expectCode(await project.up(), 0);
      world.program(certificate("a", { trigger: "1" }), retirement);
      expectCode(await project.up(), 0);
      expect(activeIds(world, 5001)).to.deep.equal([current(world, "a").certKeyId]);
      expectCode(await project.preview("--expect-no-changes"), 0);
    }),
  );

  it(
    "that is set later guards also what ignores changes, of an explicit provider instance, too",
    inWorld(async (world) => {
      const { project } = world;
      const second: Spec = {
        ...{ kind: "ecgrid.Provider", name: "second" },
        args: { url: world.sandbox.ecgrid.url, apiKey: world.sandbox.ecgrid.apiKey },
      };
      const args = { overlapDays: 0, renewalWindow: { days: 30 }, years: 1 };
      const opts = { ignoreChanges: ["*"] };
      world.program(
        second,
        certificate("a", args, { opts }),
        certificate("b", { ...args, commId: 5002 }, { opts: { ...opts, provider: "second" } }),
      );
      expectCode(await project.up(), 0);
      const [a, b] = [current(world, "a").certKeyId, current(world, "b").certKeyId];
      configure(world, { "clm:approvals": "irreversible" });
      expectCode(await project.up(), 0);
      world.days(345);
      const refused = await project.up("--continue-on-error");
      expect(refused.code).to.not.equal(0);
      for (const name of ["a", "b"]) expect(refused.text).to.include(`make a call that needs an approval (${name}, `);
      expect([activeIds(world, 5001), activeIds(world, 5002)], "nothing was ended").to.deep.equal([[a], [b]]);
      configure(world, {});
      expectCode(await project.up(), 0);
      expect(activeIds(world, 5001), "renewed").to.not.include(a);
    }),
  );
});
