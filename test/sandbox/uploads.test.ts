import { expect } from "chai";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { makePfx } from "../../sandbox/index.js";
import { openPfx, packPfx } from "../../sandbox/pfx.js";
import { selfSigned } from "../../sandbox/pki.js";
import { bench, type Answer, type Bench, type Shown } from "./client.js";
import { pfx } from "./files.js";
import { OPENSSL_FILES } from "./openSslFiles.js";

const PASSWORD = "open sesame";
const TIMES = { notBefore: "2025-06-01T00:00:00Z", notAfter: "2027-06-01T00:00:00Z" };

const upload = (at: Bench, fields: object, kind: "private" | "public" = "private"): Promise<Answer> =>
  at.call("POST", `/v2/certificates/add-${kind}`, { commId: 5001, certType: "X509", ...fields });

const last = async (at: Bench): Promise<Shown | undefined> => (await at.listed()).at(-1);

/** Certificates of X.509 and their keys, of which no two belong together. */
const pair = (subject: string): ReturnType<typeof selfSigned> =>
  selfSigned({
    subject,
    notBefore: new Date(TIMES.notBefore),
    notAfter: new Date(TIMES.notAfter),
    key: "ec",
  });

describe("sandbox: add-private opens the file (ecgrid.md 1.1)", () => {
  for (const { what, pfx: cert, password, subject, serialNumber, thumbprint } of OPENSSL_FILES) {
    it(
      `of OpenSSL: ${what}`,
      bench(async (at) => {
        const answer = await upload(at, { cert, password });
        expect(answer.status, answer.text).to.equal(200);
        const shown = await last(at);
        expect(shown).to.include({
          subject,
          serialNumber,
          thumbprint,
          issuer: "CN=Example Root, O=Example",
          secureHashAlgorithm: "SHA384",
          hasPrivateKey: true,
          beginUsage: "2026-03-01T10:00:00Z",
          endUsage: "2028-01-01T00:00:00Z",
          notBefore: "2026-01-01T00:00:00Z",
          notAfter: "2028-01-01T00:00:00Z",
          type: "X509",
          certType: "cstPFXBlob",
        });
        const der = Buffer.from(String(shown?.publicCertificate), "base64");
        expect(createHash("sha1").update(der).digest("hex").toUpperCase()).to.equal(thumbprint);
        expect((await upload(at, { cert, password: `${password}!` })).status).to.equal(400);
      }),
    );
  }

  for (const key of ["ec", "rsa"] as const) {
    for (const legacy of [false, true]) {
      for (const password of [PASSWORD, "", "Schlüssel €"]) {
        it(
          `made here: ${key}, legacy: ${legacy}, password ${JSON.stringify(password)}`,
          bench(async (at) => {
            const made = await makePfx({ subject: "CN=A-AS2, O=Example", password, ...TIMES, key, legacy });
            const fields = { cert: made.pfx, ...(password === "" ? {} : { password }) };
            const answer = await upload(at, fields);
            expect(answer.status, answer.text).to.equal(200);
            expect(await last(at)).to.include({
              subject: "CN=A-AS2, O=Example",
              issuer: "CN=A-AS2, O=Example",
              thumbprint: made.thumbprint,
              serialNumber: new X509Certificate(made.pem).serialNumber,
              secureHashAlgorithm: "SHA256",
              ...TIMES,
              endUsage: TIMES.notAfter,
            });
            expect((await upload(at, { ...fields, password: "open barley" })).status).to.equal(400);
          }),
        );
      }
    }
  }

  it(
    "takes the certificate of the key, wherever it is in a chain",
    bench(async (at) => {
      const [own, root] = [await pair("CN=OWN"), await pair("CN=ROOT")];
      for (const certificates of [
        [own.certificate, root.certificate],
        [root.certificate, own.certificate],
      ]) {
        const file = packPfx({ certificates, privateKey: own.privateKey, password: PASSWORD });
        expect((await upload(at, { cert: file.toString("base64"), password: PASSWORD })).status).to.equal(200);
        expect((await last(at))?.subject).to.equal("CN=OWN");
      }
    }),
  );

  for (const [what, broken, words] of [
    ["a file that is none", () => Promise.resolve(randomBytes(200)), "is not a PKCS#12 file"],
    [
      "a file that is cut off",
      async () => Buffer.from((await pfx(PASSWORD)).pfx, "base64").subarray(0, -9),
      "is not a PKCS#12 file",
    ],
    ["a certificate without a container", async () => (await pair("CN=OWN")).certificate, "is not a PKCS#12 file"],
    ["PEM", async () => Buffer.from((await pfx(PASSWORD)).pem), "is not a PKCS#12 file"],
    [
      "a file under another password",
      async () => Buffer.from((await pfx("open barley")).pfx, "base64"),
      "cannot be opened with the password",
    ],
    [
      "a file whose seal is broken",
      async () => {
        const file = Buffer.from((await pfx(PASSWORD)).pfx, "base64");
        file[file.length - 30] = (file.at(-30) ?? 0) ^ 1;
        return file;
      },
      "cannot be opened with the password",
    ],
    [
      "a file without a private key",
      async () => packPfx({ certificates: [(await pair("CN=OWN")).certificate], password: PASSWORD }),
      "holds no private key",
    ],
    [
      "a key that belongs to another certificate",
      async () => {
        const [own, other] = [await pair("CN=OWN"), await pair("CN=OTHER")];
        return packPfx({ certificates: [other.certificate], privateKey: own.privateKey, password: PASSWORD });
      },
      "no certificate that belongs to its private key",
    ],
    [
      "a key without a certificate",
      async () => packPfx({ certificates: [], privateKey: (await pair("CN=OWN")).privateKey, password: PASSWORD }),
      "no certificate that belongs to its private key",
    ],
    [
      "a certificate that is none",
      async () => {
        const { privateKey } = await pair("CN=OWN");
        return packPfx({ certificates: [privateKey], privateKey, password: PASSWORD });
      },
      "holds what cannot be read",
    ],
  ] as const) {
    it(
      `refuses ${what}, without a word of what it holds`,
      bench(async (at) => {
        const { status, body } = await upload(at, { cert: (await broken()).toString("base64"), password: PASSWORD });
        expect(status).to.equal(400);
        expect(body).to.include({ success: false, errorCode: "InvalidParameter", data: null });
        expect(body.message)
          .to.match(/^cert /)
          .and.include(words);
        expect(at.sandbox.ecgrid.certificates(5001)).to.deep.equal([]);
        expect(at.sandbox.log.made()[0]).to.include({ outcome: "refused", status: 400 });
      }),
    );
  }

  for (const [what, fields, named] of [
    ["no file", { cert: undefined }, "cert is required"],
    ["null for a file", { cert: null }, "cert is required"],
    ["an empty file", { cert: "" }, "cert must be Base64"],
    ["no password where there is one", { password: undefined }, "cert cannot be opened with the password"],
    ["a password that is no text", { password: 7 }, "password must be a string"],
  ] as const) {
    it(
      `refuses ${what}`,
      bench(async (at) => {
        const whole: object = { cert: (await pfx(PASSWORD)).pfx, password: PASSWORD };
        const { status, body } = await upload(at, { ...whole, ...fields });
        expect(status).to.equal(400);
        expect(body).to.include({ errorCode: "InvalidParameter", message: named });
        expect(at.sandbox.ecgrid.certificates(5001)).to.deep.equal([]);
      }),
    );
  }
});

