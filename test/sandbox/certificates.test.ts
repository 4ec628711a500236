import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import { bench } from "./client.js";
import { pfx } from "./files.js";

const SAMPLE = {
  commId: 5001,
  mailboxId: 101,
  commType: "as2",
  identifier: "MYCOMPANY-AS2",
  status: "Active",
  useType: "Production",
  privateKeyRequired: true,
  withCerts: true,
};

describe("sandbox: POST /v2/certificates/create (ecgrid.md 1.3)", () => {
  it(
    "makes what the sample asks for and answers the eight fields",
    bench(async ({ create, sandbox, listed }) => {
      const answer = await create({
        beginUsage: "2026-05-07T00:00:00Z",
        usage: "EncryptionAndSignature",
        secureHashAlgorithm: "SHA256",
        partnerAs2Id: "PARTNER-AS2-ID",
        expires: "2028-05-07T00:00:00Z",
      });
      expect(answer.status).to.equal(200);
      expect(answer.body).to.deep.equal({ success: true, data: SAMPLE });
      const [shown] = await listed();
      expect(shown).to.include({
        certKeyId: 100,
        partnerId: "PARTNER-AS2-ID",
        type: "X509",
        usage: "EncryptionAndSignature",
        secureHashAlgorithm: "SHA256",
        subject: "CN=MYCOMPANY-AS2",
        hasPrivateKey: true,
        beginUsage: "2026-05-07T00:00:00Z",
        endUsage: "2028-05-07T00:00:00Z",
        notBefore: "2026-03-01T10:00:00Z",
        notAfter: "2028-05-07T00:00:00Z",
        status: "Active",
        certType: "cstPFXBlob",
      });
      expect(sandbox.ecgrid.certificate(5001, 100)).to.include({ generated: true });
    }),
  );

  it(
    "fills in what is left out",
    bench(async ({ create, listed }) => {
      await create();
      expect((await listed())[0]).to.include({
        usage: "EncryptionAndSignature",
        beginUsage: "2026-03-01T10:00:00Z",
        notAfter: "2028-03-01T10:00:00Z",
      });
    }),
  );

  it(
    "gives every certificate a key pair and an id of its own, never used twice",
    bench(async ({ create, sandbox }) => {
      await create();
      await create();
      sandbox.ecgrid.vanish(5001, 101);
      await create();
      const all = sandbox.ecgrid.certificates(5001);
      expect(all.map(({ certKeyId }) => certKeyId)).to.deep.equal([100, 102]);
      const keys = all.map(
        ({ der = "" }) => new X509Certificate(Buffer.from(der, "base64")).publicKey.export({ format: "jwk" }).x,
      );
      expect(new Set(keys).size).to.equal(2);
    }),
  );

  for (const [what, fields, named] of [
    ["SSL, which the page does not name", { usage: "SSL" }, "usage"],
    ["a hash in another spelling", { secureHashAlgorithm: "sha2" }, "secureHashAlgorithm"],
    ["an end in the past", { expires: "2026-02-28T00:00:00Z" }, "expires"],
    ["a day that does not exist", { expires: "2028-02-30T00:00:00Z" }, "expires"],
    ["a date in words", { expires: "May 7 2028" }, "expires"],
    ["a year that X.509 cannot write", { expires: "9999-12-31T23:59:59-05:00" }, "expires"],
    ["a number for a text", { partnerAs2Id: 7 }, "partnerAs2Id"],
  ] as const) {
    it(
      `refuses ${what}`,
      bench(async ({ create, sandbox }) => {
        const answer = await create(fields);
        expect(answer.status).to.equal(400);
        expect(answer.body).to.include({ success: false, errorCode: "InvalidParameter", data: null });
        expect(answer.body.message).to.include(named);
        expect(sandbox.ecgrid.certificates(5001)).to.deep.equal([]);
        expect(sandbox.log.made()[0]).to.include({ outcome: "refused", status: 400 });
      }),
    );
  }
});

