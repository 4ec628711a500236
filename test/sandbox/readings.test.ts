import { expect } from "chai";
import { createHash, X509Certificate } from "node:crypto";
import { CANARIES, type VariantSettings } from "../../sandbox/index.js";
import { bench, type Bench } from "./client.js";
import { pfx } from "./files.js";

const parsed = (shown: unknown): X509Certificate => new X509Certificate(Buffer.from(String(shown), "base64"));

/** A comm's answer with the names of its keys in lower case. */
function lower(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lower);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), lower(item)]));
}

describe("sandbox: readings of overlapDays (ecgrid.md 1.4)", () => {
  // The clock says 1 March 2026, 10:00. `old` is the old one's endUsage afterwards, `fresh` the new one's beginUsage.
  for (const [overlap, notAfter, overlapDays, old, fresh, end] of [
    ["rest", "2026-06-20", 30, "2026-03-31", "2026-03-01", "2028-03-01"],
    ["rest", "2026-06-20", 0, "2026-03-01", "2026-03-01", "2028-03-01"],
    ["rest", "2026-03-11", 30, "2026-03-11", "2026-03-01", "2028-03-01"],
    ["rest", "2026-02-01", 30, "2026-02-01", "2026-03-01", "2028-03-01"],
    ["soap", "2026-06-20", 30, "2026-06-20", "2026-05-21", "2028-05-21"],
    ["soap", "2026-06-20", 0, "2026-06-20", "2026-06-20", "2028-06-20"],
    ["soap", "2026-03-11", 30, "2026-03-11", "2026-03-01", "2028-03-01"],
    ["soap", "2026-02-01", 30, "2026-02-01", "2026-03-01", "2028-03-01"],
    ["parallel", "2026-06-20", 30, "2026-06-20", "2026-03-01", "2028-03-01"],
    ["parallel", "2026-06-20", 0, "2026-06-20", "2026-03-01", "2028-03-01"],
  ] as const) {
    it(
      `${overlap}: ${overlapDays} days, the old one ending on ${notAfter}`,
      bench(
        async (at) => {
          const id = await at.given({ notBefore: "2024-06-20T10:00:00Z", notAfter: `${notAfter}T10:00:00Z` });
          expect((await at.renew(id, { overlapDays })).status).to.equal(200);
          const [before, after] = await at.listed();
          expect(before).to.include({ endUsage: `${old}T10:00:00Z`, notAfter: `${notAfter}T10:00:00Z` });
          expect(before).to.include({ status: "Active", certKeyId: id });
          expect(after).to.include({ beginUsage: `${fresh}T10:00:00Z`, endUsage: `${end}T10:00:00Z` });
          expect(after).to.include({ notAfter: `${end}T10:00:00Z`, status: "Active", hasPrivateKey: true });
        },
        { variants: { overlap } },
      ),
    );
  }

  it(
    "years count two under unusual defaults too: ecgrid.md 1.4 states that one",
    bench(
      async (at) => {
        const certKeyId = await at.given({ notAfter: "2026-06-20T10:00:00Z" });
        await at.call("POST", "/v2/certificates/renew", { commId: 5001, certKeyId });
        expect((await at.listed())[1]).to.include({ notAfter: "2028-03-01T10:00:00Z" });
      },
      { variants: { defaults: "unusual" } },
    ),
  );
});

describe("sandbox: what a renewal's certificate says", () => {
  for (const [asked, signed] of [
    [undefined, "SHA384"],
    ["SHA1", "SHA1"],
    ["SHA512", "SHA512"],
  ] as const) {
    it(
      `hash ${asked ?? "as before"}: a key pair, a serial number and a signature of its own`,
      bench(async (at) => {
        const id = await at.given({ secureHashAlgorithm: "SHA384", usage: "Signature", partnerId: "P" });
        await at.renew(id, asked === undefined ? {} : { secureHashAlgorithm: asked });
        const [old, fresh] = await at.listed();
        expect(fresh).to.include({ usage: "Signature", partnerId: "P", secureHashAlgorithm: signed });
        const [before, after] = [parsed(old?.publicCertificate), parsed(fresh?.publicCertificate)];
        expect(after.signatureAlgorithm?.toUpperCase()).to.equal(`ECDSA-WITH-${signed}`);
        expect(after.publicKey.equals(before.publicKey)).to.equal(false);
        expect(after.serialNumber).to.equal(fresh?.serialNumber).and.not.equal(before.serialNumber);
        expect(after.subject).to.equal(before.subject);
        expect(createHash("sha1").update(after.raw).digest("hex").toUpperCase()).to.equal(fresh?.thumbprint);
        expect(new Date(after.validFrom).toISOString()).to.equal("2026-03-01T10:00:00.000Z");
        expect(new Date(after.validTo).toISOString()).to.equal("2028-03-01T10:00:00.000Z");
      }),
    );
  }

  it(
    "PEM in Base64 is the same certificate as DER in Base64",
    bench(async (at) => {
      await at.given();
      const der = parsed((await at.listed())[0]?.publicCertificate);
      at.sandbox.variants.publicCertificate = "pem-base64";
      expect(parsed((await at.listed())[0]?.publicCertificate).raw.equals(der.raw)).to.equal(true);
    }),
  );
});

