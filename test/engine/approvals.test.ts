import { expect } from "chai";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clm, configure } from "../instrument/clm.js";
import type { Ran } from "../instrument/project.js";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { gateway, pem, served } from "./gateways.js";
import { activeIds, apply, approve, certificate, current, inWorld, stored } from "./engine.js";

const terminate = (id: number, comm = 5001): string => `ecgrid.certificates.terminate commId=${comm} certKeyId=${id}`;
const other = certificate("b", { commId: 5002 });

async function both(world: World): Promise<[number, number]> {
  world.program(certificate("a"), other);
  expectCode(await world.project.up(), 0);
  return [current(world, "a").certKeyId, current(world, "b").certKeyId];
}

describe("approvals and the ceiling", () => {
  it(
    "the recipe: preview, review, comment, a refusal, approve, up; for this stack, this day, this target, and not for long",
    inWorld(async (world) => {
      const { project } = world;
      configure(world, { "clm:approvals": "irreversible" });
      const [a, b] = await both(world);
      world.program(certificate("a", { trigger: "1" }));
      const preview = expectCode(await project.preview("--json", "--show-sames", "--show-replacement-steps"), 0);
      project.write("preview.json", preview.stdout);
      const comment = expectCode(await clm(world, "review", "preview.json", "--format", "markdown"), 0);
      expect(comment.stdout).to.include(terminate(b, 5002));
      expect((await clm(world, "review", "preview.json", "--fail-on", "irreversible")).code).to.equal(5);

      const refused = await project.up();
      expect(refused.code).to.not.equal(0);
      expect(refused.text)
        .to.include("approvals are demanded (irreversible), and none of this run's deletions is made")
        .and.include(terminate(b, 5002))
        .and.include("clm review --approve FILE");
      expect(activeIds(world, 5002), "nothing was ended").to.deep.equal([b]);
      expect(activeIds(world, 5001), "a renewal needs no approval").to.have.length(2).and.include(a);

      expectCode(await clm(world, "review", "preview.json", "--approve", "approvals.json"), 0);
      project.environment.CLM_APPROVALS = "approvals.json";
      world.moveUnderPin(new Date(world.now.getTime() + 25 * 3_600_000));
      expect((await project.up()).text).to.include("approvals.json does not count: its approvals expired");
      world.moveUnderPin(new Date("2026-03-01T12:00:00Z"));
      expectCode(await project.up(), 0);
      expect(activeIds(world, 5002)).to.deep.equal([]);

      // Approved for one target, and it has become another one.
      world.program(certificate("a", { trigger: "1" }), certificate("c", { commId: 5002 }));
      expectCode(await project.up(), 0);
      const c = current(world, "c").certKeyId;
      world.program(certificate("a", { trigger: "1" }));
      await approve(world);
      await world.sandbox.ecgrid.renewOutside(5002, c);
      await project.refresh();
      world.program(certificate("a", { trigger: "1" }), certificate("c", { commId: 5002 }));
      expectCode(await project.up(), 0);
      world.program(certificate("a", { trigger: "1" }));
      const changed = await project.up();
      expect(changed.text).to.include(
        `approvals.json does not approve ${terminate(current(world, "c").certKeyId, 5002)}`,
      );
      expect(activeIds(world, 5002)).to.have.length(2);
    }),
  );

  it(
    "what a refresh has found gone is not there to be destroyed: it needs no approval and does not count, and the rest is approved and made",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      configure(world, { "clm:approvals": "destructive" });
      world.program(gateway({ pem: await pem(sandbox) }), other);
      expectCode(await project.up(), 0);
      const b = current(world, "b").certKeyId;
      sandbox.apinizer.deleteOutside("gw");
      expectCode(await project.refresh(), 0);
      world.program(gateway({ pem: await pem(sandbox) }));
      project.environment.CLM_MAX_DESTRUCTIVE = "1";
      await approve(world);
      expectCode(await project.up(), 0);
      expect(activeIds(world, 5002), `${b} is ended`).to.deep.equal([]);
      expect(served(world, "production")).to.not.deep.equal(["missing"]);
    }),
  );

  it(
    "destroy: the stored policy counts without an up, for all or nothing, with --continue-on-error and --target, and in a second destroy",
    inWorld(async (world) => {
      const { project } = world;
      configure(world, { "clm:approvals": "irreversible" });
      const [a, b] = await both(world);
      configure(world, {});
      for (const options of [
        [],
        ["--continue-on-error"],
        ["--target", stored(world, "a").urn, "--target-dependents"],
      ]) {
        const refused = await project.destroy(...options);
        expect(refused.code, options.join(" ")).to.not.equal(0);
        expect(refused.text).to.include("approvals are demanded (irreversible)");
        expect([activeIds(world, 5001), activeIds(world, 5002)], options.join(" ")).to.deep.equal([[a], [b]]);
      }
      await approve(world, "--destroy");
      world.sandbox.hostile.add({ match: "POST /v2/certificates/terminate", mode: "500" });
      expect((await project.destroy()).code).to.not.equal(0);
      expect(activeIds(world, 5001).length + activeIds(world, 5002).length, "one of them has failed").to.equal(1);
      delete project.environment.CLM_APPROVALS;
      const second = await project.destroy();
      expect(second.text, "there is no inventory any more").to.include("nothing in this run has named");
      expect(activeIds(world, 5001).length + activeIds(world, 5002).length).to.equal(1);
      await approve(world, "--destroy");
      expectCode(await project.destroy(), 0);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[], []]);
    }),
  );

  it(
    "a resource of a run that failed before the inventory learnt of it is guarded by its own policy; a looser one counts after an up",
    inWorld(async (world) => {
      const { project } = world;
      configure(world, { "clm:approvals": "irreversible" });
      world.program(certificate("a"));
      project.write("fail", "");
      expect((await project.up()).code).to.not.equal(0);
      const [id] = activeIds(world, 5001);
      const refused = await project.destroy();
      expect(refused.code).to.not.equal(0);
      expect(refused.text).to.include("nothing in this run has named");
      expect(activeIds(world, 5001)).to.deep.equal([id]);
      rmSync(join(project.folder, "project", "fail"));
      configure(world, {});
      world.program(certificate("a"));
      expect((await apply(world)).made).to.deep.equal([]);
      project.environment.CLM_REQUIRE_APPROVALS = "irreversible";
      expect((await project.destroy()).code, "the environment tightens").to.not.equal(0);
      delete project.environment.CLM_REQUIRE_APPROVALS;
      expectCode(await project.destroy(), 0);
      expect(activeIds(world, 5001)).to.deep.equal([]);
    }),
  );

  it(
    "the ceiling stops a run before its first call: in a preview, in up, and in destroy; one variable raises it for one run",
    inWorld(async (world) => {
      const { project } = world;
      configure(world, { "clm:maxDestructive": 1 });
      const [a, b] = await both(world);
      world.program(certificate("new", { commId: 5003 }));
      world.sandbox.ecgrid.addComm({ commId: 5003 });
      const words = "this run would destroy 2 object(s), and its ceiling (clm:maxDestructive) is 1";
      const position = world.sandbox.log.last();
      for (const stopped of [await project.preview(), await project.pulumi("up", "--yes"), await project.destroy()]) {
        expect(stopped.code).to.not.equal(0);
        expect(stopped.text).to.include(words).and.include("CLM_MAX_DESTRUCTIVE=2");
      }
      expect(world.sandbox.log.made(position), "nothing was made, either").to.deep.equal([]);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[a], [b]]);
      // Without a preview of its own, what is new is made before the whole is known: nothing is destroyed.
      expect((await project.up()).code).to.not.equal(0);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[a], [b]]);
      project.environment.CLM_MAX_DESTRUCTIVE = "2";
      expectCode(await project.up(), 0);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[], []]);
    }),
  );

  it(
    "a policy that is set, tightened or taken away later: destroy heeds the last up, for all or nothing; an update of the run that loosens it is still guarded",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const second = {
        ...{ kind: "ecgrid.Provider", name: "second" },
        args: { apiKey: sandbox.ecgrid.apiKey, url: sandbox.ecgrid.url },
      };
      const resources = (overlapDays = 30, trigger = "0"): Spec[] => [
        certificate("a", { overlapDays, trigger }),
        second,
        certificate("b", { commId: 5002 }, { opts: { provider: "second" } }),
      ];
      const active = (): number[] => [activeIds(world, 5001).length, activeIds(world, 5002).length];
      const refused = async (ran: Promise<Ran>, ...words: string[]): Promise<void> => {
        const position = sandbox.log.last();
        const { code, text } = await ran;
        expect(code).to.not.equal(0);
        for (const one of words) expect(text).to.include(one);
        expect(sandbox.log.made(position)).to.deep.equal([]);
      };
      world.program(...resources());
      await apply(world);
      configure(world, { "clm:approvals": "irreversible", "clm:maxDestructive": 1 });
      expect((await apply(world)).made, "the policy is stored without a call").to.deep.equal([]);
      configure(world, {});
      await refused(project.destroy(), "would destroy 2 object(s)");
      project.environment.CLM_MAX_DESTRUCTIVE = "2";
      await approve(world, "--destroy");
      const file = join(project.folder, "project", "approvals.json");
      const whole = readFileSync(file, "utf8");
      const { approvals, ...rest } = JSON.parse(whole) as { approvals: unknown[] };
      writeFileSync(file, JSON.stringify({ ...rest, approvals: approvals.slice(1) }));
      await refused(project.destroy("--continue-on-error"), "none of this run's deletions", "clm review --destroy");
      delete project.environment.CLM_APPROVALS;
      world.program(...resources(0, "1"));
      await refused(project.up(), `approvals are demanded (irreversible)`);
      expect(active()).to.deep.equal([1, 1]);
      world.program(...resources());
      expect((await apply(world)).made, "taken away: stored by an up that destroys nothing").to.deep.equal([]);
      world.program(...resources(0, "1"));
      expect((await apply(world)).made).to.have.length(1);
      expectCode(await project.destroy(), 0);
      expect(active()).to.deep.equal([0, 0]);
    }),
  );

  it(
    "an approval is of the object that it was given for: not of another one under the same name, nor under another name of the stack",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      configure(world, { "clm:approvals": "irreversible" });
      const removed = async (which: number): Promise<void> => {
        world.program(gateway({ pem: await pem(sandbox, which) }));
        expectCode(await project.up(), 0);
        world.program();
      };
      await removed(0);
      await approve(world);
      expectCode(await project.up(), 0);
      await removed(1);
      const again = await project.up();
      expect(again.text).to.include("approvals.json does not approve apinizer.certificates.delete");
      expect(served(world, "production")).to.not.deep.equal(["missing"]);
      await approve(world);
      expectCode(await project.pulumi("stack", "rename", "prod"), 0);
      project.environment.PULUMI_STACK = "prod";
      world.program(gateway({ pem: await pem(sandbox, 1) }));
      expectCode(await project.up(), 0);
      world.program();
      expect((await project.up()).text).to.include("its approvals are for engine/dev, and this is engine/prod");
      await approve(world);
      expectCode(await project.up(), 0);
      expect(served(world, "production")).to.deep.equal(["missing"]);
    }),
  );

  it(
    "what the inventory has not named is not ended, however deep it lies, unless a review of the run is approved; nor is anything before its replacement is there",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      for (const commId of [5003, 5004, 5005]) sandbox.ecgrid.addComm({ commId });
      world.program(certificate("a"));
      await apply(world);
      sandbox.hostile.add({ match: "POST /v2/certificates/create", mode: "403", afterMatches: 3, times: 1 });
      world.program(
        certificate("a"),
        certificate("x", { commId: 5002 }),
        certificate("y", { commId: 5003 }, { opts: { dependsOn: ["x"] } }),
        certificate("z", { commId: 5004 }, { opts: { dependsOn: ["y"] } }),
        certificate("fails", { commId: 5005 }, { opts: { dependsOn: ["z"] } }),
      );
      expect((await project.up()).code).to.not.equal(0);
      const alive = (): number[] => [5001, 5002, 5003, 5004].map((commId) => activeIds(world, commId).length);
      expect(alive()).to.deep.equal([1, 1, 1, 1]);
      const refused = await project.destroy("--parallel", "1");
      expect(refused.text).to.include("nothing in this run has named ecgrid.certificates.terminate commId=5004");
      expect(alive()).to.deep.equal([1, 1, 1, 1]);
      await approve(world, "--destroy", "--", "--target", stored(world, "z").urn);
      expectCode(await project.destroy("--target", stored(world, "z").urn), 0);
      expect(alive()).to.deep.equal([1, 1, 1, 0]);
      world.program(certificate("a", { commId: 5005 }, { opts: { deleteBeforeReplace: true } }));
      expect((await project.preview()).text).to.include("deleteBeforeReplace would end a certificate before");
      world.program();
      delete project.environment.CLM_APPROVALS;
      await apply(world);
      expect(alive()).to.deep.equal([0, 0, 0, 0]);
    }),
  );
});