describe("sandbox: POST /v2/certificates/renew (ecgrid.md 1.4)", () => {
  it(
    "makes a new key pair beside the old certificate, which keeps its key and id",
    bench(async ({ renew, given, sandbox, listed }) => {
      const old = await given({ certKeyId: 88, notAfter: "2026-03-21T10:00:00Z" });
      const answer = await renew(old, { secureHashAlgorithm: "SHA384" });
      expect(answer.body).to.deep.equal({ success: true, data: SAMPLE });
      const [before, after] = await listed();
      expect(before).to.include({ certKeyId: 88, status: "Active", endUsage: "2026-03-21T10:00:00Z" });
      expect(after).to.include({
        certKeyId: 100,
        beginUsage: "2026-03-01T10:00:00Z",
        notAfter: "2028-03-01T10:00:00Z",
        secureHashAlgorithm: "SHA384",
      });
      expect(after?.thumbprint).to.not.equal(before?.thumbprint);
      expect(sandbox.ecgrid.certificate(5001, 100)).to.include({ renewedFrom: 88, generated: true });
      expect(sandbox.ecgrid.active(5001)).to.have.length(2);
    }),
  );

  it(
    "takes two years, and keeps the hash, where the request says nothing",
    bench(async ({ call, given, sandbox }) => {
      const certKeyId = await given({ secureHashAlgorithm: "SHA512" });
      await call("POST", "/v2/certificates/renew", { commId: 5001, certKeyId });
      expect(sandbox.ecgrid.certificate(5001, certKeyId + 1)).to.include({
        notAfter: "2028-03-01T10:00:00Z",
        secureHashAlgorithm: "SHA512",
      });
    }),
  );

  for (const [what, fields, status, named] of [
    ["a certificate that the comm does not have", { certKeyId: 999 }, 404, "certKeyId"],
    ["a negative overlap", { overlapDays: -1 }, 400, "overlapDays"],
    ["an overlap beyond 16 bits", { overlapDays: 32_768 }, 400, "overlapDays"],
    ["no year at all", { years: 0 }, 400, "years"],
    ["half a year", { years: 0.5 }, 400, "years"],
    ["years beyond 16 bits", { years: 32_768 }, 400, "years"],
    ["years beyond what X.509 can write", { years: 32_767 }, 400, "years"],
  ] as const) {
    it(
      `refuses ${what}`,
      bench(async ({ renew, given, sandbox }) => {
        const answer = await renew(await given(), fields);
        expect(answer.status).to.equal(status);
        expect(answer.body.message).to.include(named);
        expect(sandbox.ecgrid.certificates(5001)).to.have.length(1);
      }),
    );
  }

  for (const [what, fields] of [
    ["uploaded", { generated: false }],
    ["public", { hasPrivateKey: false }],
    ["terminated", { status: "Terminated" }],
    ["suspended", { status: "Suspended" }],
  ] as const) {
    it(
      `refuses a ${what} certificate`,
      bench(async ({ renew, given }) => {
        const answer = await renew(await given(fields));
        expect(answer.status).to.equal(400);
        expect(answer.body.message).to.include("certKeyId");
      }),
    );
  }

  it(
    "two at once leave two successors, and a terminate in between leaves a whole answer to both",
    bench(async ({ renew, terminate, given, sandbox }) => {
      const old = await given();
      const answers = await Promise.all([renew(old), renew(old), terminate(old), renew(old)]);
      const renewed = answers.filter((answer, at) => at !== 2 && answer.status === 200).length;
      const successors = sandbox.ecgrid.certificates(5001).filter(({ renewedFrom }) => renewedFrom === old);
      expect(successors).to.have.length(renewed);
      expect(sandbox.ecgrid.certificate(5001, old)?.status).to.equal("Terminated");
      expect(sandbox.log.made().filter(({ outcome }) => outcome === "executed")).to.have.length(renewed + 1);
    }),
  );
});

describe("sandbox: POST /v2/certificates/terminate (ecgrid.md 1.5)", () => {
  it(
    "ends one certificate for good and answers a boolean",
    bench(async ({ terminate, given, sandbox, listed }) => {
      const [one, other] = [await given({ certKeyId: 88 }), await given()];
      const answer = await terminate(one);
      expect(answer.body).to.deep.equal({ success: true, data: true });
      expect((await listed()).map(({ certKeyId, status }) => [certKeyId, status])).to.deep.equal([
        [88, "Terminated"],
        [other, "Active"],
      ]);
      expect(sandbox.ecgrid.active(5001).map(({ certKeyId }) => certKeyId)).to.deep.equal([other]);
    }),
  );

  it(
    "does not reach a certificate of another comm",
    bench(async ({ terminate, sandbox }) => {
      sandbox.ecgrid.addComm({ commId: 5002 });
      const elsewhere = await sandbox.ecgrid.addCertificate({ commId: 5002 });
      expect((await terminate(elsewhere)).status).to.equal(404);
      expect(sandbox.ecgrid.certificate(5002, elsewhere)?.status).to.equal("Active");
    }),
  );
});

