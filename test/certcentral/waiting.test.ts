import { expect } from "chai";
import { makeCsr, startSandbox, type Sandbox } from "../../sandbox/index.js";
import { Steps } from "./steps.js";

/** Milliseconds between two looks: a minute has four. */
const POLL = 15_000;

describe("waiting inside up", () => {
  let sandbox: Sandbox;
  let csr: string;
  let pauses: number;
  before(async () => {
    csr = await makeCsr("www.example.com");
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    pauses = 0;
  });
  afterEach(() => sandbox.close());

  const waiting = (work: (pause: number) => void | Promise<void>): Steps =>
    new Steps(sandbox, { pause: { poll: POLL, work: () => work(++pauses) } });
  const wanted = (steps: Steps, waitMinutes: number) =>
    steps.inputs({
      productNameId: "ssl_basic",
      commonName: "www.example.com",
      organizationId: 9001,
      orderValidity: { years: 1 },
      csr,
      waitMinutes,
    });

  it("ends as soon as the certificate is there, and tells what it waits for", async () => {
    const steps = waiting(async (pause) => {
      if (pause === 3) await sandbox.certcentral.approveAll();
    });
    const state = await steps.create(wanted(steps, 5));
    expect(pauses).to.equal(3);
    expect(state.order.status).to.equal("issued");
    expect(state.current?.serialNumber).to.equal(sandbox.certcentral.certificates(state.order.id)[0]?.serialNumber);
    expect(steps.told.filter((text) => text.includes("waiting for up to 5 minute(s)"))).to.have.length(1);
  });

  it("keeps the order when the time is over: it is healthy, and the next run moves on", async () => {
    const steps = waiting(() => undefined);
    const state = await steps.create(wanted(steps, 2));
    expect(pauses).to.equal(8);
    expect(state.order).to.include({ id: sandbox.certcentral.orders()[0]?.id, status: "needs_approval" });
    expect(state.current).to.equal(undefined);
    await sandbox.certcentral.approveAll();
    expect((await steps.update(state, wanted(steps, 0))).current?.status).to.equal("issued");
    expect(sandbox.log.made()).to.have.length(1);
  });

  for (const mode of ["500", "drop-before", "html", "403"] as const)
    it(`keeps the order when a look at it fails (${mode}), and says so`, async () => {
      const steps = waiting((pause) => {
        if (pause === 2) sandbox.hostile.add({ match: "GET *", mode, times: 99 });
      });
      const state = await steps.create(wanted(steps, 5));
      expect(pauses).to.equal(2);
      expect(state.order).to.include({ id: sandbox.certcentral.orders()[0]?.id, status: "needs_approval" });
      expect(steps.told.at(-1)).to.include("it is kept as it was, the next up or refresh moves on");
    });

  it("stops when the order is rejected, and keeps what is known", async () => {
    const steps = waiting(async () => {
      const [request] = sandbox.certcentral.requests();
      if (request?.status !== "rejected") await sandbox.certcentral.reject(request?.id ?? 0);
    });
    const state = await steps.create(wanted(steps, 5));
    expect(pauses).to.equal(1);
    expect(state.order.status).to.equal("rejected");
    expect(steps.plan(state, wanted(steps, 5)).refusal).to.be.a("string");
  });
});
