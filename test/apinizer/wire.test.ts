import { expect } from "chai";
import { createHash, X509Certificate } from "node:crypto";
import fc from "fast-check";
import type { Answer } from "../../provider/core/perform.js";
import { readCertificates, readJwks, readDeployment, readReply, saysNotFound } from "../../provider/apinizer/wire.js";
import { makePfx } from "../../sandbox/index.js";
import { mutatedAnswer } from "../instrument/mutations.js";

const answer = (body: unknown, status = 200): Answer => ({
  status,
  contentType: "application/json",
  body: typeof body === "string" ? body : JSON.stringify(body),
  traceId: "t",
});
const row = (environmentName: string, success: boolean, message: string): object => ({
  environmentName,
  success,
  message,
});

describe("what Apinizer says of a deployment", () => {
  const D1 = {
    success: true,
    deploymentResult: {
      success: false,
      message: "Partly",
      environmentResults: [
        row("production", true, "Deployed successfully"),
        row("staging", false, "Connection refused"),
      ],
    },
  };
  const RESULTS = [
    { environment: "production", success: true, message: "Deployed successfully" },
    { environment: "staging", success: false, message: "Connection refused" },
  ];
  const pod = (
    envName: string,
    podName: string,
    success: boolean,
    detail: string,
    detailList: object[] = [],
  ): object => ({
    envName,
    podName,
    podIp: "10.0.0.1",
    success,
    detail,
    responseTime: 4,
    detailList,
  });

  it("D1 and D2: a row for each environment", () => {
    expect(readDeployment(D1)).to.deep.equal({ listed: true, success: false, message: "Partly", results: RESULTS });
    const { environmentResults, ...rest } = D1.deploymentResult;
    expect(
      readDeployment({ success: true, deploymentResult: { ...rest, deploymentResults: environmentResults } }).results,
    ).to.deep.equal(RESULTS);
  });

  it("D3: rows for each pod, at any depth; one that failed fails its environment", () => {
    const result = readDeployment({
      status: "SUCCESS",
      deploymentResult: {
        success: false,
        detailList: [
          pod("production", "a", true, "ok"),
          pod("production", "b", false, "Connection refused"),
          pod("staging", "", true, "ok", [{ podName: "c", success: false, detail: "Time out" }]),
          pod("test", "d", true, "ok", [pod("test", "e", true, "ok")]),
        ],
      },
    });
    expect(result.results).to.deep.equal([
      { environment: "production", success: false, message: "Connection refused" },
      { environment: "staging", success: false, message: "Time out" },
      { environment: "test", success: true, message: "ok" },
    ]);
  });

  it("D3: its own detail is the message", () => {
    const deploymentResult = { success: false, detail: "Deployment failed", detailList: [] };
    expect(readDeployment({ success: true, deploymentResult })).to.deep.equal({
      ...{ listed: false, results: [], success: false, message: "Deployment failed" },
    });
  });

  it("D4: names alone", () => {
    expect(
      readDeployment({
        deploymentResult: { deployed: false, deployedEnvironments: ["production"], failedEnvironments: ["staging"] },
      }),
    ).to.deep.equal({
      listed: true,
      success: false,
      results: [
        { environment: "production", success: true },
        { environment: "staging", success: false },
      ],
    });
  });

  for (const [name, body, success] of [
    ["D5, a flag alone", { success: true, deploymentResult: { success: true } }, true],
    ["D5, null", { success: true, deploymentResult: null }, undefined],
    ["nothing", { success: true }, undefined],
    ["an empty list of a failure", { status: "SUCCESS", deploymentResult: { success: false, detailList: [] } }, false],
    [
      "an empty list of a success",
      { success: true, deploymentResult: { success: true, environmentResults: [] } },
      true,
    ],
    ["rows without a name", { deploymentResult: { success: true, environmentResults: [{ success: true }] } }, true],
  ] as const)
    it(`is known of no environment: ${name}`, () => {
      expect(readDeployment(body)).to.deep.include({ listed: false, results: [], success });
    });

  it("a row that does not say success has not succeeded", () => {
    for (const success of [undefined, null, "true", 1])
      expect(
        readDeployment({ deploymentResult: { success: true, environmentResults: [{ environmentName: "p", success }] } })
          .results,
      ).to.deep.equal([{ environment: "p", success: false }]);
  });

  it("never takes an environment for deployed that no row says so of, whatever the answer", () => {
    fc.assert(
      fc.property(mutatedAnswer(D1), (reply) => {
        const read = readReply(reply);
        const { results, listed } = readDeployment(read.outcome === "done" ? read.data : undefined);
        expect(listed).to.equal(results.length > 0);
        expect(new Set(results.map(({ environment }) => environment)).size).to.equal(results.length);
        for (const { environment, success } of results)
          if (success) expect(reply.body).to.include("true").and.include(JSON.stringify(environment).slice(1, -1));
      }),
      { seed: 20260304, numRuns: 3000 },
    );
  });
});