describe("sandbox: POST /v2/certificates/add-private and add-public (ecgrid.md 1.1, 1.2)", () => {
  it(
    "add-private stores a certificate with a private key, and the log keeps neither file nor password",
    bench(async ({ call, sandbox, listed }) => {
      const file = await pfx("open sesame");
      const answer = await call("POST", "/v2/certificates/add-private", {
        commId: 5001,
        certType: "X509",
        keyId: "my-private-key-2026",
        userId: "edi-system",
        beginUsage: "2026-05-07T00:00:00Z",
        usage: "EncryptionAndSignature",
        cert: file.pfx,
        password: "open sesame",
      });
      expect(answer.body).to.deep.equal({ success: true, data: SAMPLE });
      expect((await listed())[0]).to.include({
        keyId: "my-private-key-2026",
        userId: "edi-system",
        hasPrivateKey: true,
        beginUsage: "2026-05-07T00:00:00Z",
        thumbprint: file.thumbprint,
      });
      expect(sandbox.ecgrid.certificates(5001)[0]).to.include({ generated: false });
      const [logged] = sandbox.log.made();
      expect(logged?.operation).to.equal("ecgrid.certificates.add-private commId=5001");
      expect(logged?.body).to.include({ cert: "present", password: "present" });
      expect(JSON.stringify(sandbox.log.all())).to.not.include("open sesame").and.not.include(file.pfx);
    }),
  );

  for (const form of ["DER", "PEM"] as const) {
    it(
      `add-public stores the certificate that came, ${form} in Base64`,
      bench(async ({ call, given, sandbox }) => {
        const source = sandbox.ecgrid.certificate(5001, await given({ secureHashAlgorithm: "SHA384" }));
        const x509 = new X509Certificate(Buffer.from(source?.der ?? "", "base64"));
        const file = form === "DER" ? x509.raw : Buffer.from(x509.toString());
        const answer = await call("POST", "/v2/certificates/add-public", {
          commId: 5001,
          certType: "X509",
          partnerCommId: "PARTNER-AS2-ID",
          partnerUrl: "https://as2.tradingpartner.com/receive",
          cert: file.toString("base64"),
        });
        expect(answer.status, answer.text).to.equal(200);
        const stored = sandbox.ecgrid.certificates(5001)[1];
        expect(stored).to.include({
          hasPrivateKey: false,
          generated: false,
          partnerId: "PARTNER-AS2-ID",
          partnerUrl: "https://as2.tradingpartner.com/receive",
          thumbprint: source?.thumbprint,
          serialNumber: source?.serialNumber,
          der: source?.der,
          notAfter: source?.notAfter,
          secureHashAlgorithm: "SHA384",
        });
      }),
    );
  }

  for (const [what, path, fields, named] of [
    ["a private upload without a file", "add-private", { certType: "X509" }, "cert"],
    ["a file that is not Base64", "add-private", { certType: "X509", cert: "not base64!" }, "cert"],
    ["an unknown type", "add-private", { certType: "x509", cert: "AAAA" }, "certType"],
    ["no type", "add-public", { cert: "AAAA" }, "certType"],
    ["a file that is no certificate", "add-public", { certType: "X509", cert: "AAAA" }, "cert"],
    [
      "a partner URL that is none",
      "add-public",
      { certType: "X509", cert: "AAAA", partnerUrl: "nowhere" },
      "partnerUrl",
    ],
  ] as const) {
    it(
      `refuses ${what}`,
      bench(async ({ call, sandbox }) => {
        const answer = await call("POST", `/v2/certificates/${path}`, { commId: 5001, ...fields });
        expect(answer.status).to.equal(400);
        expect(answer.body.message).to.include(named);
        expect(sandbox.ecgrid.certificates(5001)).to.deep.equal([]);
      }),
    );
  }
});
