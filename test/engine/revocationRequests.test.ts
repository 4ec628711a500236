import { expect } from "chai";
import type { DriftJson } from "../../sdk/cli/drift/formats.js";
import { clm } from "../instrument/clm.js";
import { expectCode } from "../instrument/world.js";
import { apply, expectNothing, inWorld } from "./engine.js";
import { issued, order, orderState } from "./orders.js";

describe("revocations that others have asked for", () => {
  it(
    "one certificate's, approved while its order goes on: refresh and clm drift see it, and up stops until a new CSR is given",
    inWorld(async (world) => {
      const { certcentral } = world.sandbox;
      const id = await issued(world);
      const revoked = certcentral.order(id).active;
      await certcentral.approve(certcentral.requestRevocation(id, revoked));
      expect(certcentral.order(id).status, "the order goes on").to.equal("issued");
      const listed = expectCode(await clm(world, "drift", "--format", "json"), 7);
      const { drift } = JSON.parse(listed.stdout) as DriftJson;
      expect(drift.map(({ name, drift: kind }) => [name, kind])).to.deep.include(["www", "ended"]);
      const refreshed = expectCode(await world.project.refresh(), 0);
      expect(refreshed.text).to.match(/DRIFT ended: certificate \d+, .*: was "issued", is "revoked"/);
      expect((await world.project.refresh()).text, "found once").to.not.include("DRIFT");
      const stopped = await apply(world, 1);
      expect(stopped.made).to.deep.equal([]);
      expect(stopped.preview.text).to.include("WILL STOP").and.include("is revoked, and nothing is made by itself");
      world.program(await order("www", { csr: 1 }));
      expect((await apply(world)).made).to.deep.equal([`certcentral.orders.reissue orderId=${id}`]);
      expect(orderState(world, "www").current?.certificateId).to.equal(certcentral.order(id).active);
    }),
  );

  it(
    "one that waits is shown; a reissue stops, and the renewal is shown and made beside it: nothing is filed",
    inWorld(async (world) => {
      const { certcentral, log } = world.sandbox;
      const id = await issued(world);
      const request = certcentral.requestRevocation(id);
      const refreshed = expectCode(await world.project.refresh(), 0);
      expect(refreshed.text).to.include(`is "revocation request ${request} waits for an approver"`);
      world.program(await order("www", { csr: 1 }));
      const stopped = await apply(world, 1);
      expect(stopped.made).to.deep.equal([]);
      expect(stopped.preview.text).to.include("WILL STOP").and.include("have it approved or rejected first");

      world.days(340);
      world.program(await order("www", { csr: 1, renewalWindow: { days: 60 } }));
      const renewed = await apply(world);
      expect(renewed.preview.text).to.include(`revocation request ${request} of order ${id}`);
      expect(renewed.preview.text).to.include("those of the renewal do not");
      expect(renewed.made).to.deep.equal([`certcentral.orders.renew orderId=${id}`]);
      const filed = certcentral.requests().filter(({ type }) => type === "revoke");
      expect(
        filed.map((one) => one.id),
        "no other one",
      ).to.deep.equal([request]);
      expect(log.all().filter(({ path }) => path.endsWith("/revoke"))).to.deep.equal([]);

      await certcentral.approve(request);
      const { order: inCharge, current } = orderState(world, "www");
      expect([certcentral.order(id).status, certcentral.order(inCharge.id).status]).to.deep.equal([
        "revoked",
        "issued",
      ]);
      expect(inCharge.id).to.not.equal(id);
      expect(current?.certificateId).to.equal(certcentral.order(inCharge.id).active);
      expectCode(await world.project.refresh(), 0);
      await expectNothing(world);
    }),
  );
});
