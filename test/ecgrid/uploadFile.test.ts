import { expect } from "chai";
import fc from "fast-check";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { readPrivateFile, readPublicFile, type ReadFile } from "../../provider/ecgrid/upload/file.js";
import { makePfx } from "../../sandbox/index.js";
import { packPfx } from "../../sandbox/pfx.js";
import { OPENSSL_FILES } from "../sandbox/openSslFiles.js";

const PERIOD = { notBefore: "2026-01-01T00:00:00Z", notAfter: "2028-01-01T00:00:00Z" };
const PASSWORD = "canary-password";
const problem = (read: ReadFile): string => ("problem" in read ? read.problem : `a file: ${read.what}`);
const der = (pem: string): Buffer => new X509Certificate(pem).raw;
const strangeKey = (): Buffer =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "der", type: "pkcs8" });

describe("the file of an upload with a private key", () => {
  for (const { what, pfx, password, thumbprint, serialNumber } of OPENSSL_FILES) {
    it(`of OpenSSL is opened: ${what}`, () => {
      const read = readPrivateFile(pfx, password, "X509");
      expect(read).to.include({ id: thumbprint, thumbprint, notAfter: "2028-01-01T00:00:00Z" });
      expect(read).to.have.property("what").that.includes(`serial ${serialNumber}`);
    });

    it(`of OpenSSL is not opened by another password: ${what}`, () => {
      expect(problem(readPrivateFile(pfx, `${password}x`, "X509"))).to.equal(
        "is a PKCS#12 container that the password does not open",
      );
      expect(problem(readPrivateFile(pfx, undefined, "X509"))).to.include("the password does not open");
    });
  }

  for (const key of ["ec", "rsa"] as const) {
    for (const legacy of [false, true]) {
      for (const password of ["", PASSWORD, "Schlüssel €"]) {
        it(`is opened: ${key}, ${legacy ? "3DES and RC2" : "AES"}, ${password === "" ? "no password" : password}`, async () => {
          const made = await makePfx({ subject: "CN=A [b]\u00e9", password, ...PERIOD, key, legacy });
          const read = readPrivateFile(made.pfx, password === "" ? undefined : password, "X509");
          expect(read).to.include({ thumbprint: made.thumbprint, notAfter: PERIOD.notAfter });
          expect(read)
            .to.have.property("what")
            .that.matches(/^certificate CN=A \?b\?\?* \(serial/);
        });
      }
    }
  }

  it("is told by its content, not by its container", async () => {
    const { pem, pfx } = await makePfx({ subject: "CN=A", password: PASSWORD, ...PERIOD });
    const first = readPrivateFile(pfx, PASSWORD, "X509");
    expect(readPublicFile(pem, "X509")).to.have.property("id", (first as { id: string }).id);
    expect(readPrivateFile(pfx.replace(/(.{64})/g, "$1\n"), PASSWORD, "X509")).to.deep.equal(first);
  });

  for (const [name, parts, words] of [
    ["no private key", (own: Buffer) => ({ certificates: [own] }), "holds no private key"],
    ["no certificate", () => ({ certificates: [], privateKey: strangeKey() }), "holds no certificate"],
    [
      "a key of another certificate",
      (own: Buffer) => ({ certificates: [own], privateKey: strangeKey() }),
      "holds a private key that belongs to none of its certificates",
    ],
  ] as const) {
    it(`with ${name} is refused`, async () => {
      const { pem } = await makePfx({ subject: "CN=A", password: "", ...PERIOD });
      const file = packPfx({ ...parts(der(pem)), password: PASSWORD }).toString("base64");
      expect(problem(readPrivateFile(file, PASSWORD, "X509"))).to.equal(words);
    });
  }

  it("as PEM, or as anything but Base64, is refused", async () => {
    const { pem } = await makePfx({ subject: "CN=A", password: "", ...PERIOD });
    expect(problem(readPrivateFile(Buffer.from(pem).toString("base64"), "", "X509"))).to.include("is PEM");
    for (const text of [pem, "", "a b!", "=="])
      expect(problem(readPrivateFile(text, "", "X509"))).to.include("not Base64");
  });

  for (const type of ["PGP", "SSH"]) {
    it(`of ${type} is left unopened, and told by its bytes`, () => {
      const one = readPrivateFile(Buffer.from("key one").toString("base64"), undefined, type);
      const other = readPrivateFile(Buffer.from("key two").toString("base64"), undefined, type);
      expect(one).to.not.have.property("problem");
      expect(one).to.not.have.property("thumbprint");
      expect(one)
        .to.have.property("id")
        .that.does.not.equal((other as { id: string }).id);
    });
  }
});

describe("the file of a partner's certificate", () => {
  it("is taken as PEM, as Base64 of DER and as Base64 of PEM, and sent as Base64 of DER", async () => {
    const { pem, thumbprint } = await makePfx({ subject: "CN=A", password: "", ...PERIOD });
    const sent = der(pem).toString("base64");
    for (const text of [pem, sent, Buffer.from(pem).toString("base64"), `${pem}\n`])
      expect(readPublicFile(text, "X509")).to.include({ thumbprint, der: sent });
  });

  it("with its chain, with a private key, or as something else is refused", async () => {
    const { pem, pfx } = await makePfx({ subject: "CN=A", password: "", ...PERIOD });
    const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    for (const [text, words] of [
      [pem + pem, "holds several certificates"],
      [pem + key.export({ format: "pem", type: "pkcs8" }).toString(), "holds a private key"],
      [key.export({ format: "pem", type: "sec1" }).toString(), "holds a private key"],
      [pfx, "is not an X.509 certificate"],
      ["-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----", "is not an X.509 certificate"],
      ["not base64!", "is neither PEM nor Base64"],
    ] as const)
      expect(problem(readPublicFile(text, "X509")), words).to.include(words);
  });
});

describe("a file that was damaged", () => {
  const damaged = (bytes: Buffer): fc.Arbitrary<Buffer> =>
    fc.oneof(
      fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length)),
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }).map((changes) => {
        const copy = Buffer.from(bytes);
        for (const [at, value] of changes) copy[at] = value;
        return copy;
      }),
      fc.uint8Array({ maxLength: 300 }).map((random) => Buffer.from(random)),
    );

  /** A piece of a secret that is long enough to tell something. */
  const pieces = (secret: string): string[] =>
    Array.from({ length: Math.max(0, secret.length - 8) }, (_, at) => secret.slice(at, at + 9));

  it("is a file or a problem in words, never an exception, and the words repeat nothing of it", async () => {
    const { pfx, pem } = await makePfx({ subject: "CN=A", password: PASSWORD, ...PERIOD, legacy: true });
    for (const [bytes, read] of [
      [Buffer.from(pfx, "base64"), (text: string) => readPrivateFile(text, PASSWORD, "X509")],
      [der(pem), (text: string) => readPublicFile(text, "X509")],
    ] as const) {
      let refused = 0;
      fc.assert(
        fc.property(damaged(bytes), (file) => {
          const text = file.toString("base64");
          const made = read(text);
          if (!("problem" in made)) return;
          refused++;
          expect(made.problem.length).to.be.below(200);
          for (const piece of [...pieces(text), ...pieces(PASSWORD)]) expect(made.problem).to.not.include(piece);
        }),
        { seed: 20260301, numRuns: 200 },
      );
      expect(refused).to.be.above(100);
    }
  }).timeout(60_000);
});
