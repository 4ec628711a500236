import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DOCUMENTED_GATEWAY } from "../../../sandbox/apinizer/documentation.js";
import { MODES } from "../../../sandbox/hostility.js";
import { startSandbox } from "../../../sandbox/index.js";
import { fieldPaths } from "../../../sandbox/requestLog.js";
import { endpointOf } from "../../instrument/fieldsLog.js";
import { signIn } from "./answerProbes.js";
import { calling, Caller, CERTS, JWKS, P, pemOf, type Answer } from "./client.js";

/** The log and the state as people see them. */
const everything = async ({ sandbox }: Caller): Promise<string> =>
  (
    await Promise.all(["log", "state"].map(async (page) => (await fetch(`${sandbox.url}/__sandbox/${page}`)).text()))
  ).join("\n");

describe("sandbox: secrets of Apinizer", () => {
  it(
    "no token, password or private key is in the log, the state or the database",
    calling(async (at) => {
      const { clientSecret } = at.apinizer;
      const token = String((await signIn(at)).body.access_token);
      for (const type of ["RSA", "EC", "OCT"]) {
        await at.generate({ name: type, type });
        await at.get(`${JWKS}${type}/`);
        await at.get(`${JWKS}${type}/export-file/`);
      }
      const { database } = at.sandbox.log;
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      const texts = tables.map(({ name }) => JSON.stringify(database.prepare(`SELECT * FROM ${String(name)}`).all()));
      const text = `${texts.join("\n")}${await everything(at)}`;
      const members = ["RSA", "EC", "OCT"].flatMap((name) => Object.values(at.apinizer.privateMembers(name)));
      expect(members).to.have.length(8);
      for (const secret of [at.token, token, clientSecret, ...members]) expect(text).to.not.include(secret);
      const [login] = at.sandbox.log.all();
      expect(login?.body).to.deep.equal({
        ...{ grant_type: "client_credentials", client_id: "automation" },
        client_secret: "present",
      });
      expect(at.sandbox.log.all()[1]?.headers.authorization).to.equal("present");
    }),
  );

  it(
    "what is sent by mistake is not logged, under whatever name",
    calling(async (at) => {
      const key = "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----";
      await at.create({ pemEncodedFile: (await pemOf("first")) + key });
      await at.create({ certificateDescription: key });
      await at.create({ privateKey: "s3cret", keyFile: "s3cret" });
      await at.json("POST", JWKS, { name: "n", rsa: { d: "s3cret", keySize: { k: "s3cret" } }, jwkStr: "s3cret" });
      await at.generate({ ec: { curveType: "P256", d: "s3cret" }, oct: "s3cret" });
      await at.json("POST", `${JWKS}generate`, { name: ["s3cret"], type: { k: "s3cret" } });
      await at.json("POST", JWKS, ["s3cret"]);
      await at.send("POST", `${CERTS}?password=s3cret&token=s3cret`, new URLSearchParams({ secret: "s3cret" }));
      expect(JSON.stringify(at.sandbox.log.all())).to.not.include("s3cret");
      expect(at.sandbox.log.all()[0]?.body).to.deep.equal({
        ...{ certificateName: "edge", alias: "edge-alias", certificateDescription: "TLS of the edge" },
        ...{ environmentList: "production,staging", pemEncodedFile: "present" },
      });
    }),
  );

  for (const mode of MODES)
    it(
      `${mode} is told in the log by its outcome`,
      calling(async (at) => {
        at.sandbox.hostile.add({ match: "POST /apiops/projects/partners/jwks/generate", mode });
        await at.generate().catch(() => undefined);
        const made = at.apinizer.jwks().length === 1;
        expect(at.sandbox.log.made()[0]?.outcome === "executed").to.equal(made);
        const text = await everything(at);
        const members = made ? Object.values(at.apinizer.privateMembers("own")) : [];
        for (const secret of [at.token, ...members]) expect(text).to.not.include(secret);
      }),
    );

  it("a file keeps no password, token or private member", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clm-apinizer-"));
    try {
      const file = join(folder, "sandbox.db");
      const sandbox = await startSandbox({ file });
      const at = new Caller(sandbox);
      await at.generate();
      const secrets = [at.token, at.apinizer.clientSecret, ...Object.values(at.apinizer.privateMembers("own"))];
      await sandbox.close();
      for (const secret of secrets) expect(readFileSync(file).includes(secret)).to.equal(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("sandbox: operations and documented fields of Apinizer", () => {
  it(
    "every mutating call is logged by its operation and target; nothing else is one",
    calling(async (at) => {
      await at.create();
      await at.jwk();
      await at.update({}, "?jwkUpdateAction=UPDATE&updateScope=SAME_PROJECT");
      await at.import();
      await at.generate();
      await at.json("POST", `${JWKS}parse-from-certificate`, { name: "third" });
      await at.json("PUT", `${JWKS}signer/`, {});
      await at.send("DELETE", `${JWKS}signer/`);
      await at.remove("?jwkDeleteAction=DELETE");
      const made = at.sandbox.log.made();
      for (const path of [CERTS, `${CERTS}edge/`, JWKS, `${P}/environments/`]) await at.get(path);
      await signIn(at);
      expect(at.sandbox.log.made()).to.have.length(made.length);
      expect(made.map(({ operation, outcome }) => `${operation ?? ""} ${outcome}`)).to.deep.equal([
        "apinizer.certificates.create project=partners name=edge executed",
        "apinizer.jwks.create project=partners name=signer executed",
        "apinizer.certificates.update project=partners name=edge executed",
        "apinizer.certificates.import project=partners name=edge executed",
        "apinizer.jwks.create project=partners name=own executed",
        "apinizer.jwks.create project=partners name=third refused",
        "apinizer.jwks.update project=partners name=signer executed",
        "apinizer.jwks.delete project=partners name=signer executed",
        "apinizer.certificates.delete project=partners name=edge jwks=DELETE executed",
      ]);
      expect(made[2]?.query).to.equal("jwkUpdateAction=UPDATE&updateScope=SAME_PROJECT");
      expect(made.at(-1)?.query).to.equal("jwkDeleteAction=DELETE");
      expect(at.sandbox.log.all().every(({ system }) => system === "apinizer")).to.equal(true);
    }),
  );

  const requests: Readonly<Record<string, (at: Caller) => Promise<Answer>>> = {
    "POST /apiops/auth/token": (at) => signIn(at),
    "POST /apiops/projects/{project}/certificates/": (at) => at.create({ certificateName: "new", alias: "new" }),
    "PUT /apiops/projects/{project}/certificates/{name}/": (at) => at.update(),
    "POST /apiops/projects/{project}/jwks/": (at) => at.jwk({ name: "new", algorithm: "RS256" }),
    "POST /apiops/projects/{project}/jwks/generate": async (at) => {
      const common = { keyUseType: "SIGNATURE", keyIdType: "SHA256" };
      const valid = { notBeforeTime: "2026-01-01T00:00:00Z", expirationTime: "2028-01-01T00:00:00Z" };
      const own = { description: "d", kid: "k" };
      for (const [type, given] of [
        ["RSA", { keySize: 2048, algorithm: "RSA256" }],
        ["OCT", { keySize: 256, algorithm: "HS256", passwordSaltLength: 8, passwordIterationCount: 1000 }],
        ["OKP", { curveType: "ED25519", algorithm: "EdDSA" }],
      ] as const)
        await at.generate({ ...own, name: type, type, [type.toLowerCase()]: { ...given, ...common, ...valid } });
      return at.generate({ ...own, ec: { curveType: "P256", algorithm: "ES256", ...common, ...valid } });
    },
    "PUT /apiops/projects/{project}/jwks/{name}/": (at) =>
      at.json("PUT", `${JWKS}signer/`, { name: "signer", description: "d" }),
  };

  for (const { endpoint, section, answer, request } of DOCUMENTED_GATEWAY)
    it(
      `${endpoint} answers every documented field (${section})`,
      calling(async (at) => {
        await at.given({ pem: await pemOf("first", "rsa") });
        at.apinizer.addJwkOutside("signer", at.apinizer.certificate("edge"));
        const [method = "", path = ""] = endpoint.split(" ");
        const plain = path
          .replace("/apiops", "")
          .replace("{project}", path.includes("truststore") ? "admin" : "partners")
          .replace("{environment}", "production")
          .replace("{name}", path.includes("/jwks/") ? "signer" : "edge");
        const { status, body, text } = await (requests[endpoint]?.(at) ?? at.send(method, plain));
        expect(status, text).to.equal(200);
        expect(fieldPaths(body)).to.include.members([...answer]);
        const logged = at.sandbox.log.all();
        expect(new Set(logged.map(endpointOf))).to.deep.equal(new Set([endpoint]));
        if (request.length > 0)
          expect(logged.flatMap((each) => fieldPaths(each.body))).to.include.members([...request]);
      }),
    );
});
