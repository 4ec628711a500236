import { expect } from "chai";
import { clm } from "../instrument/clm.js";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { apply, expectNothing, inWorld } from "./engine.js";
import { gateway, served } from "./gateways.js";
import { approving, order, orderState } from "./orders.js";
import { kept } from "./stacks.js";

const DOWNLOADS = "GET /services/v2/certificate/*";

/** An order, and a gateway that gets what it has in charge. */
const program = async (args: { csr?: number } = {}): Promise<Spec[]> => [
  await order("www", { orderValidity: { years: 3 }, certValidity: { years: 3 }, ...args }),
  gateway({}, { later: { pem: "www.current.pem" } }),
];

/** The gateway serves what the order has in charge, and that is what DigiCert has. */
function isServed(world: World): void {
  const { order: inCharge, current } = orderState(world, "www");
  expect(current?.certificateId).to.equal(world.sandbox.certcentral.order(inCharge.id).active);
  expect(current?.pem).to.include("BEGIN CERTIFICATE-----");
  for (const environment of ["production", "staging"])
    expect(served(world, environment)).to.deep.equal([current?.thumbprint]);
}

describe("a certificate that cannot be downloaded", () => {
  it(
    "after it was reissued outside: every refresh and clm drift fail, the gateway keeps what it has, and the first that can read it follows",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      approving(world);
      world.program(...(await program()));
      await apply(world);
      isServed(world);
      const before = kept(world);
      await sandbox.certcentral.reissueOutside(orderState(world, "www").order.id);
      for (const mode of ["500", "403", "429", "html"] as const) {
        sandbox.hostile.add({ match: DOWNLOADS, mode, times: 9999 });
        const refreshed = await project.refresh();
        expect(refreshed.code, refreshed.text).to.not.equal(0);
        expect(refreshed.text).to.match(/Could not download certificate \d+ of order \d+ \(www, CertCentral\)/);
        expect(kept(world), "the state is untouched").to.deep.equal(before);
        if (mode === "403") expectCode(await clm(world, "drift"), 4);
        expect((await apply(world)).made).to.deep.equal([]);
        sandbox.hostile.clear();
      }
      const refreshed = expectCode(await project.refresh(), 0);
      expect(refreshed.text).to.include("DRIFT succeeded");
      const { made } = await apply(world);
      expect(made.length).to.be.greaterThan(0);
      for (const one of made) expect(one).to.include("apinizer.certificates.");
      isServed(world);
      await expectNothing(world);
    }),
  );

  it(
    "after this stack has ordered and reissued it: the up ends well, nothing is asked for twice, and the next up fetches and deploys it",
    inWorld(async (world) => {
      const { sandbox } = world;
      approving(world);
      world.program(...(await program()));
      sandbox.hostile.add({ match: DOWNLOADS, mode: "500", times: 9999 });
      expect((await apply(world)).made).to.deep.equal([
        "certcentral.orders.place product=ssl_basic commonName=www.example.com",
      ]);
      sandbox.hostile.clear();
      const first = await apply(world);
      expect(first.made).to.deep.equal(["apinizer.certificates.create project=partners name=gw"]);
      isServed(world);

      world.program(...(await program({ csr: 1 })));
      const { order: inCharge, current } = orderState(world, "www");
      sandbox.hostile.add({ match: DOWNLOADS, mode: "500", times: 9999 });
      expect((await apply(world)).made).to.deep.equal([`certcentral.orders.reissue orderId=${inCharge.id}`]);
      expect(orderState(world, "www").current, "the old one stays in charge").to.deep.equal(current);
      sandbox.hostile.clear();
      expect((await apply(world)).made.join("\n")).to.not.include("certcentral");
      isServed(world);
      await expectNothing(world);
    }),
  );
});
