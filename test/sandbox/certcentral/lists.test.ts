import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import { calling, codes, csrFor, type Caller, type Json } from "./client.js";

const ids = (rows: readonly Json[]): unknown[] => rows.map(({ id }) => id);

/** Three orders: two for www, one of them revoked, and one for shop. */
async function three(at: Caller): Promise<void> {
  await at.issued();
  at.sandbox.clock.advance({ days: 2 });
  await at.revoke(await at.issued());
  await at.issued({ common_name: "shop.example.com", dns_names: ["buy.example.com"] });
}

describe("sandbox: lists of CertCentral (section 10)", () => {
  for (const [query, wanted] of [
    ["", [700_001, 700_002, 700_003]],
    ["?filters[status]=issued", [700_001, 700_003]],
    ["?filters[status][0]=issued&filters[status][1]=revoked", [700_001, 700_002, 700_003]],
    ["?filters[common_name]=www.example.com", [700_001, 700_002]],
    ["?filters[common_name]=%25shop", [700_003]],
    ["?filters[domain_name]=buy.example.com", [700_003]],
    ["?filters[date_created]=>2026-03-02", [700_002, 700_003]],
    ["?filters[id]=700002", [700_002]],
    ["?filters[certificate_id]=800003", [700_003]],
    ["?filters[product_name_id]=ssl_ev_basic", []],
    ["?filters[is_renewed]=1", []],
    ["?sort=-id", [700_003, 700_002, 700_001]],
    ["?sort=-date_created,id", [700_002, 700_003, 700_001]],
    ["?sort=-id&limit=2", [700_003, 700_002]],
    ["?sort=-id&limit=2&offset=2", [700_001]],
  ] as const)
    it(
      `orders${query}`,
      calling(async (at) => {
        await three(at);
        expect(ids(await at.rows(query))).to.deep.equal(wanted);
      }),
    );

  it(
    "say what there is in all, refuse unknown filters and values, and come as CSV",
    calling(async (at) => {
      await three(at);
      expect((await at.call("GET", "/order/certificate?limit=1&offset=1")).body.page).to.deep.equal({
        total: 3,
        limit: 1,
        offset: 1,
      });
      expect(codes(await at.call("GET", "/order/certificate?filters[color]=red"))).to.deep.equal([
        "invalid_value:filters.color",
      ]);
      expect(codes(await at.call("GET", "/order/certificate?filters[status]=needs_approval"))).to.deep.equal([
        "invalid_value:filters.status",
      ]);
      const csv = await at.call("GET", "/order/certificate", undefined, { accept: "text/csv" });
      expect(csv.type).to.equal("text/csv");
      expect(csv.text.split("\n")).to.have.length(4);
    }),
  );

  it(
    "status changes of a time, at most seven days",
    calling(async (at) => {
      await three(at);
      const { body } = await at.call("GET", "/order/certificate/status-changes?minutes=60");
      expect(body.orders).to.deep.equal([
        { order_id: 700_002, certificate_id: 800_002, status: "revoked" },
        { order_id: 700_003, certificate_id: 800_003, status: "issued" },
      ]);
      expect(codes(await at.call("GET", "/order/certificate/status-changes?minutes=99999"))).to.deep.equal([
        "time_frame_too_long",
      ]);
      expect((await at.call("GET", "/order/certificate/status-changes")).status).to.equal(400);
    }),
  );

  it(
    "an order is found by serial and thumbprint of its certificate, too (section 2)",
    calling(async (at) => {
      const id = await at.issued();
      const { serial_number: serial, thumbprint } = await at.certificate(id);
      for (const name of [serial, thumbprint])
        expect((await at.call("GET", `/order/certificate/${String(name)}`)).body.id).to.equal(id);
    }),
  );
});

describe("sandbox: downloads of CertCentral (section 11)", () => {
  const pems = (text: string): X509Certificate[] =>
    (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
      (pem) => new X509Certificate(pem),
    );

  it(
    "a real chain: the leaf for the key of the CSR and the names of the order, signed by the intermediate, that by the root",
    calling(async (at) => {
      const id = await at.issued({ dns_names: ["a.example.com"] });
      const [leaf, intermediate, root] = pems(
        (await at.call("GET", `/certificate/download/order/${id}/format/pem_all`)).text,
      );
      if (leaf === undefined || intermediate === undefined || root === undefined) throw new Error("three certificates");
      expect(leaf.verify(intermediate.publicKey)).to.equal(true);
      expect(intermediate.verify(root.publicKey)).to.equal(true);
      expect(leaf.subjectAltName).to.equal("DNS:www.example.com, DNS:a.example.com");
      expect(await csrFor("www.example.com")).to.include("REQUEST");
      const chain = await at.call("GET", `/certificate/${at.cc.order(id).active}/chain`);
      expect(
        (chain.body.intermediates as { pem: string }[]).map(({ pem }) => new X509Certificate(pem).fingerprint),
      ).to.deep.equal([leaf, intermediate, root].map(({ fingerprint }) => fingerprint));
    }),
  );

  for (const [format, type, count] of [
    ["pem_all", "application/x-pem-file", 3],
    ["pem_noroot", "application/x-pem-file", 2],
    ["pem_nointermediate", "application/x-pem-file", 2],
    ["default", "application/zip", 3],
    ["default_pem", "application/zip", 3],
    ["default_cer", "application/zip", 3],
    ["apache", "application/zip", 2],
    ["p7b", "application/x-pkcs7-certificates", 0],
    ["cer", "application/x-pkcs7-certificates", 0],
  ] as const)
    it(
      `format ${format}, by order and by certificate`,
      calling(async (at) => {
        const id = await at.issued();
        for (const path of [
          `/certificate/download/order/${id}/format/${format}`,
          `/certificate/${at.cc.order(id).active}/download/format/${format}`,
        ]) {
          const answer = await at.call("GET", path);
          expect(answer.type).to.equal(type);
          if (type === "application/zip") expect(answer.text.slice(0, 2)).to.equal("PK");
          if (count > 0) expect(pems(answer.text)).to.have.length(count);
          else expect(answer.text).to.match(/^-----BEGIN PKCS7-----/);
        }
      }),
    );

  it(
    "not while it waits, and not in a format that is not documented",
    calling(async (at) => {
      await at.place();
      expect(codes(await at.call("GET", "/certificate/download/order/700001/format/pem_all"))).to.deep.equal([
        "cert_unavailable_processing",
      ]);
      const id = await at.issued();
      expect(codes(await at.call("GET", `/certificate/download/order/${id}/format/docx`))).to.deep.equal([
        "invalid_value:format",
      ]);
    }),
  );
});
