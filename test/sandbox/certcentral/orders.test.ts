import { expect } from "chai";
import { calling, codes, csrFor, type Caller, type Json } from "./client.js";

const requests = async (at: Caller, query = ""): Promise<Json[]> =>
  (await at.call("GET", `/request${query}`)).body.requests as Json[];

describe("sandbox: orders of CertCentral", () => {
  it(
    "wait for an approver, then for their names, then are issued (sections 3.2, 5)",
    calling(async (at) => {
      at.cc.settings.validation = "dcv";
      const placed = await at.place();
      expect(placed.status).to.equal(201);
      expect(placed.body).to.deep.equal({ id: 700_001, requests: [{ id: 910_001, status: "pending" }] });
      expect((await at.info(700_001)).status).to.equal("needs_approval");
      expect((await at.call("PUT", "/request/910001/status", { status: "approved" })).status).to.equal(204);
      expect((await at.info(700_001)).status).to.equal("pending");
      const { body } = await at.call("GET", "/order/certificate/700001/validation");
      expect(body.dns_name_validations).to.have.length(1);
      const domain = await at.call("GET", "/domain/70000100?include_dcv=true");
      expect(domain.body.dcv_token).to.include({ status: "pending" });
      const checked = await at.call("PUT", "/order/certificate/700001/check-dcv");
      expect(checked.body.order_status).to.equal("issued");
      expect(await at.certificate(700_001)).to.include.keys("thumbprint", "serial_number", "valid_till");
    }),
  );

  it(
    "are issued at once where nothing is missing, with the chain in the answer (section 3.2)",
    calling(async (at) => {
      const { body } = await at.place({}, { skip_approval: true });
      expect(body.certificate_id).to.equal(800_001);
      expect(body.certificate_chain).to.have.length(3);
      at.cc.settings.approval = "skipped";
      expect((await at.place()).body.requests).to.deep.equal([]);
      at.cc.settings.approval = "auto";
      expect((await at.place()).body.requests).to.deep.equal([{ id: 910_001, status: "approved" }]);
    }),
  );

  it(
    "are rejected by an approver, or canceled while they wait; nothing of that can be undone (section 5)",
    calling(async (at) => {
      await at.place();
      await at.call("PUT", "/request/910001/status", { status: "rejected", processor_comment: "no" });
      expect((await at.info(700_001)).status).to.equal("rejected");
      expect((await at.call("GET", "/request/910001")).body.processor_comment).to.equal("no");
      expect((await at.call("PUT", "/request/910001/status", { status: "approved" })).status).to.equal(400);
      at.cc.settings.validation = "manual";
      const id = await at.issued();
      expect(codes(await at.call("PUT", `/order/certificate/${id}/status`, { status: "canceled" }))).to.deep.equal([
        "required_param:note",
      ]);
      expect(
        (await at.call("PUT", `/order/certificate/${id}/status`, { status: "canceled", note: "bye" })).status,
      ).to.equal(204);
      expect((await at.info(id)).status).to.equal("canceled");
    }),
  );

  for (const [name, certificate, more, code] of [
    ["no CSR", { csr: undefined }, {}, "required_param:certificate.csr"],
    ["a CSR that is none", { csr: "hello" }, {}, "csr_invalid_cannot_parse"],
    ["no hash", { signature_hash: undefined }, {}, "required_param:certificate.signature_hash"],
    ["another hash", { signature_hash: "md5" }, {}, "invalid_value:certificate.signature_hash"],
    ["no common name", { common_name: undefined }, {}, "required_param:certificate.common_name"],
    ["no organization", {}, { organization: undefined }, "required_param:organization.id"],
    ["an organization that is not there", {}, { organization: { id: 1 } }, "invalid_value:organization.id"],
    ["no validity", {}, { order_validity: undefined }, "required_param:order_validity"],
    ["four years", {}, { order_validity: { years: 4 } }, "invalid_value:validity_years"],
    [
      "a certificate that outlives its order",
      { cert_validity: { days: 400 } },
      {},
      "cert_validity_exceeds_order_validity",
    ],
    ["another way to pay", {}, { payment_method: "gold" }, "invalid_value:payment_method"],
    ["another validation", {}, { dcv_method: "guess" }, "invalid_value:dcv_method"],
    [
      "a custom field without a value",
      {},
      { custom_fields: [{ metadata_id: 1 }] },
      "required_param:custom_fields.value",
    ],
  ] as const)
    it(
      `are refused with a code: ${name} (sections 3, 12)`,
      calling(async (at) => {
        const answer = await at.place(certificate, more);
        expect(answer.status).to.equal(400);
        expect(codes(answer)).to.deep.equal([code]);
        expect(at.cc.orders()).to.deep.equal([]);
      }),
    );

  it(
    "are renewed by a new order, from 90 days to 1 day before their end (section 6)",
    calling(async (at) => {
      const old = await at.issued();
      const early = await at.place({}, { renewal_of_order_id: old });
      expect(codes(early)).to.deep.equal(["invalid_value:renewal_of_order_id"]);
      at.sandbox.clock.advance({ days: 300 });
      const renewed = await at.place({}, { renewal_of_order_id: old, skip_approval: true });
      expect(renewed.status).to.equal(201);
      expect(await at.info(old)).to.include({ status: "issued", is_renewed: 1, renewed_order_id: renewed.body.id });
      expect(await at.info(Number(renewed.body.id))).to.include({ is_renewal: true });
      expect((await at.place({}, { renewal_of_order_id: 1 })).status).to.equal(404);
    }),
  );

  it(
    "are reissued: adding a name revokes nothing, removing one revokes all that came before within 72 hours (section 7)",
    calling(async (at) => {
      const id = await at.issued();
      await at.reissue(id, { dns_names: ["a.example.com"] });
      at.sandbox.clock.advance({ days: 4 });
      expect(at.cc.certificates(id).map(({ status }) => status)).to.deep.equal(["issued", "issued"]);
      await at.call("POST", `/order/certificate/${id}/duplicate`, {
        certificate: ((await at.body({ dns_names: ["a.example.com"] })) as { certificate: Json }).certificate,
        skip_approval: true,
      });
      await at.reissue(id, { dns_names: [] });
      at.sandbox.clock.advance({ hours: 71 });
      expect(at.cc.certificates(id).map(({ status }) => status)).to.deep.equal([
        "issued",
        "issued",
        "issued",
        "issued",
      ]);
      at.sandbox.clock.advance({ hours: 1 });
      expect(at.cc.certificates(id).map(({ status }) => status)).to.deep.equal([
        "revoked",
        "revoked",
        "revoked",
        "issued",
      ]);
      expect((await at.info(id)).status).to.equal("issued");
    }),
  );

  it(
    "are in reissue_pending while a reissue waits; canceled, they are issued again (sections 5, 7)",
    calling(async (at) => {
      const id = await at.issued();
      await at.reissue(id, {}, { skip_approval: false });
      expect((await at.info(id)).status).to.equal("reissue_pending");
      expect(codes(await at.reissue(id))).to.deep.equal(["order_not_issued"]);
      const [first] = at.cc.certificates(id);
      expect(
        codes(await at.call("PUT", `/certificate/${first?.id ?? 0}/revoke`, { skip_approval: true })),
      ).to.deep.equal(["pending_reissue"]);
      await at.call("PUT", `/order/certificate/${id}/status`, { status: "canceled", note: "no" });
      expect((await at.info(id)).status).to.equal("issued");
      expect((await requests(at, "?filters[type]=reissue"))[0]?.status).to.equal("rejected");
    }),
  );

  it(
    "are revoked by a request that an administrator approves, or at once without one (section 8)",
    calling(async (at) => {
      const id = await at.issued();
      const asked = await at.revoke(id, { comments: "bye", revocation_reason: "superseded" });
      expect(asked.status).to.equal(201);
      expect(asked.body).to.include({ type: "revoke", status: "pending", comments: "bye" });
      expect((await at.info(id)).status).to.equal("issued");
      expect(await requests(at, "?filters[type]=revoke&filters[status]=pending")).to.have.length(1);
      await at.call("PUT", `/request/${Number(asked.body.id)}/status`, { status: "approved" });
      expect((await at.info(id)).status).to.equal("revoked");
      const other = await at.issued();
      expect(await at.revoke(other)).to.include({ status: 204, text: "" });
      expect(codes(await at.revoke(await at.issued(), { revocation_reason: "key_compromise" }))).to.deep.equal([
        "invalid_value:revocation_reason",
      ]);
    }),
  );

  it(
    "stay when one certificate is revoked, unless the account takes them along (section 8)",
    calling(async (at) => {
      const id = await at.issued();
      const { serial_number: serial } = await at.certificate(id);
      expect((await at.call("PUT", `/certificate/${String(serial)}/revoke`, { skip_approval: true })).status).to.equal(
        204,
      );
      expect(await at.info(id)).to.include({ status: "issued" });
      expect((await at.certificate(id)).status).to.equal("revoked");
      at.cc.settings.revocationTakesOrder = true;
      const other = await at.issued();
      await at.call("PUT", `/certificate/${at.cc.order(other).active}/revoke`, { skip_approval: true });
      expect((await at.info(other)).status).to.equal("revoked");
    }),
  );
});

