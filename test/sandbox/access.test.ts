import { expect } from "chai";
import { bench } from "./client.js";

const JSON_TYPE = { "Content-Type": "application/json" };

describe("sandbox: credentials, envelope and errors (ecgrid.md 6 and 7)", () => {
  it(
    "only the version is told without credentials",
    bench(async ({ call }) => {
      expect((await call("GET", "/v2/auth/version", undefined, {})).body).to.deep.equal({ success: true, data: "2.6" });
      for (const [method, path] of [
        ["GET", "/v2/comms/5001"],
        ["POST", "/v2/comms/list"],
        ["POST", "/v2/certificates/create"],
        ["GET", "/v2/users/me"],
      ] as const) {
        const answer = await call(method, path, method === "POST" ? {} : undefined, JSON_TYPE);
        expect(answer.status, path).to.equal(401);
        expect(answer.body).to.include({ success: false, errorCode: "InvalidAPIKey", data: null });
      }
    }),
  );

  it(
    "a wrong or revoked key, and a bearer token, are refused",
    bench(async ({ call, sandbox }) => {
      const { ecgrid } = sandbox;
      const get = async (headers: Record<string, string>): Promise<unknown> =>
        (await call("GET", "/v2/comms/5001", undefined, headers)).body.errorCode;
      expect(await get({ "X-API-Key": "wrong" })).to.equal("InvalidAPIKey");
      expect(await get({ Authorization: "Bearer anything" })).to.equal("InvalidSession");
      expect(await get({ "x-api-key": ecgrid.apiKey })).to.equal(undefined);
      ecgrid.revokeKey(ecgrid.apiKey);
      expect(await get({ "X-API-Key": ecgrid.apiKey })).to.equal("InvalidAPIKey");
    }),
  );

  it(
    "session and user say whose key it is: every tenant has its own user and network",
    bench(async ({ call, sandbox }) => {
      const other = sandbox.ecgrid.issueKey({ tenant: "other", authLevel: "MailboxUser" });
      const who = async (key: string): Promise<unknown> => {
        const me = (await call("GET", "/v2/users/me", undefined, { "X-API-Key": key })).body.data;
        expect((await call("POST", "/v2/auth/session", undefined, { "X-API-Key": key })).body.data).to.deep.equal(me);
        return me;
      };
      expect(await who(sandbox.ecgrid.apiKey)).to.deep.equal({
        userId: 1,
        networkId: 10,
        mailboxId: 101,
        authLevel: "NetworkAdmin",
      });
      expect(await who(other)).to.deep.equal({ userId: 2, networkId: 11, mailboxId: 102, authLevel: "MailboxUser" });
    }),
  );

  it(
    "another tenant neither sees nor changes a comm",
    bench(async (at) => {
      const id = await at.given();
      at.key = at.sandbox.ecgrid.issueKey({ tenant: "other" });
      expect((await at.read()).status).to.equal(404);
      expect((await at.terminate(id)).status).to.equal(404);
      expect((await at.create()).status).to.equal(404);
      expect((await at.call("POST", "/v2/comms/list", {})).body.data).to.deep.equal([]);
      expect((await at.call("POST", "/v2/comms/find", { identifier: "MYCOMPANY-AS2" })).body.data).to.deep.equal([]);
      expect(at.sandbox.ecgrid.active(5001)).to.have.length(1);
    }),
  );

  it(
    "takes JSON objects only",
    bench(async ({ call, key, sandbox }) => {
      const path = "/v2/certificates/create";
      expect((await call("POST", path, "{")).body.errorCode).to.equal("InvalidParameter");
      expect((await call("POST", path, "[]")).body.message).to.include("commId");
      expect((await call("POST", path)).body.message).to.include("commId");
      const form = await call("POST", path, '{"commId":5001}', { "X-API-Key": key, "Content-Type": "text/plain" });
      expect(form.status).to.equal(400);
      expect(form.body.message).to.include("content type");
      const charset = { "X-API-Key": key, "Content-Type": "application/json; charset=utf-8" };
      expect((await call("POST", path, '{"commId":5001}', charset)).status).to.equal(200);
      const large = await call("POST", path, { commId: 5001, partnerAs2Id: "x".repeat(5 * 1024 * 1024) });
      expect(large.status).to.equal(400);
      expect(sandbox.ecgrid.certificates(5001)).to.have.length(1);
    }),
  );

  it(
    "every other path or method is not found",
    bench(async ({ call }) => {
      for (const [method, path] of [
        ["GET", "/v2/certificates"],
        ["DELETE", "/v2/comms/5001"],
        ["PUT", "/v2/comms/update"],
        ["GET", "/v2/certificates/create"],
        ["GET", "/v2/comms/abc"],
        ["GET", "//v2/comms/5001"],
      ] as const) {
        const answer = await call(method, path);
        expect(answer.status, `${method} ${path}`).to.equal(404);
        expect(answer.body.errorCode).to.equal("ObjectNotFound");
      }
    }),
  );
});