describe("sandbox: PGP and SSH files are not looked into (ecgrid.md 1.1, 1.2)", () => {
  const FILE = Buffer.from("a key of another kind\n").toString("base64");
  const TIMES_OF_NOW = {
    beginUsage: "2026-03-01T10:00:00Z",
    notBefore: "2026-03-01T10:00:00Z",
    endUsage: "2028-03-01T10:00:00Z",
    notAfter: "2028-03-01T10:00:00Z",
  };
  const X509_ONLY = ["serialNumber", "thumbprint", "subject", "issuer", "secureHashAlgorithm"];

  for (const [kind, certType, stored] of [
    ["public", "PGP", "cstPublicKeyBlob"],
    ["public", "SSH", "cstSSHPublicKeyBlob"],
    ["private", "PGP", "cstPEMKeyBlob"],
    ["private", "SSH", "cstPEMKeyBlob"],
  ] as const) {
    it(
      `a ${kind} ${certType} file`,
      bench(async (at) => {
        for (const publicCertificate of ["der-base64", "pem-base64", "absent"] as const) {
          at.sandbox.variants.publicCertificate = publicCertificate;
          const answer = await upload(at, { certType, cert: FILE, keyId: "k", userId: "u" }, kind);
          expect(answer.status, answer.text).to.equal(200);
          const shown = await last(at);
          expect(shown).to.include({ type: certType, certType: stored, keyId: "k", userId: "u", ...TIMES_OF_NOW });
          expect(shown).to.include({ hasPrivateKey: kind === "private", status: "Active" });
          expect(shown).to.not.have.any.keys(X509_ONLY);
          const given = kind === "public" && publicCertificate !== "absent" ? FILE : undefined;
          expect(shown?.publicCertificate).to.equal(given);
        }
        await upload(at, { certType, cert: FILE, beginUsage: "2026-05-07T00:00:00Z" }, kind);
        expect(await last(at)).to.include({ ...TIMES_OF_NOW, beginUsage: "2026-05-07T00:00:00Z" });
        expect(fieldsOfReads(at)).to.not.include.members(X509_ONLY.map((field) => `data.certificates[].${field}`));
      }),
    );

    it(
      `the same ${kind} ${certType} file twice`,
      bench(
        async (at) => {
          const other = Buffer.from("another").toString("base64");
          const elsewhere = { commId: 5002, certType, cert: FILE };
          at.sandbox.ecgrid.addComm({ commId: 5002 });
          expect((await upload(at, { certType, cert: FILE }, kind)).status).to.equal(200);
          expect((await upload(at, { certType, cert: FILE }, kind)).body.errorCode).to.equal("DuplicateObject");
          expect((await upload(at, { certType, cert: other }, kind)).status).to.equal(200);
          expect((await upload(at, elsewhere, kind)).status, "another comm").to.equal(200);
          const unlike = { certType: certType === "PGP" ? "SSH" : "PGP", cert: FILE };
          expect((await upload(at, unlike, kind)).status, "another type").to.equal(200);
        },
        { variants: { duplicateUpload: "refused" } },
      ),
    );
  }

  it(
    "no renewal makes an X.509 certificate of them",
    bench(
      async (at) => {
        await upload(at, { certType: "PGP", cert: FILE });
        const { status, body } = await at.renew(100);
        expect([status, body.message]).to.deep.equal([400, "certKeyId: only an X.509 certificate can be renewed"]);
      },
      { variants: { renewUploaded: "accepted" } },
    ),
  );
});

