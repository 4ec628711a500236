import { expect } from "chai";
import fc from "fast-check";
import type { Answer } from "../../provider/core/perform.js";
import { readCommAnswer, readReply } from "../../provider/ecgrid/wire.js";

const TRACE = "t".repeat(32);
const answer = (status: number, body: unknown, contentType = "application/json"): Answer => ({
  status,
  contentType,
  body: typeof body === "string" ? body : JSON.stringify(body),
  traceId: TRACE,
});

const SECRETS = ["canary-password-1", "canary-pfx-2", "canary-http-3"];
const CERTIFICATE = {
  certKeyId: 88,
  usage: "EncryptionAndSignature",
  status: "Active",
  hasPrivateKey: true,
  serialNumber: "0a:bc",
  thumbprint: "ab cd",
  beginUsage: "2026-05-07T00:00:00",
  endUsage: "2028-05-07T00:00:00.0000000Z",
  notBefore: "2026-05-07T00:00:00Z",
  notAfter: "2028-05-07T02:00:00+02:00",
  rootInfo: { password: SECRETS[0], privatePFX: SECRETS[1] },
};
const COMM = {
  commId: 5001,
  mailboxId: 101,
  commType: "as2",
  certificates: [CERTIFICATE],
  httpAuthentication: { type: "Basic", password: SECRETS[2] },
};

describe("ECGrid's envelope", () => {
  for (const [name, got, outcome, cameBack] of [
    ["success", answer(200, { success: true, data: true }), "done", ""],
    [
      "error body A",
      answer(400, { success: false, errorCode: "InvalidParameter", message: "years", data: null }),
      "refused",
      "HTTP 400, InvalidParameter: years",
    ],
    [
      "error body B",
      answer(404, { title: "Not found", detail: "no such comm", traceId: "x" }),
      "refused",
      "HTTP 404, Not found: no such comm",
    ],
    [
      "success:false under 200",
      answer(200, { success: false, errorCode: "AccessDenied", message: "no" }),
      "refused",
      "HTTP 200, AccessDenied: no",
    ],
    [
      "an internal error under 200",
      answer(200, { success: false, errorCode: "InternalError" }),
      "unknown",
      "HTTP 200, InternalError",
    ],
    [
      "a rate limit",
      answer(429, { success: false, errorCode: "RateLimitExceeded" }),
      "not executed",
      "HTTP 429, RateLimitExceeded",
    ],
    [
      "a server fault",
      answer(500, { success: false, errorCode: "InternalError" }),
      "unknown",
      "HTTP 500, InternalError",
    ],
    [
      "a yes under an error status",
      answer(500, { success: true, data: {} }),
      "unknown",
      "HTTP 500, a body without an error text",
    ],
    ["no flag at all", answer(200, { data: {} }), "unknown", "HTTP 200, a body without an error text"],
    ["HTML", answer(200, "<html></html>", "text/html"), "unknown", "HTTP 200, a body that is not JSON (text/html)"],
    ["nothing", answer(200, ""), "unknown", "HTTP 200, an empty body"],
    ["a redirect", answer(307, ""), "unknown", "HTTP 307, a redirect"],
    [
      "keys in another casing",
      answer(400, { Success: false, ErrorCode: "InvalidParameter" }),
      "refused",
      "HTTP 400, InvalidParameter",
    ],
  ] as const) {
    it(name, () => {
      const reply = readReply(got);
      expect(reply.outcome).to.equal(outcome);
      if (reply.outcome !== "done") expect(reply.cameBack).to.include(cameBack);
    });
  }

  it("takes the service's trace id where there is one", () => {
    expect(readReply(answer(500, { title: "x", traceId: "theirs" })).traceId).to.equal("theirs");
    expect(readReply(answer(500, "")).traceId).to.equal(TRACE);
  });
});

describe("ECGrid's comms and certificates", () => {
  const read = (data: unknown): Exclude<ReturnType<typeof readCommAnswer>, string> => {
    const got = readCommAnswer(data);
    if (typeof got === "string") throw new Error(got);
    return got;
  };

  it("are normalized: UTC whole seconds, hex in upper case, nothing secret", () => {
    const { comm, certificates } = read(COMM);
    expect(comm).to.deep.equal({ commId: 5001, mailboxId: 101, commType: "as2" });
    expect(certificates).to.deep.equal([
      {
        certKeyId: 88,
        type: "X509",
        usage: "EncryptionAndSignature",
        status: "Active",
        hasPrivateKey: true,
        serialNumber: "0ABC",
        thumbprint: "ABCD",
        beginUsage: "2026-05-07T00:00:00Z",
        endUsage: "2028-05-07T00:00:00Z",
        notBefore: "2026-05-07T00:00:00Z",
        notAfter: "2028-05-07T00:00:00Z",
      },
    ]);
  });

  it("have keys of any casing", () => {
    const upper = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1).replace(/Id$/, "ID");
    const respell = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(respell)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, item]) => [upper(key), respell(item)]))
          : value;
    expect(read(respell(COMM))).to.deep.equal(read(COMM));
  });

  for (const [name, certificates, expected] of [
    ["missing", undefined, undefined],
    ["null", null, undefined],
    ["empty", [], 0],
  ] as const) {
    it(`an array of certificates that is ${name} is told apart`, () => {
      expect(read({ ...COMM, certificates }).certificates?.length).to.equal(expected);
    });
  }

  it("a missing field is named", () => {
    const { notAfter: _, ...without } = CERTIFICATE;
    expect(readCommAnswer({ ...COMM, certificates: [without] })).to.include("certificates.0.notAfter");
    expect(readCommAnswer({ ...COMM, certificates: [{ ...CERTIFICATE, notAfter: "soon" }] })).to.include(
      'notAfter is "soon"',
    );
    expect(readCommAnswer("nonsense")).to.be.a("string");
  });

  it("whatever comes, it is read or refused in words, and no secret passes", () => {
    const text = JSON.stringify({ success: true, data: COMM });
    const mutated = fc
      .tuple(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 20 }), fc.constantFrom(200, 400, 404, 500, 302))
      .map(([at, length, insert, status]) => answer(status, text.slice(0, at) + insert + text.slice(at + length)));
    const anything = fc
      .tuple(fc.anything(), fc.constantFrom(200, 400, 500))
      .map(([value, status]) =>
        answer(
          status,
          (JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? 1 : item)) as
            string | undefined) ?? "",
        ),
      );
    fc.assert(
      fc.property(fc.oneof(mutated, anything), (got) => {
        const reply = readReply(got);
        const comm = reply.outcome === "done" ? readCommAnswer(reply.data) : reply.cameBack;
        const said = JSON.stringify(comm);
        expect(said.length).to.be.lessThan(5000);
        for (const secret of SECRETS) expect(said).to.not.include(secret);
      }),
      { numRuns: 2000, seed: 20260301 },
    );
  });
});
