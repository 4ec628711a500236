import { expect } from "chai";
import { RIGHTS, type Right } from "../../../sandbox/apinizer/store.js";
import { signIn } from "./answerProbes.js";
import { calling, CERTS, JWKS, list, message, P, type Answer, type Caller } from "./client.js";

const PERMISSION = "User does not have required permission for this operation!";
const without = (...rights: Right[]): Record<string, Right[]> => ({
  "*": RIGHTS.filter((right) => !rights.includes(right)),
});
const TRUSTSTORE = "/projects/admin/certificates/truststore/production/";

const READS = [CERTS, `${CERTS}edge/`, JWKS, `${JWKS}signer/`, `${P}/environments/`];
const WRITES: Readonly<Record<string, (at: Caller) => Promise<Answer>>> = {
  "create a certificate": (at) => at.create({ certificateName: "new", alias: "new" }),
  "update a certificate": (at) => at.update(),
  "delete a certificate": (at) => at.remove(),
  "create a JWK": (at) => at.jwk({ name: "new" }),
  "generate a JWK": (at) => at.generate(),
  "parse a JWK": (at) => at.json("POST", `${JWKS}parse-from-certificate`, {}),
  "update a JWK": (at) => at.json("PUT", `${JWKS}signer/`, { description: "d" }),
  "delete a JWK": (at) => at.send("DELETE", `${JWKS}signer/`),
};

describe("sandbox: tokens of Apinizer (apinizer.md 1.2)", () => {
  const unauthorized = async (at: Caller, Authorization?: string): Promise<unknown[]> => {
    const headers: Record<string, string> = Authorization === undefined ? {} : { Authorization };
    const answer = await at.send("GET", CERTS, undefined, headers);
    return [answer.status, message(answer)];
  };

  it(
    "are asked for everywhere, and said to be missing, not valid or expired",
    calling(async (at) => {
      const empty = [401, "Empty Key! Client must be authenticated to access this resource."];
      expect(await unauthorized(at)).to.deep.equal(empty);
      expect(await unauthorized(at, at.token)).to.deep.equal(empty);
      expect(await unauthorized(at, "Bearer x")).to.deep.equal([401, "Token is not valid!"]);
      const until = at.apinizer.issueToken("2026-03-01T10:00:10Z");
      expect((await unauthorized(at, `Bearer ${until}`))[0]).to.equal(200);
      at.sandbox.clock.advance({ seconds: 10 });
      expect(await unauthorized(at, `Bearer ${until}`)).to.deep.equal([401, "Token was expired!"]);
      expect((await unauthorized(at, `Bearer ${at.token}`))[0]).to.equal(200);
      at.apinizer.setEnabled(false);
      expect(await unauthorized(at, `Bearer ${at.token}`)).to.deep.equal([401, "Token is not valid!"]);
      for (const path of [...READS, "/environments/", "/test/hello/me", TRUSTSTORE])
        expect((await at.send("GET", path, undefined, {})).status, path).to.equal(401);
    }),
  );

  it(
    "are got by client credentials, and expire after an hour of the sandbox's clock",
    calling(async (at) => {
      const { status, body, headers } = await signIn(at);
      expect([status, body.token_type, body.expires_in]).to.deep.equal([200, "Bearer", 3600]);
      expect(headers.get("content-type")).to.include("application/json");
      at.token = String(body.access_token);
      at.sandbox.clock.advance({ seconds: 3599 });
      expect((await at.get(CERTS)).status).to.equal(200);
      at.sandbox.clock.advance({ seconds: 1 });
      expect((await at.get(CERTS)).status).to.equal(401);
      at.token = String((await signIn(at)).body.access_token);
      expect((await at.get(CERTS)).status).to.equal(200);
      at.apinizer.expireTokens();
      expect((await at.get(CERTS)).status).to.equal(401);
      at.token = at.apinizer.token;
      expect((await at.get(CERTS)).status).to.equal(200);
    }),
  );

  it(
    "are refused for another grant, another password, JSON, and a user that is disabled",
    calling(async (at) => {
      const grant = await signIn(at, { grant_type: "password" });
      expect([grant.status, grant.body]).to.deep.equal([
        400,
        { error: "unsupported_grant_type", error_description: "GrantType value must be client_credentials!" },
      ]);
      const bad = { error: "unauthorized_client", error_description: "Bad credentials" };
      for (const more of [{ client_secret: "x" }, { client_secret: "" }, { client_id: "nobody" }]) {
        const answer = await signIn(at, more);
        expect([answer.status, answer.body]).to.deep.equal([401, bad]);
      }
      at.apinizer.setEnabled(false);
      expect((await signIn(at)).body).to.deep.equal(bad);
      expect((await at.send("POST", "/auth/token/", "x", {})).status).to.equal(404);
    }),
  );

  it(
    "health needs none, hello does",
    calling(async (at) => {
      expect((await at.send("GET", "/test/healthcheck", undefined, {})).text).to.equal("OK");
      expect((await at.get("/test/hello/Ann%20Own")).text).to.equal("Hello Ann Own");
    }),
  );
});