/** Fields of the answers to reads. */
const fieldsOfReads = (at: Bench): string[] =>
  at.sandbox.log.all().flatMap(({ outcome, answerFields }) => (outcome === "read" ? answerFields : []));

describe("sandbox: uploads of what is there (ecgrid.md 7)", () => {
  it(
    "refused means the same file of the same kind on the same comm, ended or not",
    bench(
      async (at) => {
        const { pfx: cert, pem } = await pfx();
        const theirs = { cert: Buffer.from(pem).toString("base64") };
        at.sandbox.ecgrid.addComm({ commId: 5002 });
        expect((await upload(at, { cert })).status).to.equal(200);
        expect((await at.terminate(100)).body.data).to.equal(true);
        expect((await upload(at, { cert })).body.errorCode).to.equal("DuplicateObject");
        expect((await upload(at, theirs, "public")).status, "without its key").to.equal(200);
        expect((await upload(at, theirs, "public")).body.errorCode).to.equal("DuplicateObject");
        expect((await upload(at, { cert, commId: 5002 })).status, "another comm").to.equal(200);
        const other = await pfx(PASSWORD);
        const fields = { cert: other.pfx, password: PASSWORD };
        expect((await upload(at, fields)).status, "another certificate").to.equal(200);
      },
      { variants: { duplicateUpload: "refused" } },
    ),
  );

  it(
    "PEM and DER of one certificate are one",
    bench(
      async (at) => {
        const { raw, pem } = await pfx().then((made) => ({ ...made, raw: new X509Certificate(made.pem).raw }));
        expect((await upload(at, { cert: Buffer.from(pem).toString("base64") }, "public")).status).to.equal(200);
        const again = await upload(at, { cert: raw.toString("base64") }, "public");
        expect(again.body.errorCode).to.equal("DuplicateObject");
      },
      { variants: { duplicateUpload: "refused" } },
    ),
  );
});

