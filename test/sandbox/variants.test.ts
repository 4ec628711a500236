import { expect } from "chai";
import { CANARIES, VARIANTS, type VariantSettings } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { bench, type Answer, type Bench } from "./client.js";

/** What a client sees under each value of each switch. The type demands all of them. */
type Probes = { [Name in keyof VariantSettings]: Record<VariantSettings[Name], (at: Bench) => Promise<void>> };

type Row = Record<string, unknown> & { certificates?: Record<string, unknown>[] | null };

const data = (answer: Answer): Row => answer.body.data as Row;

const first = async (at: Bench): Promise<Record<string, unknown>> => (await at.listed())[0] ?? {};

const list = async (at: Bench, body: object): Promise<Row[]> =>
  (await at.call("POST", "/v2/comms/list", body)).body.data as Row[];

/** Renews a certificate that ends on 20 June, with 30 days of overlap. @returns the old one and the new one. */
async function renewed(at: Bench): Promise<[old: Record<string, unknown>, fresh: Record<string, unknown>]> {
  const id = await at.given({ notAfter: "2026-06-20T10:00:00Z" });
  expect((await at.renew(id)).status).to.equal(200);
  const [old = {}, fresh = {}] = await at.listed();
  return [old, fresh];
}

/** Probes of an answer to something refused: status, and `data` where it is a success. */
const answers =
  (act: (at: Bench) => Promise<Answer>, status: number, shown: unknown = null) =>
  async (at: Bench): Promise<void> => {
    const answer = await act(at);
    expect(answer.status).to.equal(status);
    expect(answer.body.data).to.deep.equal(shown);
  };

const accepted = (act: (at: Bench) => Promise<Answer>) => async (at: Bench) => {
  expect((await act(at)).body.success).to.equal(true);
  expect(at.sandbox.log.made().at(-1)?.outcome).to.equal("executed");
};

const refused = (act: (at: Bench) => Promise<Answer>) => async (at: Bench) => {
  expect((await act(at)).status).to.equal(400);
  expect(at.sandbox.log.made().at(-1)?.outcome).to.equal("refused");
};

const again = async (at: Bench): Promise<Answer> => {
  const id = await at.given();
  await at.renew(id);
  return at.renew(id);
};
const twice = async (at: Bench): Promise<Answer> => {
  const id = await at.given();
  await at.terminate(id);
  return at.terminate(id);
};
const expired = async (at: Bench): Promise<Answer> =>
  at.renew(await at.given({ notBefore: "2024-01-01T00:00:00Z", notAfter: "2026-01-01T00:00:00Z" }));
const foreign = (at: Bench): Promise<Answer> => {
  at.sandbox.ecgrid.addComm({ commId: 6001, tenant: "other" });
  return at.call("GET", "/v2/comms/6001");
};
const limited = (at: Bench): Promise<Answer> => {
  at.sandbox.hostile.add({ match: "*", mode: "429" });
  return at.read();
};
const weak = (at: Bench): Promise<Answer> => {
  at.key = at.sandbox.ecgrid.issueKey({ authLevel: "MailboxUser" });
  return at.create();
};

