import { expect } from "chai";
import { clm, configure } from "../instrument/clm.js";
import { expectCode, type Spec } from "../instrument/world.js";
import { activeIds, certificate, current, inWorld } from "./engine.js";
import { approving, order } from "./orders.js";

/** What a preview does not know yet may turn out to destroy something: it says so, and an approval of less does not count. */
describe("an input that is not known at the preview", () => {
  it(
    "and may end the old certificate at once is shown and reviewed as what it can be",
    inWorld(async (world) => {
      const { project } = world;
      const { overlapDays: _known, ...args } = certificate("a").args;
      const days = (value: number): Spec => ({ kind: "later", name: "days", args: { value } });
      const renewed = (trigger: string): Spec => ({
        ...certificate("a"),
        ...{ args: { ...args, trigger }, later: { overlapDays: "days" } },
      });
      world.program(days(30), renewed("0"));
      expectCode(await project.up(), 0);
      const { certKeyId } = current(world, "a");
      world.program(days(0), renewed("1"));
      const preview = expectCode(await project.preview(), 0);
      expect(preview.text).to.include("if it turns out to be 0, the OLD CERTIFICATE ENDS AT ONCE");
      expect((await clm(world, "review", "--fail-on", "irreversible")).code).to.equal(5);
      configure(world, { "clm:approvals": "irreversible" });
      expect((await project.up()).text).to.include("approvals are demanded (irreversible)");
      expect(activeIds(world, 5001)).to.deep.equal([certKeyId]);
      expectCode(await clm(world, "review", "--approve", "approvals.json"), 0);
      project.environment.CLM_APPROVALS = "approvals.json";
      expectCode(await project.up(), 0);
      expect(activeIds(world, 5001)).to.have.length(1).and.not.include(certKeyId);
    }),
  );

  it(
    "lets an approval of a reissue that revokes nothing count for no reissue that does",
    inWorld(async (world) => {
      const { project } = world;
      approving(world);
      configure(world, { "clm:approvals": "irreversible" });
      const names = ["a.example.com", "b.example.com"];
      const csrs = [await order("www"), await order("www", { csr: 1 })].map(({ args }) => String(args.csr));
      const { csr: _known, ...args } = (await order("www", { dnsNames: names })).args;
      const key = (at: number): Spec => ({ kind: "later", name: "key", args: { value: csrs[at] } });
      const ordered = (more: object): Spec => ({
        ...{ kind: "certcentral.Order", name: "www", args: { ...args, ...more } },
        later: { csr: "key" },
      });
      world.program(key(0), ordered({}));
      expectCode(await project.up(), 0);
      world.program(key(1), ordered({}));
      expectCode(await clm(world, "review", "--approve", "approvals.json"), 0);
      project.environment.CLM_APPROVALS = "approvals.json";

      world.program(key(1), ordered({ dnsNames: ["a.example.com"], allowRemovedNames: ["b.example.com"] }));
      const position = world.sandbox.log.last();
      const refused = await project.up();
      expect(refused.code).to.not.equal(0);
      expect(refused.text).to.include("approvals.json does not approve certcentral.orders.reissue");
      expect(world.made(position), "nothing was sent").to.deep.equal([]);

      world.program(key(1), ordered({}));
      const position2 = world.sandbox.log.last();
      expectCode(await project.up(), 0);
      expect(world.made(position2)).to.have.length(1);
    }),
  );
});
