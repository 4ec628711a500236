import { expect } from "chai";
import { clm, configure } from "../instrument/clm.js";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { activeIds, apply, approve, certificate, current, inWorld, stored } from "./engine.js";

/** Options that a resource has from its parents or from transformations: the engine heeds them, and so do the words. */

const group = (name: string, opts: Record<string, unknown>): Spec => ({ kind: "group", name, args: {}, opts });
const terminate = (id: number, comm: number): string => `ecgrid.certificates.terminate commId=${comm} certKeyId=${id}`;
/** Certificate `name` on a comm of its own, under a parent. */
const child = (name: string, commId: number, parent: string): Spec =>
  certificate(name, { commId }, { opts: { parent } });
const addComms = ({ sandbox }: World, ...ids: number[]): void => {
  for (const commId of ids) sandbox.ecgrid.addComm({ commId });
};

/** A program that makes components and certificates by itself. Without the file `all` it makes what `less` says. */
const program = (all: string, less: string): string => `
  const pulumi = require("@pulumi/pulumi");
  const clm = require("pulumi-clm");
  class Group extends pulumi.ComponentResource {
    constructor(name, opts) { super("test:index:Group", name, {}, opts); }
  }
  const certificate = (name, commId, opts) =>
    new clm.ecgrid.Certificate(name, { commId, overlapDays: 30, allowLastTermination: true }, opts);
  if (require("node:fs").existsSync("less")) { ${less} } else { ${all} }`;

describe("options that a resource has from elsewhere", () => {
  it(
    "retainOnDelete of a parent: what is removed is said to stay, needs no approval, and stays",
    inWorld(async (world) => {
      addComms(world, 5003, 5004);
      const parents = [
        group("outer", { retainOnDelete: true }),
        group("inner", { parent: "outer" }),
        certificate("holder", { commId: 5004 }, { opts: { retainOnDelete: true } }),
      ];
      world.program(
        ...parents,
        child("deep", 5001, "inner"),
        certificate("other", { commId: 5002 }),
        child("beneath", 5003, "holder"),
      );
      await apply(world);
      expect(stored(world, "deep").outputs).to.include({ __retainOnDelete: true });
      expect(stored(world, "other").outputs).to.not.have.property("__retainOnDelete");
      const other = current(world, "other").certKeyId;
      configure(world, { "clm:approvals": "irreversible" });
      world.program(...parents);
      await approve(world);
      const { preview, made } = await apply(world);
      expect(preview.text.match(/KEEP ECGrid comm \d+/g)).to.include.members([
        "KEEP ECGrid comm 5001",
        "KEEP ECGrid comm 5003",
      ]);
      expect(made).to.deep.equal([terminate(other, 5002)]);
      expect([5001, 5003, 5004].map((comm) => activeIds(world, comm).length)).to.deep.equal([1, 1, 1]);
    }),
  );

  it(
    "deletedWith of a parent: the end of what goes with another is said to hang on that, and makes no call",
    inWorld(async (world) => {
      const x = certificate("x", { commId: 5002 });
      const parent = group("with", { deletedWith: "x" });
      world.program(x, parent, child("a", 5001, "with"));
      await apply(world);
      const [a, ofX] = [current(world, "a").certKeyId, current(world, "x").certKeyId];
      world.program();
      const { shown, made } = await apply(world);
      expect(shown).to.deep.include({
        ...{ operation: terminate(a, 5001), certain: false, resource: "a" },
        on: "the resource of its option deletedWith stays",
      });
      expect(made).to.deep.equal([terminate(ofX, 5002)]);
      expect(activeIds(world, 5001)).to.deep.equal([a]);
    }),
  );

  it(
    "transformations: of the resource, of its component, and of the stack, also one that is registered late",
    inWorld(async (world) => {
      addComms(world, 5003, 5004);
      world.project.write(
        "index.js",
        program(
          `const set = (made) => (opts) => ({ name, props, opts: given }) =>
             name === made ? { props, opts: { ...given, ...opts } } : undefined;
           certificate("own", 5001, { transformations: [set("own")({ retainOnDelete: true })] });
           const component = new Group("component", { transformations: [set("ofComponent")({ retainOnDelete: true })] });
           certificate("ofComponent", 5002, { parent: component });
           pulumi.runtime.registerStackTransformation(set("late")({ retainOnDelete: true }));
           const late = new Group("late", {});
           certificate("ofLate", 5003, { parent: late });
           pulumi.runtime.registerStackTransformation(set("overruled")({ retainOnDelete: false }));
           certificate("overruled", 5004, { retainOnDelete: true });`,
          "",
        ),
      );
      await apply(world);
      const overruled = current(world, "overruled").certKeyId;
      world.project.write("less", "");
      const { preview, made } = await apply(world);
      expect(preview.text.match(/KEEP ECGrid comm \d+/g)).to.include.members([
        "KEEP ECGrid comm 5001",
        "KEEP ECGrid comm 5002",
        "KEEP ECGrid comm 5003",
      ]);
      expect(made).to.deep.equal([terminate(overruled, 5004)]);
    }),
  );

  it(
    "the provider instance that a component hands down: its name is known, its account is used, a Retirement has it, too",
    inWorld(async (world) => {
      const { sandbox } = world;
      const key = sandbox.ecgrid.issueKey({ tenant: "second" });
      sandbox.ecgrid.addComm({ commId: 6001, tenant: "second" });
      sandbox.ecgrid.addComm({ commId: 6002, tenant: "second" });
      const url = JSON.stringify({ apiKey: key, url: sandbox.ecgrid.url });
      world.project.write(
        "index.js",
        program(
          `const second = new clm.ecgrid.Provider("second", ${url});
           const many = new Group("many", { providers: [second] });
           const a = certificate("a", 6001, { parent: new Group("deep", { parent: many }) });
           new clm.Retirement("old", { of: a });
           certificate("b", 6002, { parent: new Group("one", { provider: second }) });
           certificate("c", 5001, { parent: new Group("none", {}) });`,
          "",
        ),
      );
      await apply(world);
      for (const name of ["a", "b", "old"])
        expect(stored(world, name).inputs, name).to.include({ __instance: "second" });
      expect(stored(world, "c").inputs).to.not.have.property("__instance");
      const entries = stored(world, "inventory").outputs?.entries as Record<string, unknown>;
      expect(Object.keys(entries)).to.have.length(4);
      expect(activeIds(world, 6001)).to.have.length(1);
      expect(stored(world, "old").provider).to.equal(stored(world, "a").provider);
    }),
  );

  it(
    "protect of a parent: a review says that Pulumi refuses the end",
    inWorld(async (world) => {
      const parent = group("kept", { protect: true });
      world.program(parent, child("a", 5001, "kept"));
      await apply(world);
      world.program(parent);
      const review = await clm(world, "review", "--format", "json");
      expect(review.text).to.include("it is protected: Pulumi refuses to delete it");
      expect((await world.project.up()).code).to.not.equal(0);
      expect(activeIds(world, 5001)).to.have.length(1);
      expectCode(await world.project.pulumi("state", "unprotect", "--all", "--yes"), 0);
    }),
  );
});
