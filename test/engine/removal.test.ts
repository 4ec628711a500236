import { expect } from "chai";
import { compare, shownByDestroyPreview } from "../instrument/transcript.js";
import { expectCode, type World } from "../instrument/world.js";
import { activeIds, apply, approve, certificate, current, inWorld } from "./engine.js";

/** A certificate that was renewed once: a current and a previous one. */
async function renewedOnce(
  world: World,
  args: Record<string, unknown> = {},
): Promise<{ previous: number; now: number }> {
  world.program(certificate("a", args));
  await apply(world);
  const { certKeyId: previous } = current(world, "a");
  world.program(certificate("a", { ...args, trigger: "1" }));
  await apply(world);
  return { previous, now: current(world, "a").certKeyId };
}

async function destroyAsShown(world: World, code = 0): Promise<string[]> {
  const shown = shownByDestroyPreview((await world.project.destroyPreview()).text);
  const position = world.sandbox.log.last();
  expectCode(await world.project.destroy(), code);
  const made = world.made(position);
  expect(compare(shown, made, code === 0)).to.deep.equal([]);
  return made;
}

describe("the end of ECGrid certificates through the real engine", () => {
  it(
    "a removal is named in plain preview, every live certificate on its own line [situation: ecgrid.certificates.terminate, ok]",
    inWorld(async (world) => {
      const { previous, now } = await renewedOnce(world);
      world.program();
      const { preview, made } = await apply(world);
      expect(made).to.deep.equal(
        [previous, now].map((id) => `ecgrid.certificates.terminate commId=5001 certKeyId=${id}`),
      );
      const row = preview.text.split("\n").find((line) => /^ - .*ecgrid:Certificate a delete/.test(line));
      expect(row).to.include("TERMINATE").and.include("serial").and.include("irreversible");
      expect(activeIds(world, 5001)).to.deep.equal([]);
    }),
  );

  it(
    "retain ends nothing and says what is kept",
    inWorld(async (world) => {
      const { previous, now } = await renewedOnce(world, { onDelete: "retain" });
      world.program();
      const { preview, made } = await apply(world);
      expect(made).to.deep.equal([]);
      for (const id of [previous, now])
        expect(preview.text).to.match(new RegExp(`KEEP \\w+ certificate ${id} of comm 5001`));
      expect(activeIds(world, 5001)).to.deep.equal([previous, now]);
    }),
  );

  it(
    "retainOnDelete of the program ends nothing and is not said to end anything",
    inWorld(async (world) => {
      world.program(certificate("a", {}, { opts: { retainOnDelete: true } }));
      await apply(world);
      world.program(certificate("a", { commId: 5002 }, { opts: { retainOnDelete: true } }));
      const moved = await apply(world);
      expect(moved.shown.map(({ operation }) => operation)).to.deep.equal(["ecgrid.certificates.create commId=5002"]);
      expect(moved.made).to.have.length(1);
      world.program();
      const { preview, shown, made } = await apply(world);
      expect({ shown, made }).to.deep.equal({ shown: [], made: [] });
      expect(preview.text).to.include("retainOnDelete is set");
      expect(activeIds(world, 5001)).to.have.length(1);
      expect(activeIds(world, 5002)).to.have.length(1);
    }),
  );

  it(
    "a termination that leaves the comm bare is refused before anything is sent; consent is stored by an up",
    inWorld(async (world) => {
      world.program(certificate("a", { allowLastTermination: false }));
      await apply(world);
      world.program();
      const { up, made } = await apply(world, 1);
      expect(made).to.deep.equal([]);
      expect(up.text)
        .to.include("without an active certificate for Encryption and Signature")
        .and.include("allowLastTermination");
      expect(activeIds(world, 5001)).to.have.length(1);
      world.program(certificate("a", { allowLastTermination: true }));
      await apply(world);
      world.program();
      expect((await apply(world)).made).to.have.length(1);
    }),
  );

  it(
    "an acceptance that names no active successor is refused as stale; the right thumbprint passes the guard",
    inWorld(async (world) => {
      const other = await world.sandbox.ecgrid.addCertificate({
        commId: 5001,
        notBefore: "2025-06-01T08:00:00Z",
        notAfter: "2028-06-01T08:00:00Z",
      });
      const thumbprint = world.sandbox.ecgrid.certificate(5001, other)?.thumbprint;
      world.program(certificate("a", { allowLastTermination: false, partnerAccepted: "00".repeat(20) }));
      await apply(world);
      world.program();
      const { up, made } = await apply(world, 1);
      expect(made).to.deep.equal([]);
      expect(up.text).to.include("partnerAccepted names 00000000");
      world.program(certificate("a", { allowLastTermination: false, partnerAccepted: thumbprint }));
      await apply(world);
      world.program();
      expect((await apply(world)).made).to.have.length(1);
      expect(activeIds(world, 5001)).to.deep.equal([other]);
    }),
  );

  it(
    "destroy does what destroy --preview-only --diff lists",
    inWorld(async (world) => {
      const { previous, now } = await renewedOnce(world);
      expect(await destroyAsShown(world)).to.deep.equal(
        [previous, now].map((id) => `ecgrid.certificates.terminate commId=5001 certKeyId=${id}`),
      );
      expect(world.project.resources()).to.deep.equal([]);
    }),
  );

  it(
    "destroy after a destroy that failed half way ends the rest once it is reviewed: there is no inventory that names it",
    inWorld(async (world) => {
      const { previous, now } = await renewedOnce(world);
      world.sandbox.hostile.add({ match: "POST /v2/certificates/terminate", mode: "503", afterMatches: 1 });
      expectCode(await world.project.destroy(), 1);
      expect(activeIds(world, 5001)).to.deep.equal([now]);
      expect((await world.project.destroy()).text).to.include("nothing in this run has named");
      expect(activeIds(world, 5001)).to.deep.equal([now]);
      await approve(world, "--destroy");
      expectCode(await world.project.destroy(), 0);
      expect(activeIds(world, 5001)).to.deep.equal([]);
      expect(world.sandbox.ecgrid.certificates(5001).map(({ certKeyId, status }) => [certKeyId, status])).to.deep.equal(
        [
          [previous, "Terminated"],
          [now, "Terminated"],
        ],
      );
    }),
  );

  it(
    "a rename by alias ends nothing; a move under a component is followed, and its row is the right one",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      world.program(certificate("b", {}, { opts: { aliases: [{ name: "a" }] } }));
      expect((await apply(world)).shown).to.deep.equal([]);
      world.program(
        { kind: "group", name: "outer", args: {} },
        { kind: "group", name: "inner", args: {}, opts: { parent: "outer" } },
        certificate(
          "b",
          { trigger: "1" },
          {
            opts: { parent: "inner", aliases: ["urn:pulumi:dev::engine::pulumi-nodejs:dynamic/ecgrid:Certificate::b"] },
          },
        ),
      );
      const { preview, shown, made } = await apply(world);
      expect(made).to.have.length(1);
      expect(shown[0]?.resource).to.equal("b");
      expect(preview.text).to.match(/ecgrid:Certificate b update .*RENEW/);
    }),
  );

  it(
    "a program that fails deletes nothing",
    inWorld(async (world) => {
      world.program(certificate("a"), certificate("b", { commId: 5002 }));
      await apply(world);
      world.program();
      world.project.write("fail", "");
      const position = world.sandbox.log.last();
      expect((await world.project.up()).code).to.not.equal(0);
      expect(world.made(position)).to.deep.equal([]);
      expect(activeIds(world, 5001).concat(activeIds(world, 5002))).to.have.length(2);
    }),
  );

  it(
    "a program that calls process.exit fails, because its removals could not be named",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      world.program();
      world.project.write("exit", "");
      const preview = await world.project.preview();
      expect(preview.code).to.not.equal(0);
      expect(preview.text).to.include("process.exit");
      expect((await world.project.up()).code).to.not.equal(0);
      expect(activeIds(world, 5001)).to.have.length(1);
    }),
  );
});
