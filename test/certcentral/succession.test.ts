import { expect } from "chai";
import { makeCsr, startSandbox } from "../../sandbox/index.js";
import { Steps } from "./steps.js";

describe("one change after another, without a refresh between them", () => {
  it("a renewal that is issued at once, then a reissue: the order's own certificate is no surprise", async () => {
    const sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    try {
      sandbox.certcentral.settings.approval = "auto";
      const steps = new Steps(sandbox);
      const wanted = async () =>
        steps.inputs({
          ...{ productNameId: "ssl_basic", commonName: "www.example.com", csr: await makeCsr("www.example.com") },
          ...{ organizationId: 9001, orderValidity: { years: 1 }, renewalWindow: { days: 30 } },
        });
      const first = await steps.create(await wanted());
      sandbox.clock.set("2027-02-04T10:00:00Z");
      const renewed = await steps.update(first, await wanted());
      expect(renewed.current?.orderId).to.equal(700_002);
      const reissued = await steps.update(renewed, await wanted());
      expect(reissued.current?.certificateId).to.equal(sandbox.certcentral.certificates(700_002).at(-1)?.id);
      expect(sandbox.log.made().map(({ operation = "" }) => operation.split(" ")[0])).to.deep.equal([
        "certcentral.orders.place",
        "certcentral.orders.renew",
        "certcentral.orders.reissue",
      ]);
    } finally {
      await sandbox.close();
    }
  });
});
