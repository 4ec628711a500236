import { expect } from "chai";
import { calling, codes, csrFor, type Answer, type Caller, type Json } from "./client.js";

const statuses = (at: Caller, orderId: number): string[] => at.cc.certificates(orderId).map(({ status }) => status);
const decide = (at: Caller, requestId: number, status: string): Promise<Answer> =>
  at.call("PUT", `/request/${requestId}/status`, { status });
/** The request of a type that waits on an order. */
const waiting = (at: Caller, orderId: number, type: string): number =>
  at.cc.requests(orderId).find((one) => one.type === type && one.status === "pending")?.id ?? 0;
const duplicate = async (at: Caller, orderId: number, certificate: Json = {}, more: Json = {}): Promise<Answer> =>
  at.call("POST", `/order/certificate/${orderId}/duplicate`, {
    certificate: (await at.body(certificate)).certificate,
    ...more,
  });
const changed = async (at: Caller, query: string): Promise<unknown[]> =>
  ((await at.call("GET", `/order/certificate/status-changes?${query}`)).body.orders as Json[]).map(
    ({ order_id: id }) => id,
  );

describe("sandbox: the course of CertCentral's orders", () => {
  it(
    "a new key for the names of the certificate in charge ends nothing, and spares nothing that is to end (section 7)",
    calling(async (at) => {
      const id = await at.issued({ dns_names: ["a.example.com"] });
      await at.reissue(id, { dns_names: [] });
      at.sandbox.clock.advance({ hours: 24 });
      await at.reissue(id, { dns_names: [], csr: await csrFor("once more") });
      at.sandbox.clock.advance({ hours: 47 });
      expect(statuses(at, id)).to.deep.equal(["issued", "issued", "issued"]);
      at.sandbox.clock.advance({ hours: 1 });
      expect(statuses(at, id)).to.deep.equal(["revoked", "issued", "issued"]);
      at.sandbox.clock.advance({ days: 30 });
      expect(statuses(at, id)).to.deep.equal(["revoked", "issued", "issued"]);
    }),
  );

  for (const takes of [false, true])
    it(
      `the revocation of one certificate that is carried out later takes ${takes ? "the order along, as the account says" : "only that one"} (section 8)`,
      calling(
        async (at) => {
          at.cc.settings.revocationTakesOrder = takes;
          const id = await at.issued();
          await at.reissue(id);
          const [first] = at.cc.certificates(id);
          const revoked = `/certificate/${first?.id ?? 0}/revoke`;
          expect((await at.call("PUT", revoked, { skip_approval: true })).status).to.equal(204);
          expect(statuses(at, id)).to.deep.equal(["issued", "issued"]);
          at.cc.settleRevocations();
          expect(statuses(at, id)).to.deep.equal(["revoked", takes ? "revoked" : "issued"]);
          expect((await at.info(id)).status).to.equal(takes ? "revoked" : "issued");
        },
        { variants: { ccRevoke204: "later" } },
      ),
    );

  it(
    "the revocation of one certificate that is approved takes only that one, and of none that is not issued (section 8)",
    calling(async (at) => {
      const id = await at.issued();
      await at.reissue(id);
      const [first] = at.cc.certificates(id);
      const asked = await at.call("PUT", `/certificate/${first?.id ?? 0}/revoke`, {});
      await decide(at, Number(asked.body.id), "approved");
      expect(statuses(at, id)).to.deep.equal(["revoked", "issued"]);
      expect((await at.info(id)).status).to.equal("issued");
      await duplicate(at, id);
      const [, , third] = at.cc.certificates(id);
      expect((await at.call("PUT", `/certificate/${third?.id ?? 0}/revoke`, {})).status).to.equal(400);
      expect(statuses(at, id)).to.deep.equal(["revoked", "issued", "pending"]);
    }),
  );

  for (const validation of ["prevalidated", "manual"] as const)
    for (const word of ["approved", "rejected"])
      it(
        `a revoked order stays revoked when its reissue is ${word} afterwards, ${validation} (section 8)`,
        calling(async (at) => {
          const id = await at.issued();
          at.cc.settings.validation = validation;
          await at.reissue(id, {}, { skip_approval: false });
          const request = waiting(at, id, "reissue");
          expect((await at.revoke(id)).status).to.equal(204);
          expect((await decide(at, request, word)).status).to.equal(400);
          expect((await at.info(id)).status).to.equal("revoked");
          expect(statuses(at, id)).to.deep.equal(["revoked", "rejected"]);
        }),
      );

  it(
    "a revoked order stays revoked when its reissue waits for its issue, or is about to be issued (section 8)",
    calling(async (at) => {
      at.cc.settings.validation = "manual";
      const [waits, races] = [await at.issued(), await at.issued()];
      for (const id of [waits, races]) {
        await at.cc.issue(id);
        await at.reissue(id);
      }
      await at.revoke(waits);
      await at.cc.issue(waits).catch(() => undefined);
      const issuing = at.cc.issue(races);
      at.cc.revokeOutside(races);
      await issuing;
      for (const id of [waits, races]) {
        expect((await at.info(id)).status).to.equal("revoked");
        expect(statuses(at, id)).to.deep.equal(["revoked", "rejected"]);
      }
    }),
  );

  it(
    "a duplicate that is rejected leaves a reissue waiting, one that is approved does not issue it (section 7)",
    calling(async (at) => {
      const id = await at.issued();
      for (const word of ["rejected", "approved"]) {
        await duplicate(at, id);
        if (word === "rejected") await at.reissue(id, {}, { skip_approval: false });
        await decide(at, waiting(at, id, "duplicate"), word);
        expect((await at.info(id)).status).to.equal(word === "rejected" ? "reissue_pending" : "issued");
        if (word === "rejected") {
          expect(statuses(at, id)).to.deep.equal(["issued", "rejected", "pending"]);
          await decide(at, waiting(at, id, "reissue"), "approved");
          expect((await at.info(id)).status).to.equal("issued");
        }
      }
      await duplicate(at, id);
      await at.reissue(id, {}, { skip_approval: false });
      await decide(at, waiting(at, id, "duplicate"), "approved");
      expect((await at.info(id)).status).to.equal("reissue_pending");
      expect(statuses(at, id)).to.deep.equal(["issued", "rejected", "issued", "issued", "issued", "pending"]);
    }),
  );

  it(
    "what is issued has its approval: the other request goes on waiting (section 7)",
    calling(async (at) => {
      const id = await at.issued();
      at.cc.settings.validation = "manual";
      await duplicate(at, id);
      await at.reissue(id);
      await at.cc.issue(id);
      expect(statuses(at, id)).to.deep.equal(["issued", "pending", "issued"]);
      expect(await at.cc.issue(id).catch(String)).to.include("nothing waits");
    }),
  );

  it(
    "status-changes go by the time of the change, not of the order; times of the range are Mountain time (section 10)",
    calling(async (at) => {
      const first = await at.issued(); // 2026-03-01T10:00Z
      at.sandbox.clock.advance({ days: 10 });
      const second = await at.issued(); // 2026-03-11T10:00Z
      at.sandbox.clock.advance({ hours: 1 });
      await at.revoke(first);
      expect(await changed(at, "minutes=59&seconds=59")).to.deep.equal([first]);
      expect(await changed(at, "minutes=60")).to.deep.equal([first, second]);
      const range = (from: string, to: string): Promise<unknown[]> =>
        changed(at, `filters[status_last_updated]=${from}...${to}`);
      // Summer time from 8 March on: six hours behind; before, seven.
      expect(await range("2026-03-11+04:00:00", "2026-03-11+04:30:00")).to.deep.equal([second]);
      expect(await range("2026-03-11T05:00", "2026-03-12")).to.deep.equal([first]);
      // Only the last change counts: that of the first order is the revocation.
      expect(await range("2026-03-01+02:59:00", "2026-03-01+03:01:00")).to.deep.equal([]);
      at.cc.revokeOutside(second);
      at.sandbox.clock.set("2026-12-01T10:00:00Z");
      const third = await at.issued();
      expect(await range("2026-12-01+02:59:00", "2026-12-01+03:01:00")).to.deep.equal([third]);
      // An order ends with its last day, whoever looks when.
      at.sandbox.clock.set("2027-12-02T00:30:00Z");
      expect(await changed(at, "minutes=31")).to.deep.equal([third]);
      expect(await changed(at, "minutes=29")).to.deep.equal([]);
      for (const query of ["minutes=-5", "minutes=x", "filters[status_last_updated]=soon...later"])
        expect((await at.call("GET", `/order/certificate/status-changes?${query}`)).status).to.equal(400);
    }),
  );

  it(
    "a revocation is approved by an administrator, and by no one else (section 1)",
    calling(async (at) => {
      const id = await at.issued();
      const asked = [await at.revoke(id, {}), await at.revoke(id, {})].map(({ body }) => Number(body.id));
      await at.place();
      at.key = at.cc.issueKey({ role: "manager" });
      expect(codes(await decide(at, asked[0] ?? 0, "approved"))).to.deep.equal(["access_denied|invalid_approver"]);
      expect((await at.info(id)).status).to.equal("issued");
      // A manager decides what else waits, and withdraws a revocation.
      expect((await decide(at, asked[0] ?? 0, "rejected")).status).to.equal(204);
      expect((await decide(at, waiting(at, id + 1, "new_request"), "approved")).status).to.equal(204);
      at.key = at.cc.apiKey;
      expect((await decide(at, asked[1] ?? 0, "approved")).status).to.equal(204);
      expect((await at.info(id)).status).to.equal("revoked");
    }),
  );

  for (const [name, validity, order, certificate] of [
    ["years", { order_validity: { years: 1 } }, "2028-02-29", "2028-01-27"],
    ["days", { order_validity: { days: 100 } }, "2027-06-09", "2027-06-09"],
    ["a chosen end", { order_validity: { custom_expiration_date: "2027-06-30" } }, "2027-06-30", "2027-06-30"],
  ] as const)
    it(
      `a renewal for ${name} carries the remaining time over: the certificate to its maximum, the order the rest (section 6)`,
      calling(async (at) => {
        const old = await at.issued();
        at.sandbox.clock.advance({ days: 300 }); // 2026-12-26, 65 days before its end
        const renewal = await at.issued({}, { ...validity, renewal_of_order_id: old });
        expect((await at.info(renewal)).order_valid_till).to.equal(order);
        expect((await at.certificate(renewal)).valid_till).to.equal(certificate);
      }),
    );

  it(
    "the validity of the first certificate of a renewal has the remaining time, too (section 6)",
    calling(async (at) => {
      const old = await at.issued();
      at.sandbox.clock.advance({ days: 300 });
      const renewal = await at.issued({ cert_validity: { days: 100 } }, { renewal_of_order_id: old });
      expect((await at.certificate(renewal)).valid_till).to.equal("2027-06-09");
    }),
  );

  it(
    "a renewal is placed from 90 days to 1 day before the end, of an order that is in force (section 6)",
    calling(async (at) => {
      const renewal = async (of: number): Promise<number> => (await at.place({}, { renewal_of_order_id: of })).status;
      const [old, canceled] = [await at.issued(), await at.cc.addOrder({ status: "canceled" })];
      at.sandbox.clock.set("2026-11-30T23:59:00Z"); // 91 days
      expect(await renewal(old)).to.equal(400);
      at.sandbox.clock.set("2026-12-01T00:00:00Z");
      expect(await renewal(canceled)).to.equal(400);
      expect(await renewal(old)).to.equal(201);
      at.sandbox.clock.set("2027-02-28T23:59:00Z");
      expect(await renewal(old)).to.equal(201);
      at.sandbox.clock.set("2027-03-01T00:00:00Z");
      expect(await renewal(old)).to.equal(400);
    }),
  );

  it(
    "a reissue that is dropped has its request rejected, approved or not, and leaves a duplicate waiting (section 5)",
    calling(async (at) => {
      const id = await at.issued();
      at.cc.settings.validation = "manual";
      await duplicate(at, id);
      await at.reissue(id, {}, { skip_approval: false });
      await decide(at, waiting(at, id, "reissue"), "approved");
      await at.call("PUT", `/order/certificate/${id}/status`, { status: "canceled", note: "no need" });
      expect((await at.info(id)).status).to.equal("issued");
      expect(statuses(at, id)).to.deep.equal(["issued", "pending", "rejected"]);
      expect(
        at.cc.requests(id).map(({ type, status, processorComment }) => [type, status, processorComment]),
      ).to.deep.equal([
        ["duplicate", "pending", undefined],
        ["reissue", "rejected", "no need"],
      ]);
    }),
  );

  for (const [name, certificate, status] of [
    ["the same names", {}, 201],
    [
      "a further name as common name",
      { common_name: "a.example.com", dns_names: ["www.example.com", "*.b.example.com"] },
      201,
    ],
    ["a name below its wildcard", { dns_names: ["a.example.com", "*.b.example.com", "c.b.example.com"] }, 201],
    ["another name", { dns_names: ["a.example.com", "*.b.example.com", "c.example.com"] }, 400],
    ["a name less", { dns_names: ["*.b.example.com"] }, 400],
    ["another common name", { common_name: "other.example.com" }, 400],
  ] as const)
    it(
      `a duplicate has the names of its order: ${name} (section 7)`,
      calling(async (at) => {
        const names = ["a.example.com", "*.b.example.com"];
        const id = await at.issued({ dns_names: names });
        const answer = await duplicate(at, id, { dns_names: names, ...certificate });
        expect(answer.status).to.equal(status);
        expect(statuses(at, id)).to.have.length(status === 201 ? 2 : 1);
      }),
    );

  it(
    "limits of validity go by the day, and the cap is that of public TLS (section 3.1)",
    calling(async (at) => {
      const until = (end: string): Json => ({ order_validity: { custom_expiration_date: end } });
      expect((await at.place({}, until("2029-03-01"))).status).to.equal(201);
      expect(codes(await at.place({}, until("2029-03-02")))).to.deep.equal(["invalid_value:custom_expiration_date"]);
      expect((await at.place({ cert_validity: { days: 365 } })).status).to.equal(201);
      expect(codes(await at.place({ cert_validity: { days: 366 } }))).to.deep.equal([
        "cert_validity_exceeds_order_validity",
      ]);
      const internal = { order_validity: { years: 4 }, skip_approval: true };
      const { body } = await at.place({}, internal, "private_ssl_plus");
      expect((await at.certificate(Number(body.id))).valid_till).to.equal("2030-03-01");
    }),
  );

  it(
    "only orders that were migrated are marked as renewed, and only near their end (section 5)",
    calling(async (at) => {
      const mark = async (id: number): Promise<number> =>
        (await at.call("PUT", `/order/certificate/${id}/status`, { status: "renewed" })).status;
      const validTill = "2026-06-30"; // 121 days
      const [ours, migrated] = [
        await at.cc.addOrder({ validTill }),
        await at.cc.addOrder({ validTill, migrated: true }),
      ];
      expect([await mark(ours), await mark(migrated)]).to.deep.equal([400, 400]);
      at.sandbox.clock.advance({ days: 31 });
      expect([await mark(ours), await mark(migrated)]).to.deep.equal([400, 204]);
      expect((await at.info(migrated)).is_renewed).to.equal(1);
      expect((await at.rows("?filters[origin]=migrated")).map(({ id }) => id)).to.deep.equal([migrated]);
      expect((await at.rows("?filters[origin]=certcentral")).map(({ id }) => id)).to.deep.equal([ours]);
    }),
  );

  it(
    "roles have their ids, a key for orders reaches nothing else, and skip_approval takes an administrator (section 1)",
    calling(async (at) => {
      const roles = [];
      for (const role of ["administrator", "manager", "standard"] as const) {
        at.key = at.cc.issueKey({ role });
        roles.push(...((await at.call("GET", "/user/me")).body.access_roles as Json[]));
      }
      expect(roles).to.deep.equal([
        { id: 1, name: "Administrator" },
        { id: 4, name: "Manager" },
        { id: 5, name: "Standard user" },
      ]);
      at.key = at.cc.issueKey({ restriction: "orders" });
      const id = await at.issued();
      expect((await at.info(id)).status).to.equal("issued");
      for (const path of ["/organization", `/domain/${id}00`])
        expect(codes(await at.call("GET", path))).to.deep.equal(["access_denied|missing_permission"]);
      at.key = at.cc.issueKey({ role: "manager" });
      expect((await at.info(await at.issued())).status).to.equal("needs_approval");
    }),
  );

  it(
    "a check of names issues what waits for them, a reissue too, and nothing that waits for something else (section 13)",
    calling(async (at) => {
      const check = async (id: number): Promise<Json> =>
        (await at.call("PUT", `/order/certificate/${id}/check-dcv`, {})).body;
      const id = await at.issued();
      at.cc.settings.validation = "dcv";
      await at.reissue(id, { dns_names: ["a.example.com"] });
      expect((await at.info(id)).status).to.equal("reissue_pending");
      expect(await check(id)).to.deep.equal({
        order_status: "issued",
        certificate_id: at.cc.order(id).active,
        dcv_status: "complete",
        dns_name_validations: [
          { dns_name: "www.example.com", status: "complete" },
          { dns_name: "a.example.com", status: "complete" },
        ],
      });
      at.cc.settings.validation = "manual";
      const other = await at.issued();
      expect((await check(other)).order_status).to.equal("pending");
      at.cc.settings.validation = "dcv";
      const unapproved = Number((await at.place()).body.id);
      expect(await check(unapproved)).to.include({ order_status: "needs_approval", dcv_status: "pending" });
    }),
  );

  it(
    "a random value is good for 30 days: given again until then, replaced afterwards (section 13)",
    calling(async (at) => {
      at.cc.settings.validation = "dcv";
      const id = await at.issued();
      const value = async (): Promise<Json> =>
        (await at.call("PUT", `/order/certificate/${id}/dcv-random-value`, {})).body;
      const first = await value();
      expect(first.expiration_date).to.equal("2026-03-31T10:00:00+00:00");
      at.sandbox.clock.advance({ days: 29 });
      expect(await value()).to.deep.equal(first);
      at.sandbox.clock.advance({ days: 2 });
      const second = await value();
      expect(second.dcv_random_value).to.not.equal(first.dcv_random_value);
      expect(second.expiration_date).to.equal("2026-05-01T10:00:00+00:00");
      const { body } = await at.call("GET", `/domain/${id}00?include_dcv=true`);
      expect(body.dcv_token).to.include({ token: second.dcv_random_value });
    }),
  );

  it(
    "lists have every documented filter, and rows every documented field (sections 9, 10)",
    calling(async (at) => {
      const first = await at.issued(
        { common_name: "shop.example.com" },
        {
          container: { id: 2 },
          custom_fields: [{ metadata_id: 7, value: "team a" }],
          disable_renewal_notifications: true,
          skip_approval: false,
        },
      );
      const second = await at.issued({}, { skip_approval: false });
      const found = async (path: string, list: string): Promise<unknown[]> =>
        ((await at.call("GET", path)).body[list] as Json[] | undefined)?.map(({ id }) => id) ?? [];
      for (const [query, wanted] of [
        ["metadata_id]=7", [first]],
        ["metadata_value]=team a", [first]],
        ["metadata_value]=team b", []],
        ["disable_renewal_notifications]=1", [first]],
        ["user_id]=1", [first, second]],
        ["user_id]=2", []],
        ["email]=user@sandbox.example", [first, second]],
      ] as const)
        expect(await found(`/order/certificate?filters[${query}`, "orders"), query).to.deep.equal(wanted);
      const [one, two] = at.cc.requests().map(({ id }) => id);
      for (const [query, wanted] of [
        ["container_id]=2", [one]],
        ["metadata_id]=7", [one]],
        ["metadata_value]=team a", [one]],
        ["search]=www.example.com", [two]],
        ["search]=%25shop", [one]],
      ] as const)
        expect(await found(`/request?filters[${query}`, "requests"), query).to.deep.equal(wanted);
      const [row] = await at.rows();
      expect(row).to.deep.include({
        organization: { id: 9001, name: "Sandbox Organization" },
        validity_years: 1,
        disable_renewal_notifications: true,
      });
    }),
  );

  it(
    "request info says who decided, and of a renewal how long the order before is good (section 9)",
    calling(async (at) => {
      const old = await at.issued();
      at.sandbox.clock.advance({ days: 300 });
      await at.place({}, { renewal_of_order_id: old });
      const request = waiting(at, old + 1, "new_request");
      const info = async (): Promise<Json> => (await at.call("GET", `/request/${request}`)).body;
      const before = await info();
      expect(before).to.not.have.any.keys("date_processed", "reviewer", "processor");
      expect(before.order).to.deep.include({ unsubmitted_domains: [], renewal_of_order_valid_till: "2027-03-01" });
      await decide(at, request, "approved");
      expect(await info()).to.include.keys("date_processed", "reviewer", "processor");
    }),
  );

  it(
    "what is issued at once comes with its chain, leaf first (section 3.2)",
    calling(async (at) => {
      const { body } = await at.place({}, { skip_approval: true });
      const chain = await at.call("GET", `/certificate/${Number(body.certificate_id)}/chain`);
      expect(body.certificate_chain).to.deep.equal(chain.body.intermediates).and.to.have.length(3);
      expect((body.certificate_chain as Json[])[0]?.subject_common_name).to.equal("www.example.com");
    }),
  );

  it(
    "a domain of another account is not found, and says whether its name is validated (section 13)",
    calling(async (at) => {
      at.cc.settings.validation = "dcv";
      const id = await at.issued();
      const domain = async (): Promise<Json> =>
        (await at.call("GET", `/domain/${id}00?include_dcv=true&include_validation=true`)).body;
      expect(await domain()).to.deep.include({ is_active: true, is_pending_validation: true, validations: [] });
      await at.cc.validate(id);
      const { validations, ...rest } = await domain();
      expect(rest).to.include({ is_pending_validation: false, dcv_approval_datetime: "2026-03-01T10:00:00+00:00" });
      expect((validations as Json[])[0]).to.include({ type: "ov", status: "active", dcv_status: "complete" });
      expect((await at.call("GET", `/domain/${id}00`)).body).to.not.have.any.keys("dcv_token", "validations");
      at.key = at.cc.issueKey({ tenant: "other" });
      expect((await at.call("GET", `/domain/${id}00`)).status).to.equal(404);
    }),
  );

  it(
    "order info shows the validity that was asked for, the flags, and the answer about CAA while it waits (section 4)",
    calling(async (at) => {
      const placed = await at.place(
        { cert_validity: { days: 90 } },
        { auto_renew: 1, auto_reissue: 1, disable_renewal_notifications: true },
      );
      const id = Number(placed.body.id);
      at.cc.settings.validation = "manual";
      const info = async (): Promise<Json> =>
        (await at.call("GET", `/order/certificate/${id}?include_caa_status=true`)).body;
      expect(await info()).to.not.have.property("caa_status_message");
      await decide(at, waiting(at, id, "new_request"), "approved");
      expect(await info())
        .to.have.property("caa_status_message")
        .that.has.keys("www.example.com");
      expect(await at.info(id)).to.not.have.property("caa_status_message");
      await at.cc.issue(id);
      const issued = await info();
      expect(issued).to.not.have.property("caa_status_message");
      expect(issued).to.include({ auto_renew: 1, auto_reissue: 1, disable_renewal_notifications: true });
      expect(issued.certificate).to.deep.include({ cert_validity: { days: 90 }, organization: { id: 9001 } });
      const { body } = await at.place({}, { organization: undefined }, "ssl_dv_geotrust");
      expect((await at.info(Number(body.id))).product).to.include({ validation_type: "dv" });
    }),
  );

  it(
    "what is decided already is not decided again, also by people: a revocation that everybody approves takes what waits along (section 9)",
    calling(async (at) => {
      const id = await at.issued();
      await at.revoke(id, {});
      await at.reissue(id, {}, { skip_approval: false });
      const [revocation, reissue] = at.cc.requests(id).map((request) => request.id);
      expect(await at.cc.approveAll()).to.deep.equal([revocation]);
      expect(at.cc.requests(id).map(({ status }) => status)).to.deep.equal(["approved", "rejected"]);
      expect(await at.cc.approve(reissue ?? 0).catch(String)).to.include("is decided already");
      expect(statuses(at, id)).to.deep.equal(["revoked", "rejected"]);
    }),
  );

  it(
    "an order that DigiCert rejects takes what waits on it along (section 5)",
    calling(async (at) => {
      const id = Number((await at.place()).body.id);
      at.cc.rejectOrder(id);
      expect((await at.info(id)).status).to.equal("rejected");
      expect(statuses(at, id)).to.deep.equal(["rejected"]);
      expect(at.cc.requests(id).map(({ status }) => status)).to.deep.equal(["rejected"]);
    }),
  );

  it(
    "an order is renewed by the renewal that was issued last, whatever is reissued later (section 6)",
    calling(
      async (at) => {
        const old = await at.issued();
        at.sandbox.clock.advance({ days: 300 });
        const [first, second] = [
          await at.issued({}, { renewal_of_order_id: old }),
          await at.issued({}, { renewal_of_order_id: old }),
        ];
        await at.reissue(first);
        expect((await at.info(old)).renewed_order_id).to.equal(second);
      },
      { variants: { ccIsRenewedAt: "issued" } },
    ),
  );
});
