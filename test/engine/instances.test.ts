import { expect } from "chai";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { clm, configure } from "../instrument/clm.js";
import { shownByDestroyPreview, shownByPreview } from "../instrument/transcript.js";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { approve, inWorld, stored } from "./engine.js";
import { gateway, pem } from "./gateways.js";

const DELETE = "apinizer.certificates.delete project=partners name=gw";
const SECOND = `${DELETE} instance=second`;

/** A world with a second manager. */
interface Managers {
  readonly world: World;
  readonly other: Sandbox;
  /** The explicit provider instance of the second manager, by another name if need be. */
  readonly instance: (name?: string, opts?: Record<string, unknown>) => Spec;
  /** How many certificates each manager has: the default one, the second. */
  readonly left: () => number[];
  /** How many deletions each manager was asked for since the last time that somebody has looked. */
  readonly deletions: () => number[];
}

const withTwoManagers = (test: (managers: Managers) => Promise<void>): (() => Promise<void>) =>
  inWorld(async (world) => {
    const other = await startSandbox({ now: world.now.toISOString() });
    try {
      other.apinizer.trustEverywhere("root", await other.apinizer.newPem("root", "ec"));
      const { managerUrl: url, token } = other.apinizer;
      const both = [world.sandbox, other];
      let positions = both.map(({ log }) => log.last());
      await test({
        ...{ world, other },
        instance: (name = "second", opts = {}) => ({
          ...{ kind: "apinizer.Provider", name, opts },
          args: { url, token, visibilitySeconds: 0.5 },
        }),
        left: () => both.map(({ apinizer }) => apinizer.certificates().length),
        deletions: () => {
          const made = both.map(
            ({ log }, at) => log.made(positions[at] ?? 0).filter(({ operation }) => operation === DELETE).length,
          );
          positions = both.map(({ log }) => log.last());
          return made;
        },
      });
    } finally {
      await other.close();
    }
  });

/** The certificate of the second manager: project and name are those of `gateway`. */
const gateway2 = (args: Record<string, unknown>, opts: Record<string, unknown> = {}): Spec => ({
  ...gateway(args, { opts: { provider: "second", ...opts } }),
  name: "gw2",
});

/** Deletions that a plain text names, by the resource on whose row. */
const deletions = (text: string): [string | undefined, string][] => [
  ...new Map(
    shownByPreview(text)
      .filter(({ operation }) => operation.startsWith(DELETE))
      .map(({ resource, operation }): [string, [string | undefined, string]] => [
        `${resource ?? ""} ${operation}`,
        [resource, operation],
      ]),
  ).values(),
];

