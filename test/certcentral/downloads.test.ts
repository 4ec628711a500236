import { expect } from "chai";
import { Fault } from "../../provider/core/fault.js";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import { makeCsr, startSandbox, type Mode, type Sandbox } from "../../sandbox/index.js";
import { Steps } from "./steps.js";

const DOWNLOADS = "GET /services/v2/certificate/*";
const MODES: readonly Mode[] = ["500", "503", "403", "429", "html", "empty", "truncate", "redirect", "drop-before"];

describe("the download of a certificate", () => {
  let sandbox: Sandbox;
  let steps: Steps;
  let csrs: string[];
  before(async () => {
    csrs = [await makeCsr("www.example.com"), await makeCsr("www.example.com"), await makeCsr("www.example.com")];
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    Object.assign(sandbox.certcentral.settings, { approval: "auto", validation: "prevalidated" });
    steps = new Steps(sandbox);
  });
  afterEach(() => sandbox.close());

  const wanted = (csr = 0, more: object = {}) =>
    steps.inputs({
      productNameId: "ssl_basic",
      commonName: "www.example.com",
      organizationId: 9001,
      orderValidity: { years: 1 },
      csr: csrs[csr],
      ...more,
    });
  const fails = (mode: Mode): void => {
    sandbox.hostile.add({ match: DOWNLOADS, mode, times: 9999 });
  };
  const notYet = (): void => {
    sandbox.certcentral.settings.downloads = "later";
  };
  const mended = (): void => {
    sandbox.hostile.clear();
    delete sandbox.certcentral.settings.downloads;
  };
  const active = (state: OrderState): number => sandbox.certcentral.order(state.order.id).active;
  const fault = async (run: Promise<unknown>): Promise<Fault> => {
    const caught: unknown = await run.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(caught instanceof Fault)) throw new Error(`no fault: ${String(caught)}`);
    return caught;
  };
  /** In charge is what the service has, with its PEM, and nothing is left to do. */
  const isWhole = (state: OrderState, csr = 0): void => {
    expect(state.current?.certificateId).to.equal(active(state));
    expect(state.current?.pem).to.include("BEGIN CERTIFICATE-----");
    expect(state.current?.chainPem).to.include("BEGIN CERTIFICATE-----");
    expect(steps.plan(state, wanted(csr))).to.include({ changes: false });
  };

  for (const mode of MODES)
    it(`of one that was reissued outside, answered by ${mode}: the refresh fails, and the next one has it`, async () => {
      const kept = await steps.create(wanted());
      await sandbox.certcentral.reissueOutside(kept.order.id);
      fails(mode);
      const { message } = await fault(steps.read(kept));
      expect(message).to.include(`Could not download certificate ${active(kept)} of order ${kept.order.id}`);
      expect(message).to.include("the state is left as it was");
      mended();
      const now = await steps.read(kept);
      isWhole(now);
      expect(now.previous.map(({ certificateId }) => certificateId)).to.deep.equal([kept.current?.certificateId]);
    });

  it("that is not available yet leaves the one in charge that others use, until it is", async () => {
    const kept = await steps.create(wanted());
    await sandbox.certcentral.reissueOutside(kept.order.id);
    notYet();
    const waiting = await steps.read(kept);
    expect(waiting.current).to.deep.equal(kept.current);
    expect(waiting.next).to.deep.equal({ kind: "reissue", orderId: kept.order.id, status: "processing" });
    const planned = steps.plan(waiting, wanted());
    expect(planned).to.include({ changes: true, looks: true });
    expect(planned.remarks.join("\n")).to.include("stays in charge").and.include("it is read again");
    expect((await steps.update(waiting, wanted())).current).to.deep.equal(kept.current);
    mended();
    const now = await steps.update(waiting, wanted());
    expect(now.next).to.equal(undefined);
    isWhole(now);
    expect(now.previous.map(({ certificateId }) => certificateId)).to.deep.equal([kept.current?.certificateId]);
  });

  it("of a renewal outside that is not available yet leaves the old order in charge, until it is", async () => {
    const kept = await steps.create(wanted());
    sandbox.clock.advance({ days: 340 });
    const renewal = await sandbox.certcentral.renewOutside(kept.order.id);
    const seen = await steps.read(kept);
    notYet();
    const waiting = await steps.update(seen, wanted());
    expect(waiting.current).to.deep.equal(kept.current);
    expect(waiting.next).to.deep.include({ orderId: renewal, status: "processing" });
    mended();
    const now = await steps.update(waiting, wanted());
    expect(now.order.id).to.equal(renewal);
    isWhole(now);
    expect(sandbox.log.made()).to.have.length(1);
  });

  for (const failed of [...MODES, "not yet"] as const)
    it(`after an order, a reissue and a renewal of our own, answered by ${failed}: nothing is lost and nothing asked for twice, the next up has it`, async () => {
      const fail = (): void => {
        if (failed === "not yet") notYet();
        else fails(failed);
      };
      const last = (): (string | undefined)[] => sandbox.log.made().map(({ operation }) => operation);
      fail();
      const ordered = await steps.create(wanted());
      expect(ordered.current?.pem).to.equal(undefined);
      expect(steps.plan(ordered, wanted())).to.include({ changes: true, looks: true });
      mended();
      const first = await steps.update(ordered, wanted());
      isWhole(first);

      sandbox.hostile.add({ match: "POST *", mode: "hook", after: fail });
      const asked = await steps.update(first, wanted(1));
      expect(asked.current, "the old one stays in charge").to.deep.equal(first.current);
      expect(steps.plan(asked, wanted(1))).to.include({ changes: true, looks: true });
      mended();
      const second = await steps.update(asked, wanted(1));
      isWhole(second, 1);

      sandbox.clock.advance({ days: 340 });
      sandbox.hostile.add({ match: "POST *", mode: "hook", after: fail });
      const renewing = await steps.update(second, wanted(2));
      expect(renewing.current).to.deep.equal(second.current);
      mended();
      const third = await steps.update(renewing, wanted(2));
      isWhole(third, 2);
      expect(third.order.id).to.not.equal(second.order.id);
      expect(last()).to.have.length(3);
    });

  it("of a state without it is done by the next up and the next refresh, and one that fails is said", async () => {
    const kept = await steps.create(wanted());
    const { pem: _pem, chainPem: _chain, ...bare } = kept.current ?? expect.fail();
    const without: OrderState = { ...kept, current: bare };
    const planned = steps.plan(without, wanted());
    expect(planned).to.include({ changes: true, looks: true });
    expect(planned.operations).to.deep.equal([]);
    expect(planned.remarks.join("\n")).to.include("is issued and not downloaded yet: it is read again");
    fails("500");
    expect((await fault(steps.update(without, wanted()))).message).to.include("HTTP 500");
    expect((await fault(steps.read(without))).message).to.include("HTTP 500");
    mended();
    isWhole(await steps.update(without, wanted()));
    isWhole(await steps.read(without));
  });

  it("of a revoked one is not needed: what happened is seen without it", async () => {
    const kept = await steps.create(wanted());
    await sandbox.certcentral.reissueOutside(kept.order.id);
    sandbox.certcentral.revokeOutside(kept.order.id);
    fails("500");
    const now = await steps.read(kept);
    expect(now.order.status).to.equal("revoked");
    expect(now.current?.certificateId).to.equal(active(kept));
    expect(steps.plan(now, wanted()).refusal).to.include("is revoked");
  });
});
