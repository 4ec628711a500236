import { expect } from "chai";
import type { Spec } from "../instrument/world.js";
import { apply, expectNothing, inWorld } from "./engine.js";
import { gateway } from "./gateways.js";
import { approving, order } from "./orders.js";

const LATER = { later: { pem: "www.current.pem" } };

/** An order with a gateway inside a component that its retirement comes after, and one that it does not name. */
const program = async (csr: number, name = "gw"): Promise<Spec[]> => [
  await order("www", { csr, renewalWindow: { days: 30 } }),
  { kind: "group", name: "edge", args: {} },
  gateway({ name, alias: name }, { ...LATER, opts: { parent: "edge" } }),
  { ...gateway({ name: "gw2", alias: "gw2" }, LATER), name: "gw2" },
  { kind: "Retirement", name: "old", args: { of: "www", after: ["edge"] } },
];

describe("a retirement and the gateways that nobody has named", () => {
  it(
    "ends nothing that another gateway had before the run, or that a replaced one may still have",
    inWorld(async (world) => {
      const { certcentral, hostile } = world.sandbox;
      const statusOf = (id: number): string => certcentral.order(id).status;
      approving(world);
      world.program(...(await program(0)));
      await apply(world);

      world.days(340);
      world.program(...(await program(1)));
      hostile.add({ match: "PUT /apiops/projects/partners/certificates/gw2/", mode: "500" });
      const failed = await apply(world, 1);
      expect(failed.made.filter((one) => one.includes("orders"))).to.deep.equal([
        "certcentral.orders.renew orderId=700001",
      ]);
      expect(failed.preview.text).to.include(
        "is not ended by this run, because certificate gw2 of project partners had it in use before this run, and is not in the option after",
      );
      expect(statusOf(700_001), "gw2 still serves it").to.equal("issued");
      const mended = await apply(world);
      expect(mended.made).to.deep.equal(["apinizer.certificates.update project=partners name=gw2"]);
      expect(statusOf(700_001)).to.equal("issued");
      expect((await apply(world)).made).to.deep.equal(["certcentral.orders.revoke orderId=700001"]);

      world.days(365);
      world.program(...(await program(2, "gw-b")));
      const renamed = await apply(world);
      expect(renamed.made).to.have.members([
        "certcentral.orders.renew orderId=700002",
        "apinizer.certificates.update project=partners name=gw2",
        "apinizer.certificates.create project=partners name=gw-b",
        "apinizer.certificates.delete project=partners name=gw",
      ]);
      expect(statusOf(700_002), "it was served until the deletion").to.equal("issued");
      expect((await apply(world)).made).to.deep.equal(["certcentral.orders.revoke orderId=700002"]);
      expect(await expectNothing(world)).to.equal(0);
    }),
  );
});
