import { expect } from "chai";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../instrument/project.js";
import { shownByPreview } from "../instrument/transcript.js";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { activeIds, apply, certificate, current, inWorld, stored } from "./engine.js";
import { gateway, pem } from "./gateways.js";

/** Programs of every shape, runs of every kind: the inventory speaks in each (inventory.md F2, F5, F6, F11, F13, F16, F17; rules 5, 6, 11, 12). */

const terminate = (id: number, comm = 5001): string => `ecgrid.certificates.terminate commId=${comm} certKeyId=${id}`;
const named = (text: string): string[] => shownByPreview(text).map(({ operation }) => operation);
const other = certificate("b", { commId: 5002 });
const INVENTORY = "urn:pulumi:dev::engine::pulumi-nodejs:dynamic/clm:Inventory::inventory";

/** Certificates `a` of comm 5001 and `b` of comm 5002. @returns their ids. */
async function both(world: World): Promise<[number, number]> {
  world.program(certificate("a"), other);
  expectCode(await world.project.up(), 0);
  return [current(world, "a").certKeyId, current(world, "b").certKeyId];
}

/** What makes certificate `a` in a program that has the package as `clm`. */
const A = `new clm.ecgrid.Certificate("a", { commId: 5001, overlapDays: 30, allowLastTermination: true });`;

