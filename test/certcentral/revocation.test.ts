import { expect } from "chai";
import { makeCsr, startSandbox, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { Steps } from "./steps.js";

describe("the end of an order", () => {
  let sandbox: Sandbox;
  let csr: string;
  before(async () => {
    csr = await makeCsr("www.example.com");
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(() => sandbox.close());

  const inputs = (steps: Steps, more: object = {}) =>
    steps.inputs({
      productNameId: "ssl_basic",
      commonName: "www.example.com",
      organizationId: 9001,
      orderValidity: { years: 1 },
      csr,
      ...more,
    });
  const failure = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      return String(error);
    }
    throw new Error("it did not fail");
  };
  const statuses = (): string[] => sandbox.certcentral.orders().map(({ status }) => status);

  for (const shown of ["present", "missing"])
    for (const word of ["pending", "submitted"])
      it(`files one revocation however often it is tried: requests ${shown} in the order, ${word}`, async () => {
        setVariant(sandbox.variants, "ccOrderRequests", shown);
        setVariant(sandbox.variants, "ccRevokeRequestStatus", word);
        sandbox.certcentral.settings.approval = "skipped";
        const steps = new Steps(sandbox);
        const state = await steps.create(inputs(steps));
        for (let time = 0; time < 3; time++)
          expect(await failure(steps.delete(state))).to.include("revocation request 910001");
        const [filed, ...more] = sandbox.certcentral.requests();
        expect(more).to.deep.equal([]);
        await sandbox.certcentral.reject(filed?.id ?? 0);
        expect(await failure(steps.delete(state))).to.include("has rejected revocation request 910001");
        expect(sandbox.certcentral.requests()).to.have.length(1);
        const acknowledged = await steps.update(state, inputs(steps, { rejectedRevocations: [filed?.id] }));
        expect(await failure(steps.delete(acknowledged))).to.include("revocation request 910002");
        await sandbox.certcentral.approveAll();
        await steps.delete(acknowledged);
        expect(statuses()).to.deep.equal(["revoked"]);
      });

  for (const shown of ["present", "missing"])
    it(`an order that nobody has approved is rejected by its request: requests ${shown} in the order`, async () => {
      setVariant(sandbox.variants, "ccOrderRequests", shown);
      const steps = new Steps(sandbox);
      const state = await steps.create(inputs(steps));
      await steps.delete(await steps.read(state));
      expect(statuses()).to.deep.equal(["rejected"]);
    });

  it("an order that waits for its pickup is canceled", async () => {
    Object.assign(sandbox.certcentral.settings, { approval: "auto", validation: "manual" });
    const steps = new Steps(sandbox);
    const state = await steps.create(inputs(steps));
    sandbox.certcentral.waitForPickup(state.order.id);
    await steps.delete(await steps.read(state));
    expect(statuses()).to.deep.equal(["canceled"]);
  });

  it("a reissue that waits is canceled first, then the order is revoked", async () => {
    sandbox.certcentral.settings.approval = "auto";
    const steps = new Steps(sandbox);
    const state = await steps.create(inputs(steps, { revocationSkipApproval: true }));
    sandbox.certcentral.settings.approval = "required";
    const asked = await steps.update(
      state,
      inputs(steps, { revocationSkipApproval: true, csr: await makeCsr("www.example.com") }),
    );
    expect(asked.next?.kind).to.equal("reissue");
    await steps.delete(asked);
    const made = sandbox.log.made().map(({ operation }) => operation);
    expect(made.slice(-2)).to.deep.equal([
      "certcentral.orders.cancel orderId=700001",
      "certcentral.orders.revoke orderId=700001",
    ]);
    expect(statuses()).to.deep.equal(["revoked"]);
  });

  for (const [was, is, need] of [
    ["issued", "reissue_pending", "cancel its reissue"],
    ["pending", "issued", undefined],
    ["needs_approval", "issued", undefined],
  ] as const)
    it(`a state that is behind (${was}, and the order is ${is}) ${need === undefined ? "ends it as it was named" : "sends nothing"}`, async () => {
      const steps = new Steps(sandbox);
      const skip = { revocationSkipApproval: true };
      if (was === "issued") sandbox.certcentral.settings.approval = "auto";
      if (was === "pending") Object.assign(sandbox.certcentral.settings, { approval: "auto", validation: "manual" });
      const state = await steps.create(inputs(steps, skip));
      expect(state.order.status).to.equal(was);
      if (was === "pending") await sandbox.certcentral.issue(state.order.id);
      else if (was === "needs_approval") await sandbox.certcentral.approveAll();
      else {
        sandbox.certcentral.settings.approval = "required";
        await steps.update(state, inputs(steps, { ...skip, csr: await makeCsr("www.example.com") }));
      }
      const since = sandbox.log.last();
      if (need === undefined) {
        await steps.delete(state);
        expect(statuses()).to.deep.equal(["revoked"]);
      } else {
        expect(await failure(steps.delete(state)))
          .to.include(need)
          .and.include("no preview has named it");
        expect(sandbox.log.made(since)).to.deep.equal([]);
      }
    });

  for (const takes of [false, true])
    it(`single certificates end one by one${takes ? ", and stop where the account takes the order along" : ""}`, async () => {
      Object.assign(sandbox.certcentral.settings, { approval: "auto", revocationTakesOrder: takes });
      const steps = new Steps(sandbox);
      const single = { onDelete: "revokeCertificate", revocationSkipApproval: true };
      const first = await steps.create(inputs(steps, single));
      const state = await steps.update(first, inputs(steps, { ...single, csr: await makeCsr("www.example.com") }));
      await steps.delete(state);
      expect(
        sandbox.log.made().filter(({ operation }) => operation?.startsWith("certcentral.certificates.revoke")),
      ).to.have.length(takes ? 1 : 2);
      expect(sandbox.certcentral.certificates(700_001).map(({ status }) => status)).to.deep.equal([
        "revoked",
        "revoked",
      ]);
      expect(statuses()).to.deep.equal([takes ? "revoked" : "issued"]);
    });
});
