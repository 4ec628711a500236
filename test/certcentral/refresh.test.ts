import { expect } from "chai";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { kept, state } from "./states.js";
import { Steps } from "./steps.js";

describe("a refresh of many orders", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(() => sandbox.close());

  /** Orders that are issued, and their states. */
  async function orders(count: number): Promise<OrderState[]> {
    for (let at = 0; at < count; at++) await sandbox.certcentral.addOrder();
    return sandbox.certcentral.orders().map(({ id, active, validTill }) =>
      state({
        order: {
          id,
          status: "issued",
          dateCreated: "2026-03-01T10:00:00Z",
          validTill,
          isRenewed: false,
          hasDuplicates: false,
        },
        current: kept(active, { orderId: id, validTill }),
      }),
    );
  }
  const requests = async (states: readonly OrderState[]): Promise<{ read: OrderState[]; asked: string[] }> => {
    const steps = new Steps(sandbox);
    const since = sandbox.log.last();
    const read = await Promise.all(states.map((one) => steps.read(one)));
    return { read, asked: sandbox.log.since(since).map(({ path }) => path.replace("/services/v2", "")) };
  };

  it("1,000 unchanged ones take two requests", async () => {
    const states = await orders(1000);
    const { read, asked } = await requests(states);
    expect(asked).to.have.members(["/order/certificate", "/request"]);
    expect(read).to.deep.equal(states);
  });

  it("only what differs is read by itself: a revocation, a request for one, a reissue", async () => {
    const states = await orders(30);
    const [revoked, requested, reissued] = states.map(({ order }) => order.id) as [number, number, number];
    sandbox.certcentral.revokeOutside(revoked);
    const request = sandbox.certcentral.requestRevocation(requested);
    await sandbox.certcentral.reissueOutside(reissued);
    const { read, asked } = await requests(states);
    const details = asked.filter((path) => /^\/order\/certificate\/\d+$/.test(path));
    expect(details).to.have.members([revoked, requested, reissued].map((id) => `/order/certificate/${id}`));
    expect(read[0]?.order.status).to.equal("revoked");
    expect(read[1]?.requests.map(({ id }) => id)).to.deep.equal([request]);
    expect(read[2]?.previous).to.have.length(1);
    expect(read.slice(3)).to.deep.equal(states.slice(3));
  });

  for (const shown of ["present", "missing"])
    it(`a revocation that was turned down is decided, and read no more: requests of an order are ${shown}`, async () => {
      setVariant(sandbox.variants, "ccOrderRequests", shown);
      const [kept] = (await requests(await orders(1))).read as [OrderState];
      const request = sandbox.certcentral.requestRevocation(kept.order.id);
      const open = (await requests([kept])).read as [OrderState];
      expect(open[0].requests.find(({ id }) => id === request)?.status).to.equal("pending");
      await sandbox.certcentral.reject(request);
      const decided = (await requests(open)).read as [OrderState];
      expect(decided[0].requests.find(({ id }) => id === request)?.status).to.not.equal("pending");
      const drift = new Steps(sandbox).lifecycle.drift?.(open[0], decided[0], sandbox.clock.now());
      expect(drift?.map(({ kind, now }) => `${kind} ${now}`)).to.deep.equal(["status decided"]);
      const quiet = await requests(decided);
      expect(quiet.asked, "nothing is read in full").to.have.length(2);
      expect(quiet.read).to.deep.equal(decided);
    });

  for (const shown of ["present", "missing"])
    it(`a certificate that was revoked by an approved request while its order goes on is seen, once: requests of an order are ${shown}`, async () => {
      setVariant(sandbox.variants, "ccOrderRequests", shown);
      const states = await orders(20);
      const [kept] = states as [OrderState];
      const { certcentral } = sandbox;
      const request = certcentral.requestRevocation(kept.order.id, kept.current?.certificateId);
      await certcentral.approve(request);
      expect(certcentral.order(kept.order.id).status, "the order goes on").to.equal("issued");
      const { read, asked } = await requests(states);
      expect(asked.filter((path) => /^\/order\/certificate\/\d+$/.test(path))).to.deep.equal([
        `/order/certificate/${kept.order.id}`,
      ]);
      expect(read[0]?.current?.status).to.equal("revoked");
      const [now = kept] = read;
      const drift = new Steps(sandbox).lifecycle.drift?.(kept, now, sandbox.clock.now());
      expect(drift?.map(({ kind, before, now }) => `${kind} ${before} ${now}`)).to.deep.equal(["ended issued revoked"]);
      const quiet = await requests(read);
      expect(quiet.asked).to.have.members(["/order/certificate", "/request"]);
      expect(quiet.read).to.deep.equal(read);
    });

  it("a reissue outside that removes a name tells until when DigiCert revokes what came before", async () => {
    const id = await sandbox.certcentral.addOrder({ dnsNames: ["a.example.com"] });
    const [{ active, validTill } = { active: 0, validTill: "" }] = sandbox.certcentral.orders();
    await sandbox.certcentral.reissueOutside(id, { dnsNames: [] });
    const before = state({
      dnsNames: ["a.example.com"],
      order: {
        id,
        status: "issued",
        dateCreated: "2026-03-01T10:00:00Z",
        validTill,
        isRenewed: false,
        hasDuplicates: false,
      },
      current: kept(active, { orderId: id, validTill, dnsNames: ["a.example.com"] }),
    });
    const steps = new Steps(sandbox);
    const read = await steps.read(before);
    expect(read.previous[0]?.revokedBy).to.equal("2026-03-04T10:00:00Z");
    sandbox.clock.advance({ days: 4 });
    expect((await steps.read(read)).previous[0]?.status).to.equal("revoked");
  });

  it("of a large account with small pages asks for pages only when more orders are missed than pages are left", async () => {
    setVariant(sandbox.variants, "ccListLimit", "100");
    const states = await orders(350); // four pages, newest first
    const few = await requests(states.slice(0, 2));
    expect(few.asked.filter((path) => path === "/order/certificate")).to.have.length(1);
    const all = await requests(states);
    expect(all.asked.filter((path) => path === "/order/certificate")).to.have.length(4);
    // Three orders were read by themselves before it was clear that pages are cheaper.
    expect(all.asked.filter((path) => /^\/order\/certificate\/\d+$/.test(path))).to.have.length(3);
    expect(all.read).to.have.length(350);
  });
});