describe("sandbox: who may what at Apinizer (apinizer.md 1.3)", () => {
  for (const path of READS)
    it(
      `GET ${path} takes any right in the project, and shows none that is not seen`,
      calling(async (at) => {
        await at.givenJwk();
        at.as({ partners: ["PROXIES+VIEW"] });
        expect((await at.get(path)).status).to.equal(200);
        at.apinizer.setRights([], "partners", "other");
        const hidden = await at.get(path);
        expect([hidden.status, message(hidden)]).to.deep.equal([
          400,
          "Project (partners) is not found or user does not have privilege to access it!",
        ]);
        const elsewhere = await at.get(path.replace("partners", "nowhere"));
        expect(message(elsewhere)).to.equal(String(message(hidden)).replace("partners", "nowhere"));
      }),
    );

  for (const [what, write] of Object.entries(WRITES))
    it(
      `to ${what} takes SECRETS+MANAGE and SECRETS+DEPLOY_UNDEPLOY in a project that is seen`,
      calling(async (at) => {
        await at.givenJwk();
        const before = JSON.stringify([at.apinizer.certificates(), at.apinizer.jwks()]);
        at.as(without("SECRETS+MANAGE"));
        for (const rights of [without("SECRETS+MANAGE")["*"], without("SECRETS+DEPLOY_UNDEPLOY")["*"]]) {
          at.apinizer.setRights(rights ?? [], "*", "other");
          const answer = await write(at);
          expect([answer.status, message(answer)]).to.deep.equal([400, PERMISSION]);
        }
        at.apinizer.setRights([], "*", "other");
        expect(message(await write(at))).to.include("Project (partners) is not found or");
        expect(JSON.stringify([at.apinizer.certificates(), at.apinizer.jwks()])).to.equal(before);
        expect(at.sandbox.log.made().map(({ outcome }) => outcome)).to.not.include("executed");
      }),
    );

  it(
    "who may not deploy may write where that is switched on, and nothing is deployed or undeployed",
    calling(
      async (at) => {
        await at.givenJwk();
        const before = at.served("production");
        at.as(without("SECRETS+DEPLOY_UNDEPLOY"));
        const answers = [
          await at.create({ certificateName: "new", alias: "new" }),
          await at.update(),
          await at.remove(),
        ];
        for (const { status, body } of answers)
          expect([status, body.success, (body.deploymentResult as { success: boolean }).success]).to.deep.equal([
            ...[200, true, false],
          ]);
        expect(at.served("production")).to.deep.equal(before);
        expect(at.served("production", "new")).to.deep.equal([undefined, undefined]);
        for (const act of [at.generate(), at.send("DELETE", `${JWKS}signer/`)])
          expect((await act).status).to.equal(200);
        expect((await at.json("PUT", `${JWKS}own/`, { name: "renamed" })).status).to.equal(200);
        expect(at.apinizer.jwks().map(({ name }) => name)).to.deep.equal(["renamed"]);
      },
      { apNoDeployRight: "saved" },
    ),
  );

  it(
    "truststores are of the project admin alone, for any right there",
    calling(async (at) => {
      await at.given();
      expect(message(await at.get(`${CERTS}truststore/production/`))).to.equal(PERMISSION);
      at.as({ admin: ["PROXIES+VIEW"] });
      expect((await at.get(TRUSTSTORE)).status).to.equal(200);
      expect(message(await at.get(`${TRUSTSTORE}export-file/`))).to.equal(PERMISSION);
      at.apinizer.setRights([], "admin", "other");
      expect(message(await at.get(TRUSTSTORE))).to.include("Project (admin) is not found or");
    }),
  );

  it(
    "exports and imports take SECRETS+EXPORT_IMPORT",
    calling(async (at) => {
      await at.givenJwk();
      at.as(without("SECRETS+EXPORT_IMPORT"));
      for (const answer of [
        await at.get(`${CERTS}edge/export/`),
        await at.get(`${CERTS}edge/export-file/`),
        await at.get(`${JWKS}signer/export-file/`),
        await at.import(),
      ])
        expect([answer.status, message(answer)]).to.deep.equal([400, PERMISSION]);
    }),
  );

  it(
    "environments are those that a project reaches, or all; a certificate goes to no other",
    calling(async (at) => {
      at.apinizer.addProject("others");
      at.apinizer.addEnvironment("sandbox", { type: "SANDBOX", projects: ["others"], published: false });
      const names = async (path: string): Promise<unknown[]> => list(await at.get(path)).map(({ name }) => name);
      expect(await names(`${P}/environments/`)).to.deep.equal(["production", "staging"]);
      expect(await names("/projects/others/environments/")).to.deep.equal(["production", "staging", "sandbox"]);
      expect(await names("/environments/")).to.deep.equal(["production", "staging", "sandbox"]);
      expect((await at.get("/environments/")).body.resultCount).to.equal(3);
      expect(message(await at.create({ environmentList: "sandbox" }))).to.include("Environment (sandbox) is not found");
    }),
  );

  it(
    "permission errors may be in form B while others are in form A",
    calling(
      async (at) => {
        expect((await at.as(without("SECRETS+MANAGE")).create()).body).to.deep.equal({
          error: "access_denied",
          error_description: PERMISSION,
        });
      },
      { apDenied: "403", apError: "oauth" },
    ),
  );
});
