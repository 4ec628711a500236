import { expect } from "chai";
import { makePfx } from "../../sandbox/index.js";
import type { Spec, World } from "../instrument/world.js";
import { activeIds, apply, certificate, current, executed, inWorld, previousIds, stored } from "./engine.js";

const retirement = (args: Record<string, unknown> = {}): Spec => ({
  kind: "Retirement",
  name: "old",
  args: { of: "a", ...args },
});
const terminate = (id: number): string => `ecgrid.certificates.terminate commId=5001 certKeyId=${id}`;
const endedBy = (world: World): unknown => stored(world, "old").outputs?.ended;

/** Makes certificate `a` with its retirement, and renews it once. @returns the old one's id and the new one's. */
async function renewed(world: World, args: Record<string, unknown> = {}): Promise<{ old: number; now: number }> {
  world.program(certificate("a"), retirement(args));
  await apply(world);
  const old = current(world, "a").certKeyId;
  world.program(certificate("a", { trigger: "1" }), retirement(args));
  await apply(world);
  return { old, now: current(world, "a").certKeyId };
}

describe("retirement through the real engine", () => {
  it(
    "shows an end with its day before, by name when it is due, makes it once, and asks nothing afterwards",
    inWorld(async (world) => {
      const { old, now } = await renewed(world, { delayDays: 14 });
      const before = await apply(world);
      expect({ shown: before.shown, made: before.made }).to.deep.equal({ shown: [], made: [] });
      expect(before.preview.text)
        .to.include(`[${terminate(old)}; due 2026-03-15]`)
        .and.include("not in this run");
      world.days(13);
      expect((await apply(world)).made).to.deep.equal([]);
      world.days(1);
      const due = await apply(world);
      expect(due.shown).to.deep.include({ operation: terminate(old), certain: true, resource: "old" });
      expect(due.made).to.deep.equal([terminate(old)]);
      expect(activeIds(world, 5001)).to.deep.equal([now]);
      const after = await apply(world);
      expect({ shown: after.shown, requests: after.requests }).to.deep.equal({ shown: [], requests: 0 });
      await world.project.refresh();
      expect((await apply(world)).made).to.deep.equal([]);
    }),
  );

  it(
    "without a delay, the run that renews ends the old one after it, and the preview names it as a condition",
    inWorld(async (world) => {
      world.program(certificate("a"), retirement());
      await apply(world);
      const old = current(world, "a").certKeyId;
      world.program(certificate("a", { trigger: "1" }), retirement());
      const { shown, made } = await apply(world);
      expect(shown.find(({ operation }) => operation === terminate(old))).to.include({ certain: false });
      expect(made).to.deep.equal([`ecgrid.certificates.renew commId=5001 certKeyId=${old}`, terminate(old)]);
      expect(activeIds(world, 5001)).to.deep.equal([current(world, "a").certKeyId]);
    }),
  );

  it(
    "a retirement that is new in the run that renews is named in its preview, too",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      const old = current(world, "a").certKeyId;
      world.program(certificate("a", { trigger: "1" }), retirement());
      const { shown, made } = await apply(world);
      expect(shown.find(({ operation }) => operation === terminate(old))).to.include({ certain: false });
      expect(made.at(-1)).to.equal(terminate(old));
    }),
  );

  it(
    "waits for what must come after the renewal and before the end; when that fails, nothing is ended",
    inWorld(async (world) => {
      world.program(certificate("a"), certificate("gateway", { commId: 5002 }), retirement({ after: ["gateway"] }));
      await apply(world);
      const old = current(world, "a").certKeyId;
      world.program(
        certificate("a", { trigger: "1" }),
        certificate("gateway", { commId: 5002, trigger: "1" }),
        retirement({ after: ["gateway"] }),
      );
      world.sandbox.hostile.add({ match: "GET /v2/comms/5002", mode: "500", times: 9 });
      const failed = await apply(world, 1);
      expect(failed.made).to.not.include(terminate(old));
      world.sandbox.hostile.clear();
      const { made } = await apply(world);
      expect(made.at(-1)).to.equal(terminate(old));
      expect(made.some((one) => one.startsWith("ecgrid.certificates.renew commId=5002"))).to.equal(true);
    }),
  );

  it(
    "waits for the acceptance of the very certificate that is in charge",
    inWorld(async (world) => {
      world.program(certificate("a"), retirement({ accepted: "AB".repeat(20) }));
      await apply(world);
      const old = current(world, "a").certKeyId;
      world.program(certificate("a", { trigger: "1" }), retirement({ accepted: "AB".repeat(20) }));
      await apply(world);
      const waiting = await apply(world);
      expect(waiting.made).to.deep.equal([]);
      expect(waiting.preview.text).to.include(`WAIT: certificate ${old} of comm 5001`).and.include("accepted is ABAB");
      const { thumbprint } = current(world, "a");
      world.program(certificate("a", { trigger: "1" }), retirement({ accepted: String(thumbprint).toLowerCase() }));
      expect((await apply(world)).made).to.deep.equal([terminate(old)]);
    }),
  );

  it(
    "ends nothing while the one in charge is not in use, by the state and by what the comm says right before",
    inWorld(async (world) => {
      const { old, now } = await renewed(world, { delayDays: 5 });
      world.days(6);
      world.sandbox.ecgrid.terminateOutside(5001, now);
      const unseen = await apply(world, 1);
      expect(unseen.made).to.deep.equal([]);
      expect(unseen.up.text)
        .to.include(`certificate ${now}, which took their place, is`)
        .and.include("nothing was sent");
      await world.project.refresh();
      const seen = await apply(world, 1);
      expect(seen.made).to.deep.equal([]);
      expect(seen.preview.text).to.include(`[${terminate(old)}; if its successor is in use`);
      expect(activeIds(world, 5001)).to.deep.equal([old]);
    }),
  );

  it(
    "a refused end keeps the retirement, and the next run names and makes it again",
    inWorld(async (world) => {
      const { old, now } = await renewed(world, { delayDays: 5 });
      world.days(6);
      world.sandbox.hostile.add({ match: "POST /v2/certificates/terminate", mode: "403" });
      const refused = await apply(world, 1);
      expect(refused.up.text).to.include("AccessDenied");
      expect(endedBy(world)).to.deep.equal([]);
      expect((await apply(world)).made).to.deep.equal([terminate(old)]);
      expect(endedBy(world)).to.deep.equal([String(old)]);
      expect(activeIds(world, 5001)).to.deep.equal([now]);
    }),
  );

  it(
    "removed from the program it ends nothing, and says what it leaves",
    inWorld(async (world) => {
      const { old, now } = await renewed(world, { delayDays: 14 });
      world.program(certificate("a", { trigger: "1" }));
      const { preview, shown, made } = await apply(world);
      expect({ shown, made }).to.deep.equal({ shown: [], made: [] });
      expect(preview.text).to.include(`LEAVE certificate ${old} of comm 5001`);
      expect(activeIds(world, 5001)).to.deep.equal([old, now]);
      world.program();
      expect((await apply(world)).made).to.deep.equal([terminate(old), terminate(now)]);
    }),
  );

  it(
    "retires the older files of an upload",
    inWorld(async (world) => {
      const partner = (cert: string): Spec => ({
        kind: "ecgrid.PartnerCertificate",
        name: "a",
        args: { commId: 5001, cert, allowLastTermination: true },
      });
      const pem = async (subject: string): Promise<string> =>
        (await makePfx({ subject, password: "", notBefore: "2026-01-01", notAfter: "2028-01-01" })).pem;
      world.program(partner(await pem("CN=ONE")), retirement());
      await apply(world);
      const old = current(world, "a").certKeyId;
      world.program(partner(await pem("CN=TWO")), retirement());
      expect((await apply(world)).made).to.deep.equal(["ecgrid.certificates.add-public commId=5001", terminate(old)]);
      expect(previousIds(world, "a")).to.deep.equal([old]);
      expect(executed(world, "terminate")).to.equal(1);
    }),
  );

  it(
    "destroy ends each certificate once, a retired one too, and the retirement nothing",
    inWorld(async (world) => {
      const { old, now } = await renewed(world, { delayDays: 14 });
      const listed = (await world.project.destroyPreview()).text;
      for (const id of [old, now]) expect(listed).to.include(`[${terminate(id)}]`);
      const position = world.sandbox.log.last();
      expect((await world.project.destroy()).code).to.equal(0);
      expect(world.made(position)).to.deep.equal([terminate(old), terminate(now)]);
    }),
  );
});