const PROBES: Probes = {
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
  newId: {
    none: async (at) => {
      expect(data(await at.create())).to.not.have.any.keys("certKeyId", "certificates");
    },
    "top-level": async (at) => {
      expect(data(await at.create()).certKeyId).to.equal(100);
      expect(data(await at.renew(100)).certKeyId).to.equal(101);
    },
    certificates: async (at) => {
      await at.given();
      expect(data(await at.create()).certificates?.map(({ certKeyId }) => certKeyId)).to.deep.equal([100, 101]);
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
  hashOnWrite: {
    rest: async (at) => {
      expect((await at.create({ secureHashAlgorithm: "SHA512" })).status).to.equal(200);
      expect((await at.create({ secureHashAlgorithm: "sha2" })).status).to.equal(400);
    },
    soap: async (at) => {
      expect((await at.create({ secureHashAlgorithm: "SHA256" })).status).to.equal(400);
      expect((await at.create({ secureHashAlgorithm: "sha2" })).status).to.equal(200);
      expect((await first(at)).secureHashAlgorithm).to.equal("SHA256");
    },
  },
  overlap: {
    rest: async (at) => {
      const [old, fresh] = await renewed(at);
      expect(old).to.include({ endUsage: "2026-03-31T10:00:00Z", notAfter: "2026-06-20T10:00:00Z", status: "Active" });
      expect(fresh).to.include({ beginUsage: "2026-03-01T10:00:00Z", notAfter: "2028-03-01T10:00:00Z" });
    },
    soap: async (at) => {
      const [old, fresh] = await renewed(at);
      expect(old).to.include({ endUsage: "2026-06-20T10:00:00Z" });
      expect(fresh).to.include({ beginUsage: "2026-05-21T10:00:00Z", notAfter: "2028-05-21T10:00:00Z" });
    },
    parallel: async (at) => {
      const [old, fresh] = await renewed(at);
      expect(old).to.include({ endUsage: "2026-06-20T10:00:00Z" });
      expect(fresh).to.include({ beginUsage: "2026-03-01T10:00:00Z", notAfter: "2028-03-01T10:00:00Z" });
    },
  },
  renewAgain: { accepted: accepted(again), "400": refused(again) },
  renewExpired: { accepted: accepted(expired), "400": refused(expired) },
  renewUploaded: {
    "400": refused(async (at) => at.renew(await at.given({ generated: false }))),
    accepted: accepted(async (at) => at.renew(await at.given({ generated: false }))),
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
  repeatTerminate: {
    false: answers(twice, 200, false),
    "404": answers(twice, 404),
    "400": answers(twice, 400),
    true: answers(twice, 200, true),
  },
  terminateUnknown: {
    "404": answers((at) => at.terminate(999), 404),
    "400": answers((at) => at.terminate(999), 400),
    false: async (at) => {
      await answers(() => at.terminate(999), 200, false)(at);
      expect(at.sandbox.log.made()[0]?.outcome).to.equal("refused");
    },
  },
  errorBody: {
    envelope: async (at) => {
      const { status, body } = await at.renew(999);
      expect(status).to.equal(404);
      expect(body).to.include({ success: false, errorCode: "ObjectNotFound", data: null });
    },
    problem: async (at) => {
      const { status, body, headers } = await at.renew(999);
      expect(status).to.equal(404);
      expect(headers.get("content-type")).to.equal("application/problem+json");
      expect(body).to.have.all.keys("title", "detail", "traceId");
    },
  },
  failureStatus: {
    http: answers((at) => at.renew(999), 404),
    "200": async (at) => {
      const { status, body } = await at.renew(999);
      expect(status).to.equal(200);
      expect(body).to.include({ success: false, errorCode: "ObjectNotFound" });
      expect(at.sandbox.log.made()[0]?.outcome).to.equal("refused");
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
  defaults: {
    usual: async (at) => {
      await at.create();
      expect(await first(at)).to.include({ usage: "EncryptionAndSignature", secureHashAlgorithm: "SHA256" });
      expect((await first(at)).notAfter).to.equal("2028-03-01T10:00:00Z");
    },
    unusual: async (at) => {
      await at.create();
      expect(await first(at)).to.include({ usage: "Signature", secureHashAlgorithm: "SHA1" });
      expect((await first(at)).notAfter).to.equal("2027-03-01T10:00:00Z");
      await at.call("POST", "/v2/certificates/renew", { commId: 5001, certKeyId: 100 });
      expect((await first(at)).endUsage).to.equal("2026-03-01T10:00:00Z");
    },
  },
  rateLimitHeader: {
    seconds: async (at) => {
      expect((await limited(at)).headers.get("retry-after")).to.equal("0");
    },
    date: async (at) => {
      const { headers } = await limited(at);
      expect(headers.get("retry-after")).to.equal("Sun, 01 Mar 2026 10:00:00 GMT");
      expect(headers.get("date")).to.equal("Sun, 01 Mar 2026 10:00:00 GMT");
    },
    missing: async (at) => {
      expect((await limited(at)).headers.get("retry-after")).to.equal(null);
    },
  },
  neededAuthLevel: {
    any: accepted(weak),
    NetworkAdmin: async (at) => {
      expect((await at.create()).status).to.equal(200);
      const answer = await weak(at);
      expect(answer.status).to.equal(403);
      expect(answer.body.errorCode).to.equal("AccessDenied");
      expect((await at.read()).status).to.equal(200);
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
  expiresPrecision: {
    exact: async (at) => {
      await at.create({ expires: "2027-05-07T13:14:15.1234567Z" });
      expect((await first(at)).notAfter).to.equal("2027-05-07T13:14:15Z");
    },
    day: async (at) => {
      await at.create({ expires: "2027-05-07T13:14:15Z" });
      expect((await first(at)).notAfter).to.equal("2027-05-07T00:00:00Z");
    },
    ignored: async (at) => {
      await at.create({ expires: "2027-05-07T13:14:15Z" });
      expect((await first(at)).notAfter).to.equal("2028-03-01T10:00:00Z");
    },
  },
  visibility: {
    "at-once": async (at) => {
      await at.create();
      expect(await at.listed()).to.have.length(1);
    },
    "second-read": async (at) => {
      await at.given();
      expect(await at.listed(), "what was there before the test is listed").to.have.length(1);
      await at.create();
      expect(await at.listed()).to.have.length(1);
      expect(await at.listed()).to.have.length(2);
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
  otherTenant: { "404": answers(foreign, 404), "403": answers(foreign, 403) },
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
};

describe("sandbox: variants", () => {
  for (const [name, values] of Object.entries(PROBES)) {
    for (const [value, probe] of Object.entries(values)) {
      it(
        `${name} = ${value}`,
        bench(async (at) => {
          setVariant(at.sandbox.variants, name, value);
          await probe(at);
        }),
      );
    }
  }

  it("are listed with a default, a section and a sentence", () => {
    for (const { name, section, says, values, default: usual } of VARIANTS) {
      expect(section, name).to.match(/^ecgrid\.md \d/);
      expect(says, name).to.not.equal("");
      expect(values).to.include(usual);
      expect(Object.keys(PROBES[name as keyof VariantSettings]), name).to.have.members([...values]);
    }
  });

  it(
    "are given at the start, changed at any time, and held to the table",
    bench(
      async ({ sandbox: { variants } }) => {
        expect(variants.overlap).to.equal("soap");
        variants.overlap = "parallel";
        expect({ ...variants }).to.include({ overlap: "parallel", newId: "none" });
        expect(() => Object.assign(variants, { overlap: "sop" })).to.throw("Allowed: rest, soap, parallel");
        expect(() => Object.assign(variants, { overlaps: "soap" })).to.throw("There is no variant");
        await Promise.resolve();
      },
      { variants: { overlap: "soap" } },
    ),
  );
});