describe("sandbox: who may what at CertCentral (sections 1, 9, 12)", () => {
  it(
    "403 for an unknown key, for a key that may only look, and for one that may not decide",
    calling(async (at) => {
      await at.place();
      at.key = "no key of ours";
      const unknown = await at.call("GET", "/user/me");
      expect(unknown.status).to.equal(403);
      expect(codes(unknown)).to.deep.equal(["access_denied|access_denied_invalid_key"]);
      at.key = at.cc.issueKey({ restriction: "view" });
      expect(codes(await at.place())).to.deep.equal(["access_denied|missing_permission"]);
      at.key = at.cc.issueKey({ role: "standard" });
      expect(codes(await at.call("PUT", "/request/910001/status", { status: "approved" }))).to.deep.equal([
        "access_denied|invalid_approver",
      ]);
      // An approval is not skipped by a key without the right: the order waits.
      const placed = await at.place({}, { skip_approval: true });
      expect((await at.info(Number(placed.body.id))).status).to.equal("needs_approval");
      at.cc.revokeKey(at.key);
      expect((await at.call("GET", "/user/me")).status).to.equal(403);
    }),
  );

  it(
    "an order of another account is not found",
    calling(async (at) => {
      const id = await at.issued();
      at.key = at.cc.issueKey({ tenant: "other" });
      expect(codes(await at.call("GET", `/order/certificate/${id}`))).to.deep.equal(["not_found|order"]);
      expect(await at.rows()).to.deep.equal([]);
      expect(codes(await at.call("POST", "/order/certificate/no_product", {}))).to.deep.equal(["not_found|product"]);
      expect(codes(await at.call("GET", "/nowhere"))).to.deep.equal(["not_found|route"]);
      expect(codes(await at.call("POST", "/order/certificate/ssl_basic", "{"))).to.deep.equal(["bad_request_format"]);
    }),
  );

  it(
    "people act by the control, too",
    calling(async (at) => {
      const control = async (body: object): Promise<Json> =>
        (await (
          await fetch(`${at.sandbox.url}/__sandbox`, { method: "POST", body: JSON.stringify(body) })
        ).json()) as Json;
      expect(await control({ action: "cc-settings", validation: "manual" })).to.include({ validation: "manual" });
      await at.place();
      await control({ action: "cc-approve", requestId: 910_001 });
      expect((await at.info(700_001)).status).to.equal("pending");
      await control({ action: "cc-issue", orderId: 700_001 });
      expect((await at.info(700_001)).status).to.equal("issued");
      await control({ action: "cc-revoke", orderId: 700_001 });
      expect((await at.info(700_001)).status).to.equal("revoked");
      expect(await control({ action: "cc-settings", approval: "never" })).to.have.property("message");
      at.key = String((await control({ action: "cc-issue-key", role: "manager" })).apiKey);
      expect((await at.call("GET", "/user/me")).body.access_roles).to.deep.equal([{ id: 4, name: "Manager" }]);
      const csr = await csrFor("www.example.com");
      expect(csr).to.include("CERTIFICATE REQUEST");
    }),
  );
});
