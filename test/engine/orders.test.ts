import { expect } from "chai";
import { CC_CANARIES, makeCsr } from "../../sandbox/index.js";
import { shownByPreview } from "../instrument/transcript.js";
import { expectCode } from "../instrument/world.js";
import { apply, inWorld } from "./engine.js";
import { approving, isStored, issued, order, orderState, statuses } from "./orders.js";

describe("orders of CertCentral on the real engine", () => {
  it(
    "an order that waits is healthy: approved, validated and issued by later runs, its tokens shown meanwhile",
    inWorld(async (world) => {
      const { certcentral } = world.sandbox;
      certcentral.settings.validation = "dcv";
      world.program(await order("www", { dcvMethod: "dns-txt-token" }));
      expect((await apply(world)).made).to.have.length(1);
      expect(orderState(world, "www").order.status).to.equal("needs_approval");
      await certcentral.approveAll();
      const { preview, made } = await apply(world);
      expect(preview.text).to.include("waits (needs_approval)");
      expect(made).to.deep.equal([]);
      const pending = orderState(world, "www");
      expect(pending.order.status).to.equal("pending");
      expect(pending.validation?.domains[0]?.name).to.equal("www.example.com");
      expect(pending.validation?.domains[0]?.token).to.match(new RegExp(`^token-${pending.order.id}-`));
      await certcentral.validate(pending.order.id);
      await apply(world);
      const state = orderState(world, "www");
      expect(state.order.status).to.equal("issued");
      const [certificate] = certcentral.certificates(state.order.id);
      expect(state.current).to.include({
        serialNumber: certificate?.serialNumber,
        thumbprint: certificate?.thumbprint,
      });
      expect(state.current?.pem?.replace(/\s/g, "")).to.equal(certificate?.pem?.replace(/\s/g, ""));
      expect(state.validation).to.equal(undefined);
      expect((await apply(world)).requests, "a no-op").to.equal(0);
    }),
  );

  it(
    "a refresh moves an order on, too",
    inWorld(async (world) => {
      world.program(await order("www"));
      await apply(world);
      await world.sandbox.certcentral.approveAll();
      expectCode(await world.project.refresh(), 0);
      expect(orderState(world, "www").order.status).to.equal("issued");
    }),
  );

  it(
    "waits inside up when it is told to, shows what it waits for, and keeps the order when the time is over",
    inWorld(async (world) => {
      world.program(await order("www", { waitMinutes: 1 }));
      world.sandbox.hostile.add({
        match: "GET /services/v2/order/certificate/700001",
        mode: "hook",
        afterMatches: 3,
        before: async () => {
          await world.sandbox.certcentral.approveAll();
        },
      });
      const { up } = await apply(world);
      expect(up.text).to.include("waiting for up to 1 minute(s)");
      expect(orderState(world, "www").order.status).to.equal("issued");
    }),
  );

  for (const [how, status] of [
    ["reject", "rejected"],
    ["cancel", "canceled"],
  ] as const)
    it(
      `an order that was ${status} stops up in words, and only a new trigger places another one`,
      inWorld(async (world) => {
        const { certcentral } = world.sandbox;
        world.program(await order("www"));
        await apply(world);
        if (how === "reject") await certcentral.reject(910_001);
        else {
          certcentral.settings.validation = "manual";
          await certcentral.approveAll();
          certcentral.cancelOutside(700_001);
        }
        const first = await apply(world, 1);
        expect(first.up.text).to.include("ask whoever decided it");
        const second = await apply(world, 1);
        expect(second.preview.text).to.include("no second order is placed by itself");
        expect(statuses(world)).to.deep.equal([`700001 ${status}`]);
        Object.assign(certcentral.settings, { approval: "auto", validation: "prevalidated" });
        world.program(await order("www", { trigger: "again" }));
        expect((await apply(world)).made).to.deep.equal([
          "certcentral.orders.place product=ssl_basic commonName=www.example.com",
        ]);
        expect(statuses(world)).to.deep.equal([`700001 ${status}`, "700002 issued"]);
        expect(orderState(world, "www").order.id).to.equal(700_002);
      }),
    );

  it(
    "removing a name is refused with every certificate listed; consented to, the 72 hours are shown and come",
    inWorld(async (world) => {
      const id = await issued(world, { dnsNames: ["a.example.com"] });
      world.program(await order("www", { csr: 1, dnsNames: ["a.example.com"] }));
      await apply(world);
      world.program(await order("www", { csr: 1 }));
      const { preview } = await apply(world, 1);
      expect(preview.text).to.include("WILL STOP").and.include("certificate 800001").and.include("certificate 800002");
      world.program(await order("www", { csr: 1, allowRemovedNames: ["a.example.com"] }));
      const { preview: shown, made } = await apply(world);
      expect(shown.text).to.include("WILL BE REVOKED BY DIGICERT within 72 hours, irreversible: certificate 800002");
      expect(made).to.deep.equal([`certcentral.orders.reissue orderId=${id}`]);
      const { previous, current } = orderState(world, "www");
      expect(current?.certificateId).to.equal(800_003);
      expect(previous.map(({ revokedBy }) => revokedBy)).to.deep.equal([
        "2026-03-04T10:00:00Z",
        "2026-03-04T10:00:00Z",
      ]);
      world.days(4);
      expect(world.sandbox.certcentral.certificates(id).map(({ status }) => status)).to.deep.equal([
        "revoked",
        "revoked",
        "issued",
      ]);
      expectCode(await world.project.refresh(), 0);
      expect(orderState(world, "www").previous.map(({ status }) => status)).to.deep.equal(["revoked", "revoked"]);
    }),
  );

  it(
    "a removal whose revocation waits keeps the resource, files nothing twice, and succeeds once it is approved",
    inWorld(async (world) => {
      const id = await issued(world, {
        revocationSkipApproval: false,
        revocationComments: "bye",
        revocationReason: "superseded",
      });
      world.program();
      const first = await apply(world, 1);
      expect(first.up.text).to.include("revocation request 910002").and.include("Certificates > Requests");
      const second = await apply(world, 1);
      expect(second.made).to.deep.equal([]);
      expect(isStored(world)).to.equal(true);
      const revocations = world.sandbox.certcentral.requests(id).filter(({ type }) => type === "revoke");
      expect(revocations.map(({ comments }) => comments)).to.deep.equal(["bye"]);
      await world.sandbox.certcentral.approveAll();
      expect((await apply(world)).made).to.deep.equal([]);
      expect(statuses(world)).to.deep.equal([`${id} revoked`]);
      expect(isStored(world)).to.equal(false);
    }),
  );

  it(
    "a rejected revocation is an error that names it, and another one is filed only when that is acknowledged",
    inWorld(async (world) => {
      const id = await issued(world, { revocationSkipApproval: false });
      world.program();
      await apply(world, 1);
      await world.sandbox.certcentral.reject(910_002);
      const rejected = await apply(world, 1);
      expect(rejected.up.text)
        .to.include("has rejected revocation request 910002")
        .and.include("rejectedRevocations: [910002]");
      expect(rejected.made).to.deep.equal([]);
      world.program(
        await order("www", {
          revocationSkipApproval: false,
          rejectedRevocations: [910_002],
          whenRevocationWaits: "letGo",
        }),
      );
      await apply(world);
      world.program();
      expect((await apply(world)).made).to.deep.equal([`certcentral.orders.revoke orderId=${id}`]);
      expect(isStored(world)).to.equal(false);
      expect(statuses(world)).to.deep.equal([`${id} issued`]);
    }),
  );

  for (const answer of ["403", "request"] as const)
    it(
      `skip_approval without the right, answered ${answer}: told, and nothing is lost`,
      inWorld(async (world) => {
        const id = await issued(world);
        world.sandbox.variants.ccSilentSkip = answer;
        world.project.environment.CERTCENTRAL_API_KEY = world.sandbox.certcentral.issueKey({ role: "standard" });
        world.program();
        const { up } = await apply(world, 1);
        expect(up.text).to.include(
          answer === "403" ? "need the rights of an administrator" : "waits for an administrator's approval",
        );
        expect(statuses(world)).to.deep.equal([`${id} issued`]);
        expect(isStored(world)).to.equal(true);
      }),
    );

  it(
    "renewed, its predecessor is retired; both end with the resource",
    inWorld(async (world) => {
      const id = await issued(world);
      world.days(340);
      const retirement = { kind: "Retirement", name: "old", args: { of: "www", delayDays: 7 } };
      world.program(await order("www", { csr: 1 }), retirement);
      expect((await apply(world)).made).to.deep.equal([`certcentral.orders.renew orderId=${id}`]);
      world.days(7);
      const { made, shown } = await apply(world);
      expect(made).to.deep.equal([`certcentral.orders.revoke orderId=${id}`]);
      expect(shown[0]?.certain).to.equal(false);
      expect(statuses(world)).to.deep.equal([`${id} revoked`, `${id + 1} issued`]);
      expect((await apply(world)).requests).to.equal(0);
      expectCode(await world.project.destroy(), 0);
      expect(statuses(world)).to.deep.equal([`${id} revoked`, `${id + 1} revoked`]);
    }),
  );

  it(
    "renewed outside by auto renew: seen, shown and taken over without a call; the next removal ends both",
    inWorld(async (world) => {
      const id = await issued(world, { autoRenew: true });
      world.days(340);
      const renewed = await world.sandbox.certcentral.renewOutside(id);
      expectCode(await world.project.refresh(), 0);
      const { preview, made } = await apply(world);
      expect(preview.text).to.include(`TAKE OVER order ${renewed}`);
      expect(made).to.deep.equal([]);
      expect(orderState(world, "www").order.id).to.equal(renewed);
      world.program();
      expect((await apply(world)).made).to.have.length(2);
    }),
  );

  for (const outside of ["revoked", "expired"] as const)
    it(
      `${outside} outside: a refresh sees it, up stops in words, and destroy ends nothing`,
      inWorld(async (world) => {
        const id = await issued(world);
        if (outside === "revoked") world.sandbox.certcentral.revokeOutside(id);
        else world.days(400);
        expectCode(await world.project.refresh(), 0);
        expect(orderState(world, "www").order.status).to.equal(outside);
        expect((await apply(world, 1)).preview.text).to.include("no second order is placed by itself");
        const position = world.sandbox.log.last();
        expectCode(await world.project.destroy(), 0);
        expect(world.made(position)).to.deep.equal([]);
      }),
    );

  it(
    "another product is another order: placed first, then the old one is revoked",
    inWorld(async (world) => {
      const id = await issued(world);
      world.program(await order("www", { productNameId: "ssl_ev_basic", csr: 1 }));
      expect((await apply(world)).made).to.deep.equal([
        "certcentral.orders.place product=ssl_ev_basic commonName=www.example.com",
        `certcentral.orders.revoke orderId=${id}`,
      ]);
      expect(statuses(world)).to.deep.equal([`${id} revoked`, `${id + 1} issued`]);
    }),
  );

  it(
    "an order of another account is an error, never gone",
    inWorld(async (world) => {
      const id = await issued(world);
      world.project.environment.CERTCENTRAL_API_KEY = world.sandbox.certcentral.issueKey({ tenant: "other" });
      const refreshed = await world.project.refresh();
      expect(refreshed.code).to.not.equal(0);
      expect(refreshed.text).to.include("wrong account, key or region");
      expect(isStored(world)).to.equal(true);
      expect(statuses(world)).to.deep.equal([`${id} issued`]);
    }),
  );

  it(
    "a refresh of many unchanged orders asks for lists alone",
    inWorld(async (world) => {
      approving(world);
      const names = Array.from({ length: 12 }, (_, at) => `s${at}`);
      world.program(...(await Promise.all(names.map((name) => order(name, { commonName: `${name}.example.com` })))));
      await apply(world);
      const position = world.sandbox.log.last();
      expectCode(await world.project.refresh(), 0);
      expect(world.sandbox.log.since(position).length).to.be.at.most(3);
      const waiting = world.sandbox.certcentral.requestRevocation(700_003);
      expectCode(await world.project.refresh(), 0);
      const states = names.map((name) => orderState(world, name));
      const seen = states.find((state) => state.order.id === 700_003);
      expect(seen?.requests.map(({ id }) => id)).to.include(waiting);
    }),
  );

  it(
    "auto renew together with a renewal window, and a private key in place of a CSR, are refused at preview",
    inWorld(async (world) => {
      world.program(await order("www", { autoRenew: true, renewalWindow: { days: 30 } }));
      const both = await world.project.preview();
      expect(both.code).to.not.equal(0);
      expect(both.text).to.include("DigiCert and this stack would both renew");
      const secret = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcanary";
      const key = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`;
      const spec = await order("www");
      world.program({ ...spec, args: { ...spec.args, csr: key } });
      const leaked = await world.project.preview();
      expect(leaked.code).to.not.equal(0);
      expect(leaked.text).to.include("holds a private key").and.not.include(secret);
      expect(world.sandbox.log.all()).to.deep.equal([]);
    }),
  );

  it(
    "a CSR that is not known before the run is a condition, and the run makes what was shown",
    inWorld(async (world) => {
      const id = await issued(world);
      const [first, second] = [String((await order("www")).args.csr), await makeCsr("www.example.com")];
      const source = (value: string) => ({ kind: "later", name: "source", args: { value } });
      const spec = await order("www");
      const { csr: _given, ...args } = spec.args;
      const later = { ...spec, args, later: { csr: "source" } };
      world.program(source(first), later);
      await apply(world);
      world.program(source(second), later);
      const preview = expectCode(await world.project.preview(), 0);
      expect(shownByPreview(preview.text).map(({ operation, certain }) => [operation, certain])).to.deep.equal([
        [`certcentral.orders.reissue orderId=${id}`, false],
      ]);
      expectCode(await world.project.up(), 0);
      expect(world.sandbox.certcentral.certificates(id)).to.have.length(2);
    }),
  );

  it(
    "nothing secret and no unknown field of an answer is in the state, and the key is in no text",
    inWorld(async (world) => {
      await issued(world);
      const { project, sandbox } = world;
      const all = [
        (await project.refresh()).text,
        (await project.pulumi("preview", "--diff")).text,
        (await project.destroyPreview()).text,
        (await project.pulumi("stack", "export", "--show-secrets")).text,
      ].join("\n");
      expect(all).to.include("certcentral:Order");
      for (const secret of [...Object.values(CC_CANARIES), sandbox.certcentral.apiKey])
        expect(all).to.not.include(secret);
    }),
  );
});
