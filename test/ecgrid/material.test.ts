import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { expect } from "chai";
import fc from "fast-check";
import { webcrypto, X509Certificate } from "node:crypto";
import type { Answer } from "../../provider/core/perform.js";
import { readCommAnswer, readReply } from "../../provider/ecgrid/wire.js";

const CERTIFICATE = {
  certKeyId: 88,
  usage: "EncryptionAndSignature",
  status: "Active",
  hasPrivateKey: true,
  beginUsage: "2026-05-07T00:00:00Z",
  endUsage: "2028-05-07T00:00:00Z",
  notBefore: "2026-05-07T00:00:00Z",
  notAfter: "2028-05-07T00:00:00Z",
};
const answer = (status: number, body: unknown): Answer => ({
  status,
  contentType: "application/json",
  body: JSON.stringify(body),
  traceId: "t",
});

/** A certificate of an answer as it is read, or the problem in words. */
function certificate(more: Readonly<Record<string, unknown>>): Record<string, unknown> | string {
  const read = readCommAnswer({ commId: 5001, certificates: [{ ...CERTIFICATE, ...more }] });
  return typeof read === "string" ? read : { ...read.certificates?.[0] };
}

describe("ids on the wire", () => {
  for (const [value, read] of [
    [88, 88],
    ["88", 88],
    [null, undefined],
    ["", undefined],
    [" ", undefined],
    [true, undefined],
    [[], undefined],
    [1.5, undefined],
    ["x", undefined],
    [undefined, undefined],
  ] as const) {
    it(`${JSON.stringify(value) as string | undefined} as certKeyId ${read === undefined ? "is named as a problem" : `is ${read}`}`, () => {
      const got = certificate({ certKeyId: value });
      if (read === undefined) expect(got).to.be.a("string").that.includes("certKeyId");
      else expect(got).to.include({ certKeyId: read });
    });
    it(`${JSON.stringify(value) as string | undefined} as commId ${read === undefined ? "is named as a problem" : `is ${read}`}`, () => {
      const got = readCommAnswer({ commId: value });
      if (read === undefined) expect(got).to.be.a("string").that.includes("commId");
      else expect(got).to.have.nested.property("comm.commId", read);
    });
  }
});

describe("fields of a certificate on the wire", () => {
  for (const field of ["usage", "status", "hasPrivateKey", "beginUsage", "endUsage", "notBefore", "notAfter"]) {
    it(`${field} is always there, and named when it is not`, () => {
      expect(certificate({ [field]: undefined }))
        .to.be.a("string")
        .that.includes(field);
      expect(certificate({ [field]: null }))
        .to.be.a("string")
        .that.includes(field);
    });
  }

  for (const field of ["secureHashAlgorithm", "serialNumber", "thumbprint", "subject", "issuer", "partnerId"]) {
    it(`${field} may be missing, null, empty or of another type`, () => {
      for (const value of [undefined, null, "", 7, {}]) {
        expect(certificate({ [field]: value }))
          .to.be.an("object")
          .that.does.not.have.property(field);
      }
    });
  }

  it("the first spelling that has a value counts", () => {
    expect(certificate({ certKeyId: null, CertKeyID: 89 })).to.include({ certKeyId: 89 });
    expect(certificate({ PartnerAS2ID: "P" })).to.include({ partnerId: "P" });
  });

  it("values that the vendor may add are taken as they are", () => {
    expect(certificate({ status: "Revoked", usage: "Everything" })).to.include({
      status: "Revoked",
      usage: "Everything",
    });
  });
});

describe("the public certificate on the wire", () => {
  let pem: string;
  let privatePem: string;

  before(async () => {
    x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
    const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=wire test",
      serialNumber: "0a1b2c",
      notBefore: new Date("2026-05-07"),
      notAfter: new Date("2028-05-07"),
      keys,
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    });
    pem = made.toString("pem");
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
    privatePem = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
  });

  const forms: readonly (readonly [string, () => Buffer])[] = [
    ["DER", () => new X509Certificate(pem).raw],
    ["PEM", () => Buffer.from(pem)],
    ["PEM behind its private key", () => Buffer.from(privatePem + pem)],
  ];
  for (const [name, form] of forms) {
    it(`${name}: gives PEM, serial and thumbprint, and nothing private`, () => {
      const read = certificate({ publicCertificate: form().toString("base64") });
      expect(read).to.include({
        serialNumber: "0A1B2C",
        thumbprint: new X509Certificate(pem).fingerprint.replaceAll(":", ""),
      });
      expect(read).to.have.property("pem").that.includes("BEGIN CERTIFICATE");
      expect(JSON.stringify(read)).to.not.include("PRIVATE");
    });
  }

  it("the service's own words for serial and thumbprint count before those of the certificate", () => {
    const publicCertificate = Buffer.from(pem).toString("base64");
    expect(certificate({ publicCertificate, serialNumber: "ff", thumbprint: "ee" })).to.include({
      serialNumber: "FF",
      thumbprint: "EE",
    });
  });

  it("a key that is not X.509 has no PEM, and is no problem", () => {
    const publicCertificate = Buffer.from("ssh-rsa AAAA").toString("base64");
    expect(certificate({ publicCertificate })).to.be.an("object").that.does.not.have.property("pem");
  });
});

describe("private material on the wire, wherever a service puts it", () => {
  const canary = "canary-private-material";
  const holders = fc.constantFrom(
    { rootInfo: { password: canary, privatePFX: canary } },
    { RootInfo: { Password: canary } },
    { httpAuthentication: { type: "Basic", user: canary, password: canary } },
    { HTTPAuthentication: { Password: canary } },
    { password: canary },
    { cert: canary, privateKey: canary },
  );
  const errors = fc.constantFrom({}, { errorCode: "InvalidParameter", message: "no" }, { title: "no", detail: "no" });

  it("never reaches what is kept or said", () => {
    fc.assert(
      fc.property(
        fc.tuple(holders, holders, holders),
        errors,
        fc.constantFrom(200, 201, 302, 400, 401, 404, 429, 500, 503),
        fc.boolean(),
        fc.option(fc.constantFrom(...Object.keys(CERTIFICATE)), { nil: undefined }),
        fc.constantFrom<unknown>(null, {}, [], 7, "x", true),
        ([inEnvelope, inComm, inCertificate], error, status, success, field, odd) => {
          const broken = field === undefined ? {} : { [field]: odd };
          const data = {
            commId: 5001,
            ...inComm,
            certificates: [{ ...CERTIFICATE, ...inCertificate, ...broken }],
          };
          const reply = readReply(answer(status, { success, ...error, ...inEnvelope, data }));
          const kept = reply.outcome === "done" ? readCommAnswer(reply.data) : reply;
          expect(JSON.stringify(kept)).to.not.include(canary);
        },
      ),
      { numRuns: 1000, seed: 20260301 },
    );
  });

  it("an endless word of the vendor's is cut", () => {
    const endless = "x".repeat(100_000);
    const reply = readReply(answer(500, { title: endless, detail: endless, traceId: endless }));
    expect(JSON.stringify(reply).length).to.be.lessThan(2000);
  });
});