describe("sandbox: variants together", () => {
  it(
    "casings differ in nothing but their capitals",
    bench(
      async (at) => {
        await at.given({ partnerId: "P", partnerUrl: "https://p.example", keyId: "k", userId: "u" });
        const read = async (keyCasing: VariantSettings["keyCasing"]): Promise<unknown> => {
          at.sandbox.variants.keyCasing = keyCasing;
          return (await at.read()).body.data;
        };
        const camel = await read("camel");
        for (const keyCasing of ["upper-id", "pascal"] as const) {
          const other = await read(keyCasing);
          expect(other).to.not.deep.equal(camel);
          expect(lower(other)).to.deep.equal(lower(camel));
        }
      },
      { variants: { commFields: "full", additions: "present" } },
    ),
  );

  for (const [keyCasing, name] of [
    ["camel", "certKeyId"],
    ["upper-id", "certKeyID"],
    ["pascal", "CertKeyID"],
  ] as const) {
    it(
      `the new id is ${name} in ${keyCasing}, of every call that makes one`,
      bench(
        async (at) => {
          const id = await at.given();
          const cert = at.sandbox.ecgrid.certificate(5001, id)?.der;
          const upload = { commId: 5001, certType: "X509", cert };
          const answers = [
            await at.create(),
            await at.renew(id),
            await at.call("POST", "/v2/certificates/add-private", { ...upload, cert: (await pfx()).pfx }),
            await at.call("POST", "/v2/certificates/add-public", upload),
          ];
          const ids = answers.map(({ body }) => (body.data as Record<string, unknown>)[name]);
          expect(ids).to.deep.equal([101, 102, 103, 104]);
        },
        { variants: { keyCasing, newId: "top-level" } },
      ),
    );
  }

  it(
    "a refusal under 200 is an envelope even where errors are problem JSON: nothing else could say no",
    bench(
      async (at) => {
        const { status, body } = await at.renew(999);
        expect(status).to.equal(200);
        expect(body).to.include({ success: false, errorCode: "ObjectNotFound", data: null });
      },
      { variants: { failureStatus: "200", errorBody: "problem" } },
    ),
  );

  it(
    "every time of an answer has the form that is switched on",
    bench(
      async (at) => {
        await at.given();
        const forms = { zulu: /^[\d-]{10}T[\d:]{8}Z$/, "no-zone": /^[\d-]{10}T[\d:]{8}$/, "seven-digits": /\.0{7}Z$/ };
        for (const [dates, form] of Object.entries(forms)) {
          Object.assign(at.sandbox.variants, { dates });
          const times = (await at.read()).text.match(/\d{4}-\d{2}-\d{2}T[^"]*/g) ?? [];
          expect(times.length, "4 of the certificate, 4 of the comm").to.equal(8);
          for (const time of times) expect(time).to.match(form);
        }
      },
      { variants: { commFields: "full" } },
    ),
  );

  it(
    "a certificate that is not visible yet can be renewed and terminated, and a list counts as a read",
    bench(
      async (at: Bench) => {
        await at.create();
        const list = async (): Promise<unknown[]> => {
          const { body } = await at.call("POST", "/v2/comms/list", { withCerts: true });
          return (body.data as { certificates: unknown[] }[]).flatMap(({ certificates }) => certificates);
        };
        expect((await at.renew(100)).status).to.equal(200);
        expect(await list()).to.deep.equal([]);
        expect(await list()).to.have.length(2);
        expect((await at.terminate(101)).body.data).to.equal(true);
        expect(JSON.stringify(await list())).to.include(CANARIES.privatePfx);
      },
      { variants: { visibility: "second-read" } },
    ),
  );
});
