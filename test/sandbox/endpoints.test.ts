import { expect } from "chai";
import { ALSO_SERVED, DOCUMENTED } from "../../sandbox/ecgrid/documentation.js";
import { bench, type Answer, type Bench } from "./client.js";
import { pfx } from "./files.js";

/** The answer of create, renew and add-* word for word (ecgrid.md 1.6, and ECGrid's page of renew). */
const COMM_ID_INFO = `{"success":true,"data":{"commId":5001,"mailboxId":101,"commType":"as2","identifier":"MYCOMPANY-AS2",
 "status":"Active","useType":"Production","privateKeyRequired":true,"withCerts":true}}`;

/** Requests as the pages print them; `cert` of add-* is cut off there, and stands in as `FILE`. */
const SAMPLES = [
  [
    "add-private",
    `{"commId":5001,"certType":"X509","keyId":"my-private-key-2026","userId":"edi-system",
      "beginUsage":"2026-05-07T00:00:00Z","usage":"EncryptionAndSignature","cert":"FILE","password":"..."}`,
    COMM_ID_INFO,
  ],
  [
    "add-public",
    `{"commId":5001,"certType":"X509","keyId":"partner-public-cert-2026","userId":"partner-edi",
      "beginUsage":"2026-05-07T00:00:00Z","usage":"EncryptionAndSignature","partnerCommId":"PARTNER-AS2-ID",
      "partnerUrl":"https://as2.tradingpartner.com/receive","cert":"FILE"}`,
    COMM_ID_INFO,
  ],
  [
    "create",
    `{"commId":5001,"beginUsage":"2026-05-07T00:00:00Z","usage":"EncryptionAndSignature",
      "secureHashAlgorithm":"SHA256","partnerAs2Id":"PARTNER-AS2-ID","expires":"2028-05-07T00:00:00Z"}`,
    COMM_ID_INFO,
  ],
  [
    "renew",
    `{"commId": 5001,"certKeyId": 88,"overlapDays": 30,"years": 2,"secureHashAlgorithm": "SHA256"}`,
    COMM_ID_INFO,
  ],
  ["terminate", `{"commId": 5001,"certKeyId": 88}`, `{"success": true,"data": true}`],
] as const;

/** Every endpoint, with a body that is complete. */
const ENDPOINTS = [...DOCUMENTED, ...ALSO_SERVED].map(({ endpoint }) => {
  const [method = "", path = ""] = endpoint.split(" ");
  return [method, path.replace("{id}", "5001")] as const;
});
const COMPLETE = { commId: 5001, certKeyId: 88, certType: "X509", cert: "AAAA", identifier: "MYCOMPANY-AS2" };

/** A file that an upload takes: PKCS#12 of `password` where it has a private key. */
const fileFor = async (at: Bench, name: string, password = ""): Promise<string> =>
  name === "add-private" ? (await pfx(password)).pfx : (at.sandbox.ecgrid.certificate(5001, 88)?.der ?? "");

const send = ({ call }: Bench, [method, path]: (typeof ENDPOINTS)[number], headers?: object): Promise<Answer> =>
  call(
    method,
    path,
    method === "POST" ? COMPLETE : undefined,
    headers === undefined ? undefined : { ...headers, "Content-Type": "application/json" },
  );

describe("sandbox: the pages' samples", () => {
  for (const [name, request, answer] of SAMPLES) {
    it(
      `${name} answers its sample with the page's answer`,
      bench(async (at) => {
        await at.given({ certKeyId: 88 });
        const file = await fileFor(at, name, "...");
        const answered = await at.call("POST", `/v2/certificates/${name}`, request.replace("FILE", file));
        expect(answered.status, answered.text).to.equal(200);
        expect(answered.headers.get("content-type")).to.equal("application/json");
        expect(answered.body).to.deep.equal(JSON.parse(answer));
        expect(at.sandbox.log.made().map(({ outcome }) => outcome)).to.deep.equal(["executed"]);
      }),
    );
  }
});

