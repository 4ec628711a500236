import { expect } from "chai";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { contract, credential } from "./acme.js";
import { apply, certificate, expectNothing, inWorld, stored } from "./engine.js";
import { gateway, generated, pem } from "./gateways.js";
import { approving, order } from "./orders.js";
import { files } from "./stacks.js";

/** Doubles resources of the last state as states of versions have them that let two resources adopt one object. */
async function twinned(world: World, names: readonly string[]): Promise<void> {
  const { project } = world;
  const { stdout } = expectCode(await project.pulumi("stack", "export"), 0);
  const state = JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } };
  state.deployment.resources = state.deployment.resources.flatMap((one) => {
    const name = one.urn.split("::").at(-1) ?? "";
    if (!names.includes(name)) return [one];
    const twin = JSON.stringify(one).replaceAll(`${one.urn}"`, `${one.urn}-twin"`);
    return [one, JSON.parse(twin) as typeof one];
  });
  project.write("state.json", JSON.stringify(state));
  expectCode(await project.pulumi("stack", "import", "--file", "state.json"), 0);
}

const twinOf = (spec: Spec): Spec => ({ ...spec, name: `${spec.name}-twin` });

describe("an object that two resources of a stack hold", () => {
  it(
    "of every kind: the end of the one does not end it for the other, and the preview says so; nor does a destroy",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      approving(world);
      const { own } = await files();
      const base = [
        certificate("a"),
        {
          ...{ kind: "ecgrid.UploadedCertificate", name: "uploaded" },
          args: { commId: 5002, cert: own.pfx, password: "canary-password-of-the-file", allowLastTermination: true },
        },
        await order("www"),
        gateway({ pem: await pem(sandbox) }),
        generated(),
        contract({ onDelete: "cancel" }),
      ];
      world.program(...base);
      await apply(world);
      const contractId = Number(stored(world, "web").id);
      const all = [...base, credential({ contractId, onDelete: "revoke" })];
      world.program(...all);
      await apply(world);
      const names = all.map(({ name }) => name);
      await twinned(world, names);
      const both = [...all, ...all.map(twinOf)];
      world.program(...both);
      await apply(world);
      await expectNothing(world);

      world.program(...all.map(twinOf));
      const one = await apply(world);
      expect(one.made).to.deep.equal([]);
      for (const name of names) expect(one.preview.text, name).to.include(`resource ${name}-twin holds it, too`);
      expect(project.resources().map(({ urn }) => urn.split("::").at(-1))).to.not.include.members(["web"]);

      // What leaves the stack and is kept holds its object, too.
      await twinned(
        world,
        names.map((name) => `${name}-twin`),
      );
      const kept = all.map(twinOf);
      const leaving = kept.map((spec) => ({ ...twinOf(spec), args: { ...spec.args, onDelete: "retain" } }));
      world.program(...kept, ...leaving);
      expect((await apply(world)).made).to.deep.equal([]);
      const position = sandbox.log.last();
      expectCode(await project.pulumi("destroy", "--yes"), 0);
      expect(world.made(position)).to.deep.equal([]);
    }),
  );

  it(
    "is adopted by one of two resources of a run: the other one is refused",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      approving(world);
      const text = await pem(sandbox);
      const given = gateway({ pem: text, description: "Managed by Pulumi" });
      world.program(given, generated());
      await apply(world);
      expectCode(await project.pulumi("stack", "rm", "dev", "--yes", "--force"), 0);
      await project.init("dev");
      const contractId = sandbox.partner.addContract({ sans: ["a.example.com", "b.example.com"] });
      for (const spec of [
        contract({ adopt: contractId, onDelete: "cancel" }),
        { ...given, args: { ...given.args, adopt: true } },
        generated({ adopt: true }),
      ]) {
        const position = sandbox.log.last();
        world.program(spec, twinOf(spec));
        const up = await project.up("--continue-on-error");
        expect(up.code, spec.name).to.not.equal(0);
        expect(up.text.replace(/\s+/g, " ")).to.match(/another resource of this stack (holds it|has )/);
        const there = project.resources().filter(({ urn }) => /::[a-z]+(-twin)?$/.test(urn.replace(/^.*dynamic/, "")));
        expect(there.filter(({ urn }) => urn.includes(`::${spec.name}`))).to.have.length(1);
        expect(world.made(position)).to.deep.equal([]);
        world.program();
        await apply(world);
      }
    }),
  );

  it(
    "a contract's single credential, which a credential's resource holds, is not its first one",
    inWorld(async (world) => {
      const { sandbox } = world;
      const contractId = sandbox.partner.addContract({ sans: ["a.example.com", "b.example.com"] });
      const [only] = sandbox.partner.credentials(contractId);
      const key = credential({ contractId, adopt: only?.id });
      world.program(key);
      await apply(world);
      world.program(key, contract({ adopt: contractId, firstCredential: "revoke" }));
      expect((await apply(world)).made).to.deep.equal([]);
      expect(stored(world, "web").outputs?.credential).to.equal(undefined);
    }),
  );
});
