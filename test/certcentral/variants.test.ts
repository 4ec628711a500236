import { expect } from "chai";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import { makeCsr, startSandbox, VARIANTS, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { Steps } from "./steps.js";

const PRODUCT = {
  productNameId: "ssl_basic",
  commonName: "www.example.com",
  organizationId: 9001,
  orderValidity: { years: 1 },
};
const days = (sandbox: Sandbox, count: number): void => {
  sandbox.clock.advance({ days: count });
};

describe("an order under every variant of the documentation", () => {
  let sandbox: Sandbox;
  let csrs: string[];
  before(async () => {
    csrs = await Promise.all([1, 2, 3].map(() => makeCsr("www.example.com")));
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(() => sandbox.close());

  const made = (): string[] =>
    sandbox.log.made().map(({ operation = "" }) => operation.replace(/^certcentral\./, "").replace(/ product.*/, ""));
  const serials = (orderId: number, status: string): (string | undefined)[] =>
    sandbox.certcentral
      .certificates(orderId)
      .filter((one) => one.status === status)
      .map(({ serialNumber }) => serialNumber);

  for (const { name, values } of VARIANTS.filter(({ section }) => section.startsWith("digicert-certcentral.md")))
    for (const value of values)
      it(`${name} is ${value}: placed, approved, reissued, renewed, read and revoked, each call once`, async () => {
        setVariant(sandbox.variants, name, value);
        const root = name === "ccValidityFields" && value === "root";
        const steps = new Steps(sandbox, { validityFields: root ? "root" : "nested" });
        const wanted = (csr: number, more: object = {}) =>
          steps.inputs({ ...PRODUCT, csr: csrs[csr], revocationSkipApproval: true, ...more });

        const placed = await steps.create(wanted(0));
        expect(placed.order.status).to.equal("needs_approval");
        const orderId = placed.order.id;
        const approved = await moved(steps, placed, wanted(0));
        expect(approved.order.status).to.equal("issued");
        expect([approved.current?.serialNumber]).to.deep.equal(serials(orderId, "issued"));
        expect(approved.current?.chainPem?.split("-----BEGIN").length).to.equal(3); // leaf and intermediate

        const asked = await steps.update(approved, wanted(1));
        expect(asked.current).to.deep.equal(approved.current);
        const reissued = await moved(steps, asked, wanted(1));
        expect(reissued.next).to.equal(undefined);
        expect([approved.current?.serialNumber, reissued.current?.serialNumber]).to.deep.equal(
          serials(orderId, "issued"),
        );
        expect(reissued.previous.map(({ serialNumber }) => serialNumber)).to.deep.equal([
          approved.current?.serialNumber,
        ]);
        expect(made()).to.deep.equal(["orders.place", `orders.reissue orderId=${orderId}`]);

        // A certificate of 199 days ends long before its order, which covers another one: that is a reissue, not a renewal.
        const covered = value === "199";
        days(sandbox, 340);
        const renewing = await steps.update(reissued, wanted(2));
        const renewed = await moved(steps, renewing, wanted(2));
        expect(renewed.next).to.equal(undefined);
        const renewedId = renewed.order.id;
        expect(serials(renewedId, "issued").at(-1)).to.equal(renewed.current?.serialNumber);

        const read = await steps.read(renewed);
        expect(read.current).to.deep.equal(renewed.current);
        expect(read.order).to.deep.equal(renewed.order);
        expect(read.found).to.deep.equal([]);
        if (name === "ccRevoke204" && value === "later") {
          const failure = String(await steps.delete(read).catch((error: unknown) => error));
          expect(failure).to.include("may still be carrying it out");
          sandbox.certcentral.settleRevocations();
          await steps.delete(read).catch(() => undefined);
          sandbox.certcentral.settleRevocations();
        }
        await steps.delete(read);
        const ends = covered ? [orderId] : [orderId, renewedId];
        expect(sandbox.certcentral.orders().map(({ id, status }) => [id, status])).to.deep.equal(
          ends.map((id) => [id, "revoked"]),
        );
        expect(made()).to.deep.equal([
          "orders.place",
          `orders.reissue orderId=${orderId}`,
          `orders.${covered ? "reissue" : "renew"} orderId=${orderId}`,
          ...ends.map((id) => `orders.revoke orderId=${id}`),
        ]);
      });

  /** Somebody approves what waits; then one update that changes nothing. */
  async function moved(steps: Steps, state: OrderState, inputs: ReturnType<Steps["inputs"]>): Promise<OrderState> {
    await sandbox.certcentral.approveAll();
    return steps.update(state, inputs);
  }
});
