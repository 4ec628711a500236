import { expect } from "chai";
import type { Answer, Bench } from "./client.js";
import { pfx } from "./files.js";
import { accepted, answers, data, first, refused, type Probes } from "./probes.js";

/** Renews a certificate that ends on 20 June, with 30 days of overlap. @returns the old one and the new one. */
async function renewed(at: Bench): Promise<[old: Record<string, unknown>, fresh: Record<string, unknown>]> {
  const id = await at.given({ notAfter: "2026-06-20T10:00:00Z" });
  expect((await at.renew(id)).status).to.equal(200);
  const [old = {}, fresh = {}] = await at.listed();
  return [old, fresh];
}

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

const upload = async (at: Bench): Promise<Answer> =>
  at.call("POST", "/v2/certificates/add-private", { commId: 5001, certType: "X509", cert: (await pfx()).pfx });
const uploadedTwice = async (at: Bench): Promise<Answer> => {
  expect((await upload(at)).status).to.equal(200);
  return upload(at);
};
/** The answer to the last of 101 requests. */
const crowd = async (at: Bench): Promise<Answer> => {
  for (let turn = 0; turn < 100; turn++) expect((await at.read()).status).to.equal(200);
  return at.read();
};

/** Switches of what a request does, and of how it is answered. */
export const CHANGE_PROBES = {
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
  createSsl: {
    "400": refused((at) => at.create({ usage: "SSL" })),
    accepted: async (at) => {
      await accepted(() => at.create({ usage: "SSL" }))(at);
      expect((await first(at)).usage).to.equal("SSL");
    },
  },
  duplicateUpload: {
    accepted: async (at) => {
      expect((await uploadedTwice(at)).status).to.equal(200);
      expect(at.sandbox.ecgrid.certificates(5001)).to.have.length(2);
    },
    refused: async (at) => {
      const { status, body } = await uploadedTwice(at);
      expect(status).to.equal(400);
      expect(body).to.include({ success: false, errorCode: "DuplicateObject", data: null });
      expect(at.sandbox.ecgrid.certificates(5001)).to.have.length(1);
      expect(at.sandbox.log.made().map(({ outcome }) => outcome)).to.deep.equal(["executed", "refused"]);
    },
  },
  renewAgain: { accepted: accepted(again), "400": refused(again) },
  renewExpired: { accepted: accepted(expired), "400": refused(expired) },
  renewUploaded: {
    "400": refused(async (at) => at.renew(await at.given({ generated: false }))),
    accepted: accepted(async (at) => at.renew(await at.given({ generated: false }))),
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
  defaults: {
    usual: async (at) => {
      await at.create();
      expect(await first(at)).to.include({ usage: "EncryptionAndSignature", secureHashAlgorithm: "SHA256" });
      expect((await first(at)).notAfter).to.equal("2028-03-01T10:00:00Z");
      expect((await upload(at)).status).to.equal(200);
      const uploaded = (await at.listed())[1];
      expect(uploaded).to.include({ usage: "EncryptionAndSignature", beginUsage: "2026-03-01T10:00:00Z" });
    },
    unusual: async (at) => {
      await at.create();
      expect(await first(at)).to.include({ usage: "Signature", secureHashAlgorithm: "SHA1" });
      expect((await first(at)).notAfter).to.equal("2027-03-01T10:00:00Z");
      const old = await at.given({ secureHashAlgorithm: "SHA384" });
      await at.call("POST", "/v2/certificates/renew", { commId: 5001, certKeyId: old });
      const [, before, after] = await at.listed();
      expect(before?.endUsage, "no overlap").to.equal("2026-03-01T10:00:00Z");
      expect(after?.secureHashAlgorithm).to.equal("SHA1");
      expect((await upload(at)).status).to.equal(200);
      const uploaded = (await at.listed())[3];
      expect(uploaded).to.include({ usage: "Signature", beginUsage: "2026-01-01T00:00:00Z" });
    },
  },
  rateLimit: {
    none: async (at) => {
      expect((await crowd(at)).status).to.equal(200);
    },
    "100-per-minute": async (at) => {
      const { status, headers } = await crowd(at);
      expect(status).to.equal(429);
      expect(headers.get("retry-after")).to.equal("60");
      expect((await at.create()).body.errorCode).to.equal("RateLimitExceeded");
      expect(at.sandbox.log.made()[0]).to.include({ outcome: "not executed", status: 429 });
      at.sandbox.clock.advance({ seconds: 30 });
      for (let turn = 0; turn < 100; turn++) expect((await at.read()).status).to.equal(429);
      at.sandbox.clock.advance({ seconds: 30 });
      expect((await at.create()).status, "what was turned away does not count").to.equal(200);
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
  otherTenant: { "404": answers(foreign, 404), "403": answers(foreign, 403) },
} satisfies Partial<Probes>;