describe("sandbox: enums and times of requests", () => {
  for (const [name, field, values] of [
    ["create", "usage", ["Encryption", "Signature", "EncryptionAndSignature"]],
    ["create", "secureHashAlgorithm", ["SHA1", "SHA256", "SHA384", "SHA512"]],
    ["renew", "secureHashAlgorithm", ["SHA1", "SHA256", "SHA384", "SHA512"]],
    ["add-private", "usage", ["SSL", "Encryption", "Signature", "EncryptionAndSignature"]],
    ["add-private", "certType", ["X509", "PGP", "SSH"]],
    ["add-public", "usage", ["SSL", "Encryption", "Signature", "EncryptionAndSignature"]],
  ] as const) {
    it(
      `${name} takes every documented ${field}, keeps it, and takes null for nothing said`,
      bench(async (at) => {
        await at.given({ certKeyId: 88 });
        const cert = await fileFor(at, name);
        const path = `/v2/certificates/${name}`;
        for (const value of values) {
          const { status, text } = await at.call("POST", path, { ...COMPLETE, cert, [field]: value });
          expect(status, text).to.equal(200);
          expect((await at.listed()).at(-1)).to.include({ [field === "certType" ? "type" : field]: value });
        }
        const none = await at.call("POST", path, { ...COMPLETE, cert, [field]: null });
        expect(none.status, none.text).to.equal(field === "certType" ? 400 : 200);
      }),
    );
  }

  for (const [field, values] of [
    ["commType", ["none", "ftp", "sftp", "as2", "http", "oftp", "x400", "gisb", "rnif", "cxml", "ftpsslimplicit"]],
    ["commType", ["peppol", "as4", "undefined", "ftpsslexplicit"]],
    ["useType", ["Undefined", "Test", "Production", "TestAndProduction"]],
  ] as const) {
    it(
      `list takes ${field} ${values.join(", ")}`,
      bench(async ({ call }) => {
        for (const value of values)
          expect((await call("POST", "/v2/comms/list", { [field]: value })).status, value).to.equal(200);
      }),
    );
  }

  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  for (const [sent, shown] of [
    ["2027-05-07T00:00:00Z", "2027-05-07T00:00:00Z"],
    ["2027-05-07T00:00:00.0000000Z", "2027-05-07T00:00:00Z"],
    ["2027-05-07T00:00:00", "2027-05-07T00:00:00Z"],
    ["2027-05-07T00:00:00+02:00", "2027-05-06T22:00:00Z"],
    ["2027-05-07", "2027-05-07T00:00:00Z"],
  ] as const) {
    it(
      `${sent} is a time in UTC wherever the sandbox runs (ecgrid.md 4)`,
      bench(async (at) => {
        process.env.TZ = "America/New_York";
        expect((await at.create({ beginUsage: sent, expires: sent })).status).to.equal(200);
        expect((await at.listed())[0]).to.include({ beginUsage: shown, endUsage: shown, notAfter: shown });
      }),
    );
  }

  for (const commId of [0, -1, 5001.5, "5001", null, true, 2_147_483_648, [5001]]) {
    it(
      `${JSON.stringify(commId)} is no commId`,
      bench(async ({ create }) => {
        const { status, body } = await create({ commId });
        expect(status).to.equal(400);
        expect(body).to.include({ errorCode: "InvalidParameter" });
        expect(body.message).to.include("commId");
      }),
    );
  }
});

describe("sandbox: who may ask (ecgrid.md 6)", () => {
  for (const errorBody of ["envelope", "problem"] as const) {
    for (const [what, headers, errorCode] of [
      ["no key", {}, "InvalidAPIKey"],
      ["an empty key", { "X-API-Key": "" }, "InvalidAPIKey"],
      ["a wrong key", { "X-API-Key": "9f7a1c1e-0000-4000-8000-000000000000" }, "InvalidAPIKey"],
      ["the key under the name of the MCP host", { "X-Connectivity-API-Key": "KEY" }, "InvalidAPIKey"],
      ["the key as a bearer token", { Authorization: "Bearer KEY" }, "InvalidSession"],
    ] as const) {
      it(
        `every endpoint but the version answers 401 to ${what} (${errorBody})`,
        bench(
          async (at) => {
            const filled = Object.entries(headers).map(([name, value]) => [name, value.replace("KEY", at.key)]);
            for (const endpoint of ENDPOINTS) {
              const answer = await send(at, endpoint, Object.fromEntries(filled) as object);
              const named = endpoint.join(" ");
              if (named === "GET /v2/auth/version") expect(answer.status).to.equal(200);
              else {
                expect(answer.status, named).to.equal(401);
                expect(errorBody === "envelope" ? answer.body.errorCode : answer.body.title).to.equal(errorCode);
              }
            }
            expect(new Set(at.sandbox.log.made().map(({ outcome }) => outcome))).to.deep.equal(new Set(["refused"]));
            expect(at.sandbox.ecgrid.certificates(5001)).to.deep.equal([]);
          },
          { variants: { errorBody } },
        ),
      );
    }
  }

  for (const [otherTenant, status, errorCode] of [
    ["404", 404, "ObjectNotFound"],
    ["403", 403, "AccessDenied"],
  ] as const) {
    it(
      `every call that names a comm answers ${otherTenant} to another tenant, and changes nothing`,
      bench(
        async (at) => {
          await at.given({ certKeyId: 88 });
          const before = at.sandbox.ecgrid.certificates(5001);
          at.key = at.sandbox.ecgrid.issueKey({ tenant: "other" });
          for (const endpoint of ENDPOINTS.filter(([, path]) => /certificates|5001/.test(path))) {
            const answer = await send(at, endpoint);
            expect(answer.status, endpoint.join(" ")).to.equal(status);
            expect(answer.body).to.include({ success: false, errorCode, data: null });
          }
          expect(at.sandbox.ecgrid.certificates(5001)).to.deep.equal(before);
        },
        { variants: { otherTenant } },
      ),
    );
  }

  it(
    "every call that names a comm answers 404 when there is none",
    bench(async (at) => {
      at.sandbox.ecgrid.removeComm(5001);
      for (const endpoint of ENDPOINTS.filter(([, path]) => /certificates|5001/.test(path))) {
        const answer = await send(at, endpoint);
        expect(answer.status, endpoint.join(" ")).to.equal(404);
        expect(answer.body).to.include({ success: false, errorCode: "ObjectNotFound", data: null });
      }
    }),
  );
});
