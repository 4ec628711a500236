import { expect } from "chai";
import { CANARIES } from "../../sandbox/index.js";
import { data, first, list, type Probes } from "./probes.js";

/** Switches of how comms and certificates are shown. */
export const READ_PROBES = {
  certificatesInComm: {
    present: async (at) => {
      await at.given();
      expect(data(await at.read()).certificates).to.have.length(1);
    },
    missing: async (at) => {
      await at.given();
      expect(data(await at.read())).to.not.have.property("certificates");
      expect((await list(at, { withCerts: true }))[0]?.certificates).to.have.length(1);
    },
    null: async (at) => {
      await at.given();
      expect(data(await at.read()).certificates).to.equal(null);
    },
    empty: async (at) => {
      await at.given();
      expect(data(await at.read()).certificates).to.deep.equal([]);
      expect((await list(at, { withCerts: true }))[0]?.certificates).to.have.length(1);
    },
  },
  keyCasing: {
    camel: async (at) => {
      await at.given();
      expect(data(await at.read())).to.include.keys("commId", "mailboxId", "certificates");
      expect(await first(at)).to.include.keys("certKeyId", "notAfter");
    },
    "upper-id": async (at) => {
      await at.given();
      expect(data(await at.read())).to.include.keys("commID", "mailboxID", "certificates");
      expect(await first(at)).to.include.keys("certKeyID", "notAfter");
    },
    pascal: async (at) => {
      await at.given();
      const shown = data(await at.read());
      expect(shown).to.include.keys("CommID", "MailboxID", "Certificates");
      expect((shown.Certificates as object[])[0]).to.include.keys("CertKeyID", "NotAfter", "RootInfo");
    },
  },
  labels: {
    kept: async (at) => {
      await at.given({ keyId: "k", userId: "u", partnerId: "P" });
      expect(await first(at)).to.include({ keyId: "k", userId: "u", partnerId: "P" });
    },
    dropped: async (at) => {
      const id = await at.given({ keyId: "k", userId: "u", partnerId: "P", partnerUrl: "https://p.example" });
      const shown = await first(at);
      expect(shown).to.not.have.any.keys("keyId", "userId");
      expect(shown).to.include({ partnerId: "P", partnerUrl: "https://p.example" });
      expect(at.sandbox.ecgrid.certificate(5001, id)).to.include({ keyId: "k", userId: "u" });
    },
  },
  withCerts: {
    include: async (at) => {
      at.sandbox.ecgrid.addComm({ commId: 5002 });
      await at.given();
      const shown = (await list(at, { withCerts: true })).map(({ certificates }) => certificates?.length);
      expect(shown).to.deep.equal([1, 0]);
    },
    filter: async (at) => {
      at.sandbox.ecgrid.addComm({ commId: 5002 });
      await at.given();
      const shown = await list(at, { withCerts: true });
      expect(shown.map(({ commId }) => commId)).to.deep.equal([5001]);
      expect(shown[0]).to.not.have.property("certificates");
      expect(await list(at, {})).to.have.length(2);
    },
  },
  hashOnRead: {
    SHA256: async (at) => {
      await at.given();
      expect((await first(at)).secureHashAlgorithm).to.equal("SHA256");
    },
    sha2: async (at) => {
      await at.given();
      await at.given({ secureHashAlgorithm: "SHA1" });
      expect((await at.listed()).map((one) => one.secureHashAlgorithm)).to.deep.equal(["sha2", "sha1"]);
    },
    sha256RSA: async (at) => {
      await at.given();
      expect((await first(at)).secureHashAlgorithm).to.equal("sha256RSA");
    },
  },
  terminatedOnRead: {
    listed: async (at) => {
      await at.given({ status: "Terminated" });
      expect((await first(at)).status).to.equal("Terminated");
    },
    hidden: async (at) => {
      await at.given({ status: "Terminated" });
      expect(await at.listed()).to.deep.equal([]);
      expect((await list(at, { withCerts: true }))[0]?.certificates).to.deep.equal([]);
      at.sandbox.variants.newId = "certificates";
      expect(data(await at.create()).certificates).to.have.length(1);
    },
  },
  envelopeExtras: {
    missing: async (at) => {
      expect((await at.read()).body).to.have.all.keys("success", "data");
    },
    null: async (at) => {
      expect((await at.read()).body).to.include({ errorCode: null, message: null });
    },
    present: async (at) => {
      expect((await at.read()).body).to.include({ errorCode: "", message: "" });
    },
  },
  privateMaterial: {
    sent: async (at) => {
      await at.given();
      await at.given({ hasPrivateKey: false });
      const { text } = await at.read();
      for (const canary of Object.values(CANARIES)) expect(text.split(canary)).to.have.length(2);
    },
    withheld: async (at) => {
      await at.given();
      const { text } = await at.read();
      for (const canary of Object.values(CANARIES)) expect(text).to.not.include(canary);
    },
  },
  dates: {
    zulu: async (at) => {
      await at.given();
      expect((await first(at)).notBefore).to.equal("2026-03-01T10:00:00Z");
    },
    "no-zone": async (at) => {
      await at.given();
      expect((await first(at)).notBefore).to.equal("2026-03-01T10:00:00");
    },
    "seven-digits": async (at) => {
      await at.given();
      expect((await first(at)).notBefore).to.equal("2026-03-01T10:00:00.0000000Z");
    },
  },
  publicCertificate: {
    "der-base64": async (at) => {
      const id = await at.given();
      expect((await first(at)).publicCertificate).to.equal(at.sandbox.ecgrid.certificate(5001, id)?.der);
    },
    "pem-base64": async (at) => {
      await at.given();
      const pem = Buffer.from(String((await first(at)).publicCertificate), "base64").toString();
      expect(pem).to.match(/^-----BEGIN CERTIFICATE-----\n/);
    },
    absent: async (at) => {
      await at.given();
      expect(await first(at)).to.not.have.property("publicCertificate");
    },
  },
  commTypeKey: {
    commType: async (at) => {
      expect(data(await at.read())).to.include({ commType: "as2" });
    },
    type: async (at) => {
      expect(data(await at.read()))
        .to.include({ type: "as2" })
        .and.not.have.property("commType");
    },
  },
  commFields: {
    sample: async (at) => {
      expect(data(await at.read())).to.not.have.property("signData");
    },
    full: async (at) => {
      expect(data(await at.read())).to.include({ signData: true, receipt: "SynchronousSigned" });
    },
  },
  privateKeyFilter: {
    requires: async (at) => {
      expect(await list(at, { privateKeyRequired: true })).to.have.length(1);
    },
    has: async (at) => {
      expect(await list(at, { privateKeyRequired: false })).to.have.length(1);
      expect(await list(at, { privateKeyRequired: true })).to.have.length(0);
      await at.given();
      expect(await list(at, { privateKeyRequired: true })).to.have.length(1);
      at.sandbox.variants.defaults = "unusual";
      at.sandbox.ecgrid.addComm({ commId: 5002 });
      expect(await list(at, {}), "MCP's default").to.have.length(1);
    },
  },
  additions: {
    none: async (at) => {
      await at.given();
      expect((await at.read()).text).to.not.include("addedLater");
    },
    present: async (at) => {
      await at.given();
      expect((await at.read()).body).to.have.property("addedLater");
      expect(data(await at.read())).to.have.property("addedLater");
      expect(await first(at))
        .to.include({ certType: "cstAddedLater" })
        .and.have.property("addedLater");
    },
  },
} satisfies Partial<Probes>;
