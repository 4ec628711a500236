import { expect } from "chai";
import { CANARIES } from "../../sandbox/index.js";
import { MODES } from "../../sandbox/hostility.js";
import { bench, type Bench } from "./client.js";
import { pfx } from "./files.js";

const SECRET = "s3cret-of-the-request";

/** The log and the state as a person sees them, and as the database keeps the log. */
async function everything(at: Bench): Promise<string> {
  const shown = await Promise.all(
    ["log", "state"].map(async (page) => (await fetch(`${at.sandbox.url}/__sandbox/${page}`)).text()),
  );
  return shown.join("\n") + JSON.stringify(at.sandbox.log.all());
}

describe("sandbox: secrets", () => {
  for (const header of [
    ...["X-API-Key", "Authorization", "X-DC-DEVKEY", "X-PARTNER-APIKEY", "Cookie", "Proxy-Authorization"],
    "X-Connectivity-API-Key",
  ]) {
    it(
      `the log says of ${header} only that it was there`,
      bench(async (at) => {
        await at.call("POST", "/v2/comms/list", {}, { [header]: SECRET, "Content-Type": "application/json" });
        expect(at.sandbox.log.all()[0]?.headers).to.include({ [header.toLowerCase()]: "present" });
        expect(await everything(at)).to.not.include(SECRET);
      }),
    );
  }

  for (const [what, body] of [
    ["a field", { commId: 5001, password: SECRET }],
    ["a field in capitals", { Password: SECRET, APIKEY: SECRET, Token: SECRET, refreshToken: SECRET }],
    ["an object in an object", { login: { user: "u", password: SECRET } }],
    ["a list", [{ password: SECRET }]],
    ["broken JSON", `{"password":"${SECRET}"`],
  ] as const) {
    it(
      `the log keeps no secret of a body in ${what}`,
      bench(async (at) => {
        for (const path of ["/v2/certificates/add-private", "/v2/auth/login", "/v2/users/me"])
          await at.call("POST", path, body);
        expect(at.sandbox.log.all()).to.have.length(3);
        expect(await everything(at)).to.not.include(SECRET);
      }),
    );
  }

  for (const path of [
    ...["/v2/certificates/add-private", "/v2/certificates/Add-Private/", "/v2/certificates/add%2Dprivate"],
    ...["/v2/certificates/create", "/v2/certificates", "/certificates/addprivate"],
  ]) {
    for (const [what, field] of [
      ["as documented", "cert"],
      ["in capitals", "CERT"],
    ] as const) {
      it(
        `the log keeps no private file that is sent to ${path}, named ${what}`,
        bench(async (at) => {
          const { pfx: cert } = await pfx(SECRET);
          for (const body of [
            { [field]: cert },
            { upload: { [field]: cert } },
            [{ [field]: cert }],
            [cert],
            `"${cert}"`,
          ])
            await at.call("POST", path, body);
          expect(at.sandbox.log.all()).to.have.length(5);
          expect(at.sandbox.log.all()[0]?.body).to.deep.equal({ [field]: "present" });
          expect(await everything(at)).to.not.include(cert.slice(0, 40));
        }),
      );
    }
  }

  it(
    "of add-private the log keeps the fields that are no secrets, and only the names of others",
    bench(async (at) => {
      const open = { commId: 5001, certType: "X509", keyId: "k", userId: "u", beginUsage: "2026-05-07", usage: "SSL" };
      const { pfx: cert } = await pfx(SECRET);
      const body = { ...open, cert, password: SECRET, passphrase: SECRET, certificate: cert };
      expect((await at.call("POST", "/v2/certificates/add-private", body)).status).to.equal(200);
      const masked = { cert: "present", password: "present", passphrase: "present", certificate: "present" };
      expect(at.sandbox.log.made()[0]?.body).to.deep.equal({ ...open, ...masked });
      expect(await everything(at))
        .to.not.include(SECRET)
        .and.not.include(cert);
    }),
  );

  it(
    "of add-public the log keeps the file, which anybody may see",
    bench(async (at) => {
      const cert = Buffer.from((await pfx()).pem).toString("base64");
      await at.call("POST", "/v2/certificates/add-public", { commId: 5001, certType: "X509", cert });
      expect(at.sandbox.log.made()[0]?.body).to.include({ cert });
    }),
  );

  for (const certType of ["X509", "PGP", "SSH"] as const) {
    it(
      `neither a private ${certType} file nor its password is in the database, an answer or the log`,
      bench(
        async (at) => {
          const { pfx: cert } = await pfx(SECRET);
          const upload = { commId: 5001, certType, cert, password: SECRET };
          const answer = await at.call("POST", "/v2/certificates/add-private", upload);
          expect(answer.status, answer.text).to.equal(200);
          const tables = ["comm", "certificate", "request", "apiKey"];
          const rows = tables.map((table) => at.sandbox.ecgrid.store.database.prepare(`SELECT * FROM ${table}`).all());
          const text = [JSON.stringify(rows), answer.text, (await at.read()).text, await everything(at)].join("\n");
          const bytes = Buffer.from(cert, "base64");
          // A piece of the sealed middle part, in every spelling that a dump could have.
          const piece = bytes.subarray(99, 132);
          for (const secret of [SECRET, cert.slice(132, 172), piece.toString("base64"), piece.toString("hex")])
            expect(text.toLowerCase()).to.not.include(secret.toLowerCase());
          expect(text).to.include(CANARIES.privatePfx);
        },
        { variants: { newId: "certificates" } },
      ),
    );
  }

  it(
    "a key in a query is neither accepted nor kept",
    bench(async (at) => {
      const answer = await at.call("GET", `/v2/comms/5001?x-api-key=${at.key}`, undefined, {});
      expect(answer.status).to.equal(401);
      expect(await everything(at)).to.not.include(at.key);
    }),
  );

  for (const mode of MODES) {
    it(
      `${mode} leaves neither key nor password in the log`,
      bench(async (at) => {
        for (const executed of [false, true]) {
          at.sandbox.hostile.add({ match: "*", mode, executed });
          const { pfx: cert } = await pfx(SECRET);
          await at
            .call("POST", "/v2/certificates/add-private", { commId: 5001, certType: "X509", cert, password: SECRET })
            .catch(() => undefined);
          const text = await everything(at);
          expect(text).to.not.include(at.key).and.not.include(SECRET).and.not.include(cert);
        }
      }),
    );
  }

  it(
    "private material is in answers, by its documented names, and never in the log or the state",
    bench(async (at) => {
      await at.given();
      at.sandbox.variants.newId = "certificates";
      at.sandbox.variants.commFields = "full";
      for (const answer of [
        await at.read(),
        await at.create(),
        await at.call("POST", "/v2/comms/list", { withCerts: true }),
      ])
        for (const canary of Object.values(CANARIES)) expect(answer.text).to.include(canary);
      expect(at.sandbox.log.all()[0]?.answerFields).to.include.members([
        "data.certificates[].rootInfo.password",
        "data.certificates[].rootInfo.privatePFX",
        "data.httpAuthentication.password",
      ]);
      const text = await everything(at);
      for (const canary of Object.values(CANARIES)) expect(text).to.not.include(canary);
    }),
  );

  for (const [what, ask] of [
    ["GET", (at: Bench) => at.read()],
    ["create", (at: Bench) => at.create()],
    ["list", (at: Bench) => at.call("POST", "/v2/comms/list", { withCerts: true })],
    ["find", (at: Bench) => at.call("POST", "/v2/comms/find", { identifier: "MYCOMPANY-AS2" })],
  ] as const) {
    it(
      `${what} shows no canary where private material is withheld`,
      bench(
        async (at) => {
          await at.given();
          const { status, text } = await ask(at);
          expect(status).to.equal(200);
          for (const canary of Object.values(CANARIES)) expect(text).to.not.include(canary);
        },
        { variants: { privateMaterial: "withheld", newId: "certificates", commFields: "full" } },
      ),
    );
  }
});