describe("sandbox: uploads by hand", () => {
  it(
    "uploadOutside stores what the API would, and no request is logged",
    bench(async (at) => {
      const { pfx: cert, pem, thumbprint } = await pfx(PASSWORD);
      const { ecgrid } = at.sandbox;
      const theirs = Buffer.from(pem).toString("base64");
      const labels = { keyId: "k", userId: "u", usage: "Signature", beginUsage: "2026-05-07T00:00:00Z" };
      const partner = { partnerCommId: "P", partnerUrl: "https://p.example" };
      const ids = [
        ecgrid.uploadOutside(5001, { cert, password: PASSWORD, ...labels }),
        ecgrid.uploadOutside(5001, { cert: theirs, ...labels, ...partner }),
        ecgrid.uploadOutside(5001, { cert: theirs, certType: "PGP", hasPrivateKey: true }),
      ];
      expect(ids).to.deep.equal([100, 101, 102]);
      expect(at.sandbox.log.all()).to.deep.equal([]);
      const [own, other, opaque] = await at.listed();
      expect(own)
        .to.include({ ...labels, thumbprint, hasPrivateKey: true })
        .and.not.have.property("partnerId");
      const shown = { partnerId: "P", partnerUrl: "https://p.example" };
      expect(other).to.include({ ...labels, ...shown, thumbprint, hasPrivateKey: false });
      expect(opaque).to.include({ type: "PGP", hasPrivateKey: true }).and.not.have.property("publicCertificate");
    }),
  );

  for (const [what, act, words] of [
    [
      "a wrong password",
      async (at: Bench) => at.sandbox.ecgrid.uploadOutside(5001, { cert: (await pfx(PASSWORD)).pfx, password: "x" }),
      "cert cannot be opened with the password",
    ],
    [
      "a comm that is not there",
      async (at: Bench) => at.sandbox.ecgrid.uploadOutside(5009, { cert: (await pfx()).pfx, password: "" }),
      "there is no comm 5009",
    ],
  ] as const) {
    it(
      `uploadOutside throws on ${what}`,
      bench(async (at) => {
        const failure: unknown = await act(at).catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(Error).with.property("message", words);
      }),
    );
  }
});

describe("sandbox: PKCS#12 files that it makes", () => {
  const AES = "60864801650304012a";
  const TRIPLE_DES = "2a864886f70d010c0103";
  const RC2 = "2a864886f70d010c0106";

  for (const [legacy, holds, lacks] of [
    [false, [AES], [TRIPLE_DES, RC2]],
    [true, [TRIPLE_DES, RC2], [AES]],
  ] as const) {
    it(`legacy: ${legacy} says which encryption it has`, async () => {
      const made = await makePfx({ subject: "CN=A", password: PASSWORD, ...TIMES, legacy });
      const hex = Buffer.from(made.pfx, "base64").toString("hex");
      for (const oid of holds) expect(hex).to.include(oid);
      for (const oid of lacks) expect(hex).to.not.include(oid);
    });
  }

  for (const key of ["ec", "rsa"] as const) {
    for (const password of [PASSWORD, "Schlüssel €"]) {
      it(`OpenSSL opens ${key} with the password ${JSON.stringify(password)}, and with no other`, async () => {
        const made = await makePfx({ subject: "CN=A", password, ...TIMES, key });
        const file = Buffer.from(made.pfx, "base64");
        expect(() => createSecureContext({ pfx: file, passphrase: password })).to.not.throw();
        expect(() => createSecureContext({ pfx: file, passphrase: "open barley" })).to.throw(/mac verify failure/);
      });
    }
  }

  it("holds EC P-256 unless RSA is asked for, and the certificate that it names", async () => {
    const made = await makePfx({ subject: "CN=A, O=B", password: PASSWORD, ...TIMES });
    const read = new X509Certificate(made.pem);
    expect(read.publicKey.asymmetricKeyDetails).to.include({ namedCurve: "prime256v1" });
    expect(read.subject).to.equal("CN=A\nO=B");
    expect(read.fingerprint.replaceAll(":", "")).to.equal(made.thumbprint);
    expect(openPfx(Buffer.from(made.pfx, "base64"), PASSWORD)).to.deep.equal(read.raw);
    const times = new Date(TIMES.notBefore);
    const rsa = await makePfx({
      subject: "CN=A",
      password: "",
      notBefore: times,
      notAfter: TIMES.notAfter,
      key: "rsa",
    });
    const other = new X509Certificate(rsa.pem);
    expect(other.publicKey.asymmetricKeyDetails).to.include({ modulusLength: 2048 });
    expect(new Date(other.validFrom)).to.deep.equal(times);
  });
});