describe("engine: one name at two provider instances", () => {
  it(
    "both are removed: each is named on its row, both count for the ceiling, and a review lists both",
    withTwoManagers(async ({ world, instance, left, deletions: made }) => {
      const { project } = world;
      const args = { pem: await pem(world.sandbox) };
      configure(world, { "clm:maxDestructive": 1 });
      world.program(instance(), gateway(args), gateway2(args));
      expectCode(await project.up(), 0);
      expect(left()).to.deep.equal([1, 1]);
      world.program(instance());
      const refused = await project.preview();
      expect(refused.code).to.not.equal(0);
      expect(refused.text).to.include("would destroy 2 object(s)");
      expect((await project.up()).code).to.not.equal(0);
      expect(made()).to.deep.equal([0, 0]);

      project.environment.CLM_MAX_DESTRUCTIVE = "2";
      expect(deletions(expectCode(await project.preview(), 0).text)).to.have.deep.members([
        ["gw", DELETE],
        ["gw2", SECOND],
      ]);
      const review = expectCode(await clm(world, "review", "--format", "json"), 0);
      const { resources } = JSON.parse(review.stdout) as {
        resources: { name: string; operations: { label: string; source: string; target: object }[] }[];
      };
      const listed = resources.flatMap(({ name, operations }) =>
        operations.flatMap(({ label, source }) => (label.startsWith(DELETE) ? [`${name} ${source} ${label}`] : [])),
      );
      expect([...new Set(listed)]).to.have.members([`gw plan ${DELETE}`, `gw2 plan ${SECOND}`]);
      expectCode(await project.up(), 0);
      expect([made(), left()]).to.deep.equal([
        [1, 1],
        [0, 0],
      ]);
    }),
  );

  it(
    "an approval for one manager permits nothing at the other, and one for both permits both",
    withTwoManagers(async ({ world, instance, left, deletions: made }) => {
      const { project } = world;
      const args = { pem: await pem(world.sandbox) };
      configure(world, { "clm:approvals": "irreversible" });
      world.program(instance(), gateway(args), gateway2(args));
      expectCode(await project.up(), 0);
      for (const [approved, done, label] of [
        [[gateway2(args)], [gateway(args)], SECOND],
        [[gateway(args)], [gateway2(args)], DELETE],
      ] as const) {
        world.program(instance(), ...approved);
        await approve(world);
        world.program(instance(), ...done);
        const refused = await project.up();
        expect(refused.code).to.not.equal(0);
        expect(refused.text).to.match(new RegExp(`does not approve ${label}(?: instance=|;|\\.|\\s|$)`));
        expect([made(), left()]).to.deep.equal([
          [0, 0],
          [1, 1],
        ]);
      }
      world.program(instance());
      await approve(world);
      expectCode(await project.up(), 0);
      expect(left()).to.deep.equal([0, 0]);
    }),
  );

  it(
    "one is removed while the other one is renamed: the removed one is named, and it alone is ended",
    withTwoManagers(async ({ world, instance, left }) => {
      const { project } = world;
      const [args, args2] = [{ pem: await pem(world.sandbox) }, { pem: await pem(world.sandbox, 1) }];
      world.program(instance(), gateway(args), gateway2(args2));
      expectCode(await project.up(), 0);
      world.program(instance(), { ...gateway2(args2, { aliases: [{ name: "gw2" }] }), name: "gw3" });
      expect(deletions(expectCode(await project.preview(), 0).text)).to.deep.equal([["gw", DELETE]]);
      expectCode(await project.up(), 0);
      expect(left()).to.deep.equal([0, 1]);
      world.program(instance(), gateway(args), { ...gateway2(args2), name: "gw3" });
      expectCode(await project.up(), 0);
      world.program(instance(), { ...gateway(args, { opts: { aliases: [{ name: "gw" }] } }), name: "gw4" });
      expect(deletions(expectCode(await project.preview(), 0).text)).to.deep.equal([["gw3", SECOND]]);
      expectCode(await project.up(), 0);
      expect(left()).to.deep.equal([1, 0]);
    }),
  );

  it(
    "what the inventory does not list is not destroyed because the other manager's was named",
    withTwoManagers(async ({ world, instance, left, deletions: made }) => {
      const { project } = world;
      const [args, args2] = [{ pem: await pem(world.sandbox) }, { pem: await pem(world.sandbox, 1) }];
      world.program(instance(), gateway(args));
      expectCode(await project.up(), 0);
      world.program(instance(), gateway2(args2), gateway(args, { opts: { dependsOn: ["gw2"] } }));
      const { urn } = stored(world, "gw");
      expectCode(await project.up("--target", `${urn}2`, "--target", urn), 0);
      const shown = shownByDestroyPreview((await project.destroyPreview()).text).map(({ operation }) => operation);
      expect(shown).to.include(DELETE).and.not.include(SECOND);
      const destroyed = await project.destroy();
      expect(destroyed.code).to.not.equal(0);
      expect(destroyed.text).to.include(`nothing in this run has named ${SECOND}`);
      expect([made()[1], left()[1]]).to.deep.equal([0, 1]);
      expect(stored(world, "gw2").id).to.be.a("string");
      await approve(world, "--destroy");
      expectCode(await project.destroy(), 0);
      expect(left()).to.deep.equal([0, 0]);
    }),
  );

  it(
    "an instance that has another name ends nothing, and its objects are known by that name from then on",
    withTwoManagers(async ({ world, instance, left, deletions: made }) => {
      const { project } = world;
      const args = { pem: await pem(world.sandbox) };
      world.program(instance(), gateway2(args));
      expectCode(await project.up(), 0);
      const third = instance("third", { aliases: [{ name: "second" }] });
      world.program(third, gateway2(args, { provider: "third" }));
      expect(deletions(expectCode(await project.preview(), 0).text)).to.deep.equal([]);
      expectCode(await project.up(), 0);
      expect([made(), left()]).to.deep.equal([
        [0, 0],
        [0, 1],
      ]);
      world.program(third);
      expect(deletions(expectCode(await project.preview(), 0).text)).to.deep.equal([
        ["gw2", `${DELETE} instance=third`],
      ]);
      expectCode(await project.up(), 0);
      expect(left()).to.deep.equal([0, 0]);
    }),
  );

  it(
    "another manager's instance for a certificate ends nothing and changes nothing: the state knows its manager",
    withTwoManagers(async ({ world, instance, left, deletions: made }) => {
      const { project } = world;
      const args = { pem: await pem(world.sandbox) };
      world.program(instance(), gateway(args));
      expectCode(await project.up(), 0);
      world.program(instance(), gateway(args, { opts: { provider: "second" } }));
      expect(deletions(expectCode(await project.preview(), 0).text)).to.deep.equal([]);
      const refused = await project.up();
      expect(refused.code).to.not.equal(0);
      expect(refused.text).to.include("this run talks to the manager");
      expect([made(), left()]).to.deep.equal([
        [0, 0],
        [1, 0],
      ]);
      world.program(instance());
      expect(deletions(expectCode(await project.preview(), 0).text)).to.deep.equal([["gw", DELETE]]);
      expectCode(await project.up(), 0);
      expect(left()).to.deep.equal([0, 0]);
    }),
  );
});