describe("the inventory of programs of every shape", () => {
  it(
    "names what is removed: after await and in .apply, in ESM, in TypeScript, with two copies of the package, and once",
    inWorld(async (world) => {
      const { project } = world;
      const [a, b] = await both(world);
      const shape = async (what: string, files: Record<string, string>, expected = [terminate(b, 5002)]) => {
        for (const [name, text] of Object.entries(files)) project.write(name, text);
        const { text } = expectCode(await project.preview(), 0);
        expect(named(text), what).to.deep.equal(expected);
        return text;
      };
      await shape("an exported function that waits", {
        "index.js": `const pulumi = require("@pulumi/pulumi");
          const clm = require("pulumi-clm");
          module.exports = async () => {
            await new Promise((resolve) => setTimeout(resolve, 50));
            const made = pulumi.output(1).apply(async () => {
              await new Promise((resolve) => setTimeout(resolve, 50));
              return pulumi.output(2).apply(() => { ${A} return 3; });
            });
            setTimeout(() => pulumi.output(made).apply(() => undefined), 50);
            return { made };
          };`,
      });
      cpSync(join(REPOSITORY, "package.json"), join(project.folder, "project", "copy", "package.json"));
      for (const part of ["sdk", "provider"])
        cpSync(join(REPOSITORY, "dist", part), join(project.folder, "project", "copy", "dist", part), {
          recursive: true,
        });
      await shape("two copies", { "index.js": `require("pulumi-clm"); const clm = require("./copy"); ${A}` });
      const manifest = JSON.stringify({ name: "engine", private: true, main: "index.mjs", type: "module" });
      await shape("ESM", {
        "package.json": manifest,
        "index.mjs": `import * as clm from "pulumi-clm"; await new Promise((resolve) => setTimeout(resolve, 50)); ${A}`,
      });
      await shape("an empty one that imports the package", { "index.mjs": `import "pulumi-clm";` }, [
        terminate(a),
        terminate(b, 5002),
      ]);
      delete project.environment.NODE_OPTIONS; // it has programs run without TypeScript
      await shape("TypeScript", {
        "Pulumi.yaml": "name: engine\nruntime: nodejs\n",
        "package.json": JSON.stringify({ name: "engine", private: true, main: "index.ts" }),
        "index.ts": `import * as clm from "pulumi-clm"; const commId: number = 5001; ${A}`,
      });
    }),
  );

  it(
    "a resource that is made after the end of the program fails the run",
    inWorld(async (world) => {
      world.project.write("index.js", `const clm = require("pulumi-clm"); process.once("beforeExit", () => { ${A} });`);
      const late = await world.project.up();
      expect(late.code).to.not.equal(0);
      expect(late.text).to.include("constructed after the program had ended");
      expect(activeIds(world, 5001)).to.deep.equal([]);
    }),
  );

  it(
    "where nothing is ours nothing is registered; where the engine does not tell the last state, the stored list speaks and says so",
    inWorld(async (world) => {
      world.program();
      expectCode(await world.project.up(), 0);
      expect(world.project.resources().filter(({ urn }) => urn === INVENTORY)).to.deep.equal([]);
      const [, b] = await both(world);
      world.project.write(
        "index.js",
        `const monitor = require("@pulumi/pulumi").runtime.getMonitor();
        const invoke = monitor.invoke.bind(monitor);
        monitor.invoke = (request, ...more) =>
          request.getTok() === "pulumi:pulumi:readStackResourceOutputs"
            ? more.at(-1)(new Error("no such function"))
            : invoke(request, ...more);
        const clm = require("pulumi-clm");
        ${A}`,
      );
      const { text } = expectCode(await world.project.preview(), 0);
      expect(text).to.include("the engine did not tell the last state").and.include("stored list");
      expect(named(text)).to.deep.equal([terminate(b, 5002)]);
    }),
  );

  it(
    "state delete and import: what the state no longer has is not named, and nothing is taken over without its state (F5.4, F5.9)",
    inWorld(async (world) => {
      const { project } = world;
      const [a, b] = await both(world);
      const { urn } = stored(world, "b");
      expect((await project.pulumi("state", "delete", urn, "--yes")).code, "the inventory depends on it").to.not.equal(
        0,
      );
      expectCode(await project.pulumi("state", "delete", urn, "--yes", "--target-dependents"), 0);
      project.write(
        "import.json",
        JSON.stringify({ resources: [{ type: "pulumi-nodejs:dynamic/ecgrid:Certificate", name: "b", id: String(b) }] }),
      );
      const imported = await project.pulumi("import", "--file", "import.json", "--yes", "--protect=false");
      expect(imported.code).to.not.equal(0);
      world.program();
      const { shown, made } = await apply(world);
      expect(shown.map(({ operation }) => operation)).to.deep.equal([terminate(a)]);
      expect(made).to.deep.equal([terminate(a)]);
      expect(activeIds(world, 5002), "it is nobody's any more").to.deep.equal([b]);
    }),
  );

  it(
    "--target of the inventory and --exclude end nothing that stays, and the next run names it again; policies see the ends",
    inWorld(async (world) => {
      const { project } = world;
      const [a, b] = await both(world);
      world.program(certificate("a"));
      const json = expectCode(await project.preview("--json"), 0);
      const { steps } = JSON.parse(json.stdout) as {
        steps: { urn: string; newState?: { inputs?: { __ending?: Record<string, { call: string }[]> } } }[];
      };
      const ending = steps.find((step) => step.urn === INVENTORY)?.newState?.inputs?.__ending ?? {};
      expect(Object.keys(ending)).to.deep.equal([stored(world, "b").urn]);
      expect(Object.values(ending).flatMap((ends) => ends.map(({ call }) => call))).to.deep.equal([
        `[${terminate(b, 5002)}]`,
      ]);
      const targeted = expectCode(await project.up("--target", INVENTORY), 0);
      expect(targeted.text).to.include(terminate(b, 5002));
      expect(stored(world, "inventory").inputs?.__ending).to.deep.equal(ending);
      expect(stored(world, "inventory").outputs).to.not.have.property("__ending");
      expect(activeIds(world, 5002)).to.deep.equal([b]);
      const excluded = expectCode(await project.up("--exclude", stored(world, "b").urn), 0);
      expect(excluded.text).to.not.include(terminate(b, 5002));
      expect(activeIds(world, 5002)).to.deep.equal([b]);
      const { shown, made } = await apply(world);
      expect(shown.map(({ operation }) => operation)).to.deep.equal([terminate(b, 5002)]);
      expect(made).to.deep.equal([terminate(b, 5002)]);
      expect((await apply(world)).up.text).to.match(/Resources:\s+\d+ unchanged/);
      expect(stored(world, "inventory").inputs).to.not.have.property("__ending");
      expect(activeIds(world, 5001)).to.deep.equal([a]);
    }),
  );

  it(
    "a resource of another kind that is deleted before it is made anew takes none of what depends on it along",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const place = (tag: string): Spec => ({
        ...{ kind: "anew", name: "place" },
        args: { value: { commId: 5001, project: "partners", name: "gw", tag } },
      });
      const { commId: _comm, ...args } = certificate("a").args;
      const { project: _project, name: _name, ...gatewayArgs } = gateway({ pem: await pem(sandbox) }).args;
      const dependent: Spec[] = [
        { ...certificate("a"), args, later: { commId: "place.result.commId" } },
        {
          ...{ kind: "apinizer.Certificate", name: "gw", args: gatewayArgs },
          later: { project: "place.result.project", name: "place.result.name" },
        },
      ];
      world.program(place("one"), ...dependent);
      expectCode(await project.up(), 0);
      const { certKeyId } = current(world, "a");
      world.program(place("another"), ...dependent);
      const preview = expectCode(await project.preview(), 0);
      expect(
        shownByPreview(preview.text).every(({ certain }) => !certain),
        "only conditions",
      ).to.equal(true);
      const position = sandbox.log.last();
      expectCode(await project.up(), 0);
      expect(world.made(position)).to.deep.equal([]);
      expect(activeIds(world, 5001)).to.deep.equal([certKeyId]);
      expect(sandbox.apinizer.certificates()).to.have.length(1);
    }),
  );
});
