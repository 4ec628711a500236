import { expect } from "chai";
import { clm, configure } from "../instrument/clm.js";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { activeIds, apply, approve, certificate, expectNothing, inWorld, stored } from "./engine.js";
import { gateway, pem, served } from "./gateways.js";
import { approving } from "./orders.js";
import { everyKind, kept } from "./stacks.js";

const REFUSED = "Pulumi is told to replace it without a plan";
const isWaiting = ({ project }: World): boolean => project.resources().some((one) => one.delete === true);

/** A run and its preview stop with these words before anything is sent, and the state stays as it was. */
async function refused(world: World, words: string, ...options: string[]): Promise<void> {
  const { project, sandbox } = world;
  const [position, before] = [sandbox.log.last(), kept(world)];
  for (const run of [project.preview, project.up]) {
    const { code, text } = await run(...options);
    expect(code, text).to.not.equal(0);
    expect(text).to.include(words);
  }
  expect(sandbox.log.made(position)).to.deep.equal([]);
  expect(kept(world)).to.deep.equal(before);
  expect(isWaiting(world)).to.equal(false);
}

describe("what Pulumi replaces in its own way", () => {
  it(
    "--replace is refused for every kind, in the preview and in the run: nothing is ended unnamed, nothing is ordered twice",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      approving(world);
      const program = await everyKind(world);
      world.program(...program);
      await apply(world);
      const [position, before] = [sandbox.log.last(), kept(world)];
      for (const { name } of program.filter((one, at) => program.findIndex(({ kind }) => kind === one.kind) === at)) {
        const { urn } = stored(world, name);
        const preview = await project.preview("--replace", urn);
        expect(preview.code, name).to.not.equal(0);
        expect(preview.text).to.include(`resource '${name}' has a problem: ${REFUSED}`);
      }
      for (const name of ["gw", "www"]) await refused(world, REFUSED, "--replace", stored(world, name).urn);
      await refused(world, REFUSED, "--target-replace", stored(world, "gw").urn);
      expect(sandbox.log.made(position)).to.deep.equal([]);
      expect(kept(world)).to.deep.equal(before);
      await expectNothing(world);
    }),
  );

  it(
    "a taint is refused until it is taken back, also after a refresh of the same run",
    inWorld(async (world) => {
      const { project } = world;
      world.program(gateway({ pem: await pem(world.sandbox) }), certificate("a"));
      await apply(world);
      const { urn } = stored(world, "gw");
      expectCode(await project.pulumi("state", "taint", urn, "--yes"), 0);
      await refused(world, `pulumi state untaint '${urn}'`);
      await refused(world, REFUSED, "--refresh");
      expectCode(await project.pulumi("state", "untaint", urn, "--yes"), 0);
      await expectNothing(world);
      expect(served(world, "production")).to.not.deep.equal(["missing"]);
    }),
  );

  it(
    "options by which Pulumi replaces are refused where they are written, and by the preview where a transformation sets them",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const later = (value: string): Spec => ({ kind: "later", name: "other", args: { value } });
      const text = await pem(sandbox);
      world.program(certificate("a"), gateway({ pem: text }));
      await apply(world);
      for (const opts of [{ replacementTrigger: "1" }, { replaceOnChanges: ["*"] }, { replaceWith: ["other"] }]) {
        world.program(later("1"), certificate("a", {}, { opts }), gateway({ pem: text }));
        await refused(world, `a: ${Object.keys(opts)[0]} would have Pulumi replace it without asking`);
      }
      // A trigger of the engine, set unseen: the first one is none, another one replaces.
      const triggered = (replacementTrigger: string, args: Record<string, unknown> = {}): Spec =>
        certificate("a", args, { opts: { transformed: { replacementTrigger } } });
      world.program(triggered("1"), gateway({ pem: text }));
      expect((await apply(world)).made).to.deep.equal([]);
      world.program(triggered("2", { trigger: "x" }), gateway({ pem: text }));
      await refused(world, `resource 'a' has a problem: ${REFUSED}`);
      expect(activeIds(world, 5001)).to.have.length(1);
      world.program(triggered("1"), gateway({ pem: text }));
      await expectNothing(world);
      // An error that a step has left, which the engine takes for a change of everything.
      const fresh = await pem(sandbox, 1);
      const replacedOnChanges = (): Spec =>
        gateway({ pem: fresh }, { opts: { transformed: { replaceOnChanges: ["*"] } } });
      sandbox.apinizer.unreachable("staging");
      world.program(triggered("1"), replacedOnChanges());
      expect((await project.up()).text).to.include("the resource is kept");
      sandbox.apinizer.reachable("staging");
      await refused(world, `resource 'gw' has a problem: ${REFUSED}`);
      world.program(triggered("1"), gateway({ pem: fresh }));
      await apply(world);
      await expectNothing(world);
    }),
  );
});

