import { expect } from "chai";
import { expectCode, type World } from "../instrument/world.js";
import { shownByPreview } from "../instrument/transcript.js";
import { activeIds, apply, certificate, current, inWorld, stored } from "./engine.js";
import { gateway, pem } from "./gateways.js";

/** The corners of inventory.md: each is a way in which a list of what ends could lie. */

const terminate = (id: number, comm = 5001): string => `ecgrid.certificates.terminate commId=${comm} certKeyId=${id}`;
const named = (text: string): string[] => shownByPreview(text).map(({ operation }) => operation);
const other = certificate("b", { commId: 5002 });

/** Certificates `a` of comm 5001 and `b` of comm 5002. @returns their ids. */
async function both(world: World): Promise<[number, number]> {
  world.program(certificate("a"), other);
  await apply(world);
  return [current(world, "a").certKeyId, current(world, "b").certKeyId];
}

describe("the inventory in its corners", () => {
  it(
    "protect: the removal is named, refused, and named again once it is allowed; so is one whose call has failed (F5.2)",
    inWorld(async (world) => {
      world.program(certificate("a", {}, { opts: { protect: true } }));
      await apply(world);
      const id = current(world, "a").certKeyId;
      world.program();
      const refused = await world.project.preview();
      expect(refused.code).to.not.equal(0);
      expect(named(refused.text)).to.deep.equal([terminate(id)]);
      expect((await world.project.up()).code).to.not.equal(0);
      expect(activeIds(world, 5001)).to.deep.equal([id]);
      world.program(certificate("a"));
      await apply(world);
      world.program();
      world.sandbox.hostile.add({ match: "POST /v2/certificates/terminate", mode: "500" });
      await apply(world, 1);
      expect(activeIds(world, 5001), "the service has said no").to.deep.equal([id]);
      const again = await apply(world);
      expect(again.shown.map(({ operation }) => operation)).to.deep.equal([terminate(id)]);
      expect(again.made).to.deep.equal([terminate(id)]);
    }),
  );

  it(
    "--target: what a targeted run made is named when it leaves (F5.5); a listed one is not deleted by a targeted run (F20)",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      const [a] = [current(world, "a").certKeyId];
      world.program(certificate("a"), other);
      const urn = stored(world, "a").urn.replace(/::a$/, "::b");
      expectCode(await world.project.up("--target", urn), 0);
      const b = current(world, "b").certKeyId;
      world.program(other);
      await world.project.up("--target", stored(world, "a").urn);
      expect(activeIds(world, 5001), "the inventory depends on it").to.deep.equal([a]);
      world.program(certificate("a"));
      const left = await apply(world);
      expect(left.made).to.deep.equal([terminate(b, 5002)]);
    }),
  );

  it(
    "destroy --target of the inventory forgets nothing (F5.3), and of a certificate takes the inventory first (F20)",
    inWorld(async (world) => {
      const [a, b] = await both(world);
      const { urn } = stored(world, "inventory");
      expectCode(await world.project.destroy("--target", urn), 0);
      world.program(other);
      expect((await apply(world)).made).to.deep.equal([terminate(a)]);
      const refused = await world.project.destroy("--target", stored(world, "b").urn);
      expect(refused.code, "without its dependents").to.not.equal(0);
      expect(activeIds(world, 5002)).to.deep.equal([b]);
      const taken = expectCode(
        await world.project.destroy("--target", stored(world, "b").urn, "--target-dependents"),
        0,
      );
      expect(taken.text).to.include(terminate(b, 5002));
      expect(activeIds(world, 5002)).to.deep.equal([]);
    }),
  );

  it(
    "gone outside: after a refresh its removal names no call (F5.6), nor does one that refreshes itself (F5.7)",
    inWorld(async (world) => {
      const { apinizer } = world.sandbox;
      const text = await pem(world.sandbox);
      const two = [gateway({ pem: text }), { ...gateway({ name: "gw2", alias: "gw2", pem: text }), name: "gw2" }];
      world.program(...two);
      await apply(world);
      apinizer.deleteOutside("gw2");
      expectCode(await world.project.refresh(), 0);
      world.program(gateway({ pem: text }));
      const removed = await apply(world);
      expect(removed.preview.text).to.include(
        "certificate gw2 of project partners was deleted outside: no remote call",
      );
      expect(removed.shown).to.deep.equal([]);
      expect(removed.made).to.deep.equal([]);
      expect((await apply(world)).shown).to.deep.equal([]);
      apinizer.deleteOutside("gw");
      world.program();
      const refreshed = expectCode(await world.project.preview("--refresh"), 0);
      // The refresh knows no program: it says what there would be to do with the one from before.
      expect([...new Set(named(refreshed.text))]).to.deep.equal([
        "apinizer.certificates.create project=partners name=gw",
      ]);
      expectCode(await world.project.up("--refresh"), 0);
      expect(world.sandbox.log.made().filter(({ method }) => method === "DELETE")).to.deep.equal([]);
    }),
  );

  it(
    "a move without an alias is an end and a beginning; a rename that is a replacement, too, is named on the old row",
    inWorld(async (world) => {
      const [a, b] = await both(world);
      world.program(
        { kind: "group", name: "group", args: {} },
        certificate("a", {}, { opts: { parent: "group" } }),
        certificate("c", { commId: 5001 }, { opts: { aliases: [{ name: "b" }] } }),
      );
      const { shown, made } = await apply(world);
      expect(shown.filter(({ operation }) => operation.includes("terminate"))).to.have.deep.members([
        { operation: terminate(a), certain: true, resource: "a" },
        { operation: terminate(b, 5002), certain: true, resource: "b" },
      ]);
      expect(made.filter((one) => one.includes("terminate"))).to.have.members([terminate(a), terminate(b, 5002)]);
    }),
  );

  it(
    "deletedWith and ignoreChanges: what is said hangs on the option, or on what is stored",
    inWorld(async (world) => {
      world.program(
        certificate("a"),
        { ...other, opts: { deletedWith: "a" } },
        certificate("c", { commId: 5003 }, { opts: { ignoreChanges: ["onDelete"] } }),
      );
      world.sandbox.ecgrid.addComm({ commId: 5003 });
      await apply(world);
      const ids = ["a", "b", "c"].map((name) => current(world, name).certKeyId);
      world.program(
        certificate("a"),
        { ...other, opts: { deletedWith: "a" } },
        certificate("c", { commId: 5003, onDelete: "retain" }, { opts: { ignoreChanges: ["onDelete"] } }),
      );
      expect((await apply(world)).made).to.deep.equal([]);
      world.program();
      const { shown, made } = await apply(world);
      expect(shown.map(({ operation, certain }) => `${operation} ${certain ? "certain" : "if"}`)).to.have.members([
        `${terminate(ids[0] ?? 0)} certain`,
        `${terminate(ids[1] ?? 0, 5002)} if`,
        `${terminate(ids[2] ?? 0, 5003)} certain`,
      ]);
      expect(made).to.have.members([terminate(ids[0] ?? 0), terminate(ids[2] ?? 0, 5003)]);
    }),
  );

  it(
    "a replaced original whose end was refused waits, and is named and ended by the next run (F22)",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      const id = current(world, "a").certKeyId;
      world.program(certificate("a", { commId: 5002 }));
      world.project.environment.CLM_REQUIRE_APPROVALS = "irreversible";
      expect((await world.project.up()).code).to.not.equal(0);
      expect(activeIds(world, 5001), "refused by the gate").to.deep.equal([id]);
      expect(activeIds(world, 5002), "made first").to.have.length(1);
      delete world.project.environment.CLM_REQUIRE_APPROVALS;
      const { shown, made } = await apply(world);
      expect(shown.map(({ operation, on }) => `${operation} ${on ?? ""}`)).to.deep.equal([
        `${terminate(id)} the replaced original still waits in the state`,
      ]);
      expect(made).to.deep.equal([terminate(id)]);
    }),
  );

  it(
    "destroy --run-program ends what was listed, and an inventory that is excluded stops every end (F20)",
    inWorld(async (world) => {
      const [a, b] = await both(world);
      expectCode(await world.project.destroy("--exclude", stored(world, "inventory").urn), 0);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[a], [b]]);
      const ran = expectCode(await world.project.destroy("--run-program"), 0);
      for (const one of [terminate(a), terminate(b, 5002)]) expect(ran.text).to.include(one);
      expect([activeIds(world, 5001), activeIds(world, 5002)]).to.deep.equal([[], []]);
    }),
  );
});
