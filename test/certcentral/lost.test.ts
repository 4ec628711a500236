import { expect } from "chai";
import { PartialFault } from "../../provider/core/fault.js";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import { makeCsr, startSandbox, type Sandbox } from "../../sandbox/index.js";
import { Steps } from "./steps.js";

/** Calls whose answer was lost together with every read after it: the state keeps the lost call, the next run settles it. */
describe("answers that were lost, and orders that are taken over", () => {
  let sandbox: Sandbox;
  let steps: Steps;
  let csrs: string[];
  before(async () => {
    csrs = await Promise.all([1, 2].map(() => makeCsr("www.example.com")));
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.certcentral.settings.approval = "auto";
    steps = new Steps(sandbox);
  });
  afterEach(() => sandbox.close());

  const inputs = (csr: number, more: object = {}) =>
    steps.inputs({
      productNameId: "ssl_basic",
      commonName: "www.example.com",
      organizationId: 9001,
      orderValidity: { years: 1 },
      csr: csrs[csr],
      ...more,
    });

  /** The state after an update whose call was executed, and of which nothing came back. */
  async function lost(state: OrderState, match: string): Promise<OrderState> {
    sandbox.hostile.add({
      match,
      mode: "drop-after",
      before: () => {
        sandbox.hostile.add({ match: "GET *", mode: "500", times: 99 });
      },
    });
    try {
      await steps.update(state, inputs(1));
    } catch (error) {
      sandbox.hostile.clear();
      if (error instanceof PartialFault) return (error as PartialFault<OrderState>).state;
    }
    throw new Error("nothing was lost");
  }

  it("of a reissue: the next run finds it and sends nothing", async () => {
    const kept = await lost(await steps.create(inputs(0)), "POST /services/v2/order/certificate/700001/reissue");
    expect(kept.lost?.operation).to.equal("reissue");
    const since = sandbox.log.last();
    const now = await steps.update(kept, inputs(1));
    expect(sandbox.log.made(since)).to.deep.equal([]);
    expect(now.current?.certificateId).to.equal(800_002);
    expect(now.lost).to.equal(undefined);
    expect(steps.plan(now, inputs(1)).changes).to.equal(false);
  });

  it("of a renewal: the next run finds it and sends nothing", async () => {
    const first = await steps.create(inputs(0));
    sandbox.clock.advance({ days: 340 });
    const kept = await lost(first, "POST /services/v2/order/certificate/ssl_basic");
    expect(kept.lost?.operation).to.equal("renew");
    const since = sandbox.log.last();
    const now = await steps.update(kept, inputs(1));
    expect(sandbox.log.made(since)).to.deep.equal([]);
    expect(now.order.id).to.equal(700_002);
    expect(now.previous.map(({ orderId, by }) => [orderId, by])).to.deep.equal([[700_001, "renewal"]]);
    expect(steps.plan(now, inputs(1)).changes).to.equal(false);
  });

  it("of a reissue that was never made: the next run makes it, as it has shown", async () => {
    const first = await steps.create(inputs(0));
    sandbox.hostile.add({
      match: "POST /services/v2/order/certificate/700001/reissue",
      mode: "drop-before",
      before: () => {
        sandbox.hostile.add({ match: "GET *", mode: "500", times: 99 });
      },
    });
    let kept: OrderState | undefined;
    await steps.update(first, inputs(1)).catch((error: unknown) => {
      kept = (error as PartialFault<OrderState>).state;
    });
    sandbox.hostile.clear();
    if (kept === undefined) throw new Error("nothing was lost");
    expect(steps.plan(kept, inputs(1)).operations.map(({ certainty }) => certainty.kind)).to.deep.equal([
      "conditional",
    ]);
    const now = await steps.update(kept, inputs(1));
    expect(now.current?.certificateId).to.equal(800_002);
    expect(sandbox.certcentral.certificates(700_001)).to.have.length(2);
  });

  it("and the order was revoked meanwhile: nothing is sent, and the revocation is kept", async () => {
    const kept = await lost(await steps.create(inputs(0)), "POST /services/v2/order/certificate/700001/reissue");
    sandbox.certcentral.revokeOutside(700_001);
    const since = sandbox.log.last();
    const now = await steps.update(kept, inputs(1));
    expect(sandbox.log.made(since)).to.deep.equal([]);
    expect(now.order.status).to.equal("revoked");
  });

  it("of an order, while somebody places the same one: it stops, names both, and nothing is taken by guess", async () => {
    const match = "POST /services/v2/order/certificate/ssl_basic";
    sandbox.hostile.add({
      match,
      mode: "drop-after",
      before: async () => {
        await new Steps(sandbox).create(inputs(0));
      },
    });
    const told = await steps.create(inputs(0)).catch(String);
    expect(told).to.include("orders 700002, 700001 are new, and which of them is this resource's cannot be told");
    const again = await steps.create(inputs(0)).catch(String);
    expect(again).to.include("set adopt: 700002").and.include("orderAnother: [700002, 700001]");
    expect(sandbox.certcentral.orders()).to.have.length(2);
    const adopted = await steps.create(inputs(0, { adopt: 700_001 }));
    expect(adopted.order.id).to.equal(700_001);
    const another = await steps.create(inputs(0, { orderAnother: [700_001, 700_002] }));
    expect(another.order.id).to.equal(700_003);
  });

  for (const [what, change, words] of [
    ["another product", { productNameId: "ssl_ev_basic" }, "its product is ssl_basic, not ssl_ev_basic"],
    ["another name", { commonName: "shop.example.com" }, "it does not name shop.example.com"],
  ] as const)
    it(`an order is not adopted for ${what}`, async () => {
      await steps.create(inputs(0));
      expect(await steps.create(inputs(0, { ...change, adopt: 700_001 })).catch(String)).to.include(words);
    });

  it("a renewal outside that waits for an approver is taken over beside the certificate in charge, which stays", async () => {
    const first = await steps.create(inputs(0));
    sandbox.clock.advance({ days: 340 });
    Object.assign(sandbox.certcentral.settings, { validation: "manual" });
    const renewed = await sandbox.certcentral.renewOutside(first.order.id);
    const seen = await steps.read(first);
    expect(seen.found).to.deep.equal([{ orderId: renewed, linked: true }]);
    const taken = await steps.update(seen, inputs(0));
    expect(taken.current).to.deep.equal(first.current);
    expect(taken.next).to.include({ orderId: renewed, status: "pending" });
    await sandbox.certcentral.issue(renewed);
    const now = await steps.update(taken, inputs(0));
    expect(now.order.id).to.equal(renewed);
    expect(now.previous.map(({ certificateId }) => certificateId)).to.deep.equal([first.current?.certificateId]);
  });

  it("a duplicate that was made since the last read is named before a name goes", async () => {
    const first = await steps.create(inputs(0, { dnsNames: ["a.example.com"] }));
    await sandbox.certcentral.duplicateOutside(first.order.id);
    const since = sandbox.log.last();
    const consent = inputs(0, { allowRemovedNames: ["a.example.com"] });
    const failure = await steps.update(first, consent).catch((error: unknown) => error as PartialFault<OrderState>);
    expect((failure as Error).message).to.include("certificates that were not known: 800002");
    expect(sandbox.log.made(since)).to.deep.equal([]);
    const known = (failure as PartialFault<OrderState>).state;
    expect(steps.plan(known, consent).remarks.join("\n")).to.include("duplicate certificate 800002");
  });

  it("a certificate that was reissued outside is not revoked under the name of the one before", async () => {
    const first = await steps.create(inputs(0, { revocationSkipApproval: true }));
    await sandbox.certcentral.reissueOutside(first.order.id, { csr: csrs[1] ?? "" });
    const since = sandbox.log.last();
    expect(await steps.delete(first).catch(String)).to.include("which no preview has named");
    expect(sandbox.log.made(since)).to.deep.equal([]);
    await steps.delete(await steps.read(first));
    expect(sandbox.certcentral.order(first.order.id).status).to.equal("revoked");
  });
});