describe("a replaced original whose end is late", () => {
  const of = async (world: World, name: string, more: Record<string, unknown> = {}): Promise<Spec> =>
    gateway({ pem: await pem(world.sandbox), name, alias: name, ...more });
  const names = ({ sandbox }: World): string[] =>
    sandbox.apinizer
      .certificates()
      .map(({ name }) => name)
      .sort();
  const deleted = (world: World, position: number): string[] =>
    world.made(position).filter((one) => one.includes("delete"));
  const IN_PLACE = "what the stack has in its place holds it, too";
  const DELETES_GW2 = "apinizer.certificates.delete project=partners name=gw2";

  /** Makes gw, and replaces it in runs that may end nothing. */
  async function replacing(world: World, ...by: Spec[]): Promise<void> {
    const { project } = world;
    configure(world, { "clm:approvals": "irreversible" });
    world.program(await of(world, "gw"));
    await apply(world);
    for (const [at, spec] of by.entries()) {
      world.program(spec);
      expect((await project.up()).code).to.not.equal(0);
      expect(stored(world, "gw").outputs?.name).to.equal(spec.args.name);
      expect(project.resources().filter((one) => one.delete === true)).to.have.length(at + 1);
    }
    expect(names(world)).to.deep.equal(["gw", "gw2"]);
  }

  /** The review lists the end of gw2 alone, and an up that is approved by it ends that alone. */
  async function keepsGw(world: World): Promise<void> {
    const { project, sandbox } = world;
    const review = await clm(world, "review");
    expect(review.text).to.include("KEEP certificate gw of project partners").and.include(IN_PLACE);
    expect(review.text)
      .to.include(DELETES_GW2)
      .and.not.match(/certificates\.delete project=partners name=gw\s/);
    await approve(world);
    const position = sandbox.log.last();
    expect(expectCode(await project.up(), 0).text).to.include(IN_PLACE);
    expect(deleted(world, position)).to.deep.equal([DELETES_GW2]);
    expect(names(world)).to.deep.equal(["gw"]);
    expect(served(world, "production")).to.not.deep.equal(["missing"]);
    expect(isWaiting(world)).to.equal(false);
    delete project.environment.CLM_APPROVALS;
    await expectNothing(world);
  }

  it(
    "what the stack has in its place by now is not ended with it: the review lists what is made, and it leaves the state",
    inWorld(async (world) => {
      await replacing(world, await of(world, "gw2"), await of(world, "gw"));
      await keepsGw(world);
    }),
  );

  it(
    "nor what the run itself is about to take over in its place",
    inWorld(async (world) => {
      await replacing(world, await of(world, "gw2"));
      world.program(await of(world, "gw"));
      await keepsGw(world);
    }),
  );

  it(
    "a review of a destroy, which cannot know what is kept in its place, says to run up first: that lets go of it, and what is kept stays",
    inWorld(async (world) => {
      const { project } = world;
      await replacing(world, await of(world, "gw2"), await of(world, "gw", { onDelete: "retain" }));
      const review = await clm(world, "review", "--destroy", "--approve", "approvals.json");
      expect(review.text).to.include("run pulumi up first, which lets go of it");
      expect(review.code, review.text).to.not.equal(0);
      await approve(world);
      expectCode(await project.up(), 0);
      expect(isWaiting(world)).to.equal(false);
      expectCode(await project.destroy(), 0);
      expect(names(world)).to.deep.equal(["gw"]);
    }),
  );
});