describe("answers of Apinizer", () => {
  for (const [name, body, status] of [
    ["A under 200", { status: "FAILURE", resultMessage: "Certificate (name: c) is not found!" }, 200],
    ["A under 400", { status: "FAILURE", resultMessage: "Certificate (name: c) is not found!" }, 400],
    ["B under 404", { error: "not_found", error_description: "Certificate (name: c) is not found!" }, 404],
    ["the AI gateway's spelling", { status: "FAIL", resultMessage: "Certificate (name: c) is not found!" }, 200],
    ["success false", { success: false, resultMessage: "Certificate (name: c) is not found!" }, 200],
  ] as const)
    it(`a no is told by its words, not by its status: ${name}`, () => {
      const reply = readReply(answer(body, status));
      expect(reply.outcome).to.equal("refused");
      if (reply.outcome !== "done") {
        expect(saysNotFound(reply, "Certificate", "c")).to.equal(true);
        expect(saysNotFound(reply, "Certificate", "d")).to.equal(false);
      }
    });

  it("an empty 404, an html page and a fault are no answers that say anything is gone", () => {
    expect(readReply(answer("", 404))).to.include({ outcome: "refused", cameBack: "HTTP 404, an empty body" });
    expect(readReply(answer("<html>", 200)).outcome).to.equal("unknown");
    expect(
      readReply(answer({ status: "FAILURE", resultMessage: "An unexpected error occurred" }, 500)).outcome,
    ).to.equal("unknown");
  });

  it("both envelopes, both kinds of content and both spellings of times give the same certificate", async () => {
    const { pem } = await makePfx({
      subject: "CN=gw",
      password: "",
      notBefore: "2026-01-01T00:00:00Z",
      notAfter: "2027-01-01T00:00:00Z",
    });
    const der = new X509Certificate(pem).raw;
    const sha1 = createHash("sha1").update(der).digest("hex");
    const entry = (base64EncodedContent: string | undefined, sha1Thumbprint: string, endDate: string): object => ({
      environmentName: "production",
      startDate: "2026-01-01T00:00:00Z",
      endDate,
      base64EncodedContent,
      sha1Thumbprint,
      subjectDn: "CN=gw",
      alias: "gw",
    });
    const list = (one: object, envelope: object): unknown => ({
      ...envelope,
      resultList: [{ name: "c", certificateEnvironmentList: [one] }],
    });
    const read = [
      list(entry(der.toString("base64"), "placeholder", "2027-01-01T00:00:00.000Z"), { success: true }),
      list(entry(Buffer.from(pem).toString("base64"), sha1, "2027-01-01T00:00:00Z"), {
        status: "SUCCESS",
        resultCount: 1,
      }),
      list(entry(undefined, sha1, "2027-01-01T00:00:00Z"), { status: "SUCCESS" }),
    ].map((body) => readCertificates(body));
    const { x, y } = new X509Certificate(pem).publicKey.export({ format: "jwk" });
    for (const [at, one] of read.entries())
      expect(one).to.deep.equal({
        ok: true,
        value: [
          {
            name: "c",
            entries: [
              {
                environment: "production",
                alias: "gw",
                thumbprint: sha1.toUpperCase(),
                subject: "CN=gw",
                notBefore: "2026-01-01T00:00:00Z",
                notAfter: "2027-01-01T00:00:00Z",
                ...(at === 2
                  ? {}
                  : { pem: new X509Certificate(pem).toString(), key: { kty: "EC", crv: "P-256", x, y } }),
              },
            ],
          },
        ],
      });
  });

  it("of a JWK, public members alone are read", () => {
    const row = (more: object) => ({ success: true, resultList: [{ name: "j", kid: "1", ...more }] });
    const privates = { d: "D", p: "P", q: "Q", dp: "DP", dq: "DQ", qi: "QI", oth: [{ r: "R" }] };
    const members = (more: object): unknown => {
      const read = readJwks(row(more));
      return read.ok ? read.value[0]?.members : read.problem;
    };
    expect(members({ rsa: { n: "N", e: "AQAB", ...privates } })).to.deep.equal({ kty: "RSA", n: "N", e: "AQAB" });
    expect(members({ ec: { crv: "P-256", x: "X", y: "Y", d: "D" } })).to.deep.equal({
      ...{ kty: "EC", crv: "P-256" },
      ...{ x: "X", y: "Y" },
    });
    expect(members({ okp: { crv: "Ed25519", x: "X", d: "D" } })).to.deep.equal({ kty: "OKP", crv: "Ed25519", x: "X" });
    expect(members({ type: "OCT", oct: { k: "K" } })).to.equal(undefined);
    expect(members({ rsa: { e: "AQAB" } }), "not all of them are there").to.equal(undefined);
    expect(JSON.stringify(readJwks(row({ rsa: { n: "N", e: "E", ...privates } })))).to.not.match(
      /"(d|p|q|dp|dq|qi|oth)"/,
    );
    const attached = (more: object): unknown => {
      const read = readJwks(row(more));
      return read.ok ? read.value[0]?.attached : read.problem;
    };
    expect([{ sourceId: "1" }, { sourceId: null }, {}].map(attached)).to.deep.equal([true, false, undefined]);
  });

  it("a missing list is not an empty one; null is", () => {
    expect(readCertificates({ success: true }).ok).to.equal(false);
    expect(readCertificates({ success: true, resultList: null })).to.deep.equal({ ok: true, value: [] });
    expect(readCertificates({ resultList: [{ name: "c" }] }).ok).to.equal(false);
  });
});
