import { expect } from "chai";
import { createHash, X509Certificate } from "node:crypto";
import { bench } from "./client.js";

describe("sandbox: certificates are real X.509", () => {
  for (const hash of ["SHA1", "SHA256", "SHA384", "SHA512"] as const) {
    it(
      `signed with ${hash}: what is listed is what the certificate says`,
      bench(async ({ create, listed, sandbox }) => {
        expect((await create({ secureHashAlgorithm: hash, expires: "2055-06-01T00:00:00Z" })).status).to.equal(200);
        const [shown] = await listed();
        const der = Buffer.from(String(shown?.publicCertificate), "base64");
        const read = new X509Certificate(der);
        expect(read.serialNumber).to.equal(shown?.serialNumber);
        expect(read.serialNumber).to.match(/^[4-7][0-9A-F]{31}$/);
        expect(createHash("sha1").update(der).digest("hex").toUpperCase()).to.equal(shown?.thumbprint);
        expect(new Date(read.validFrom)).to.deep.equal(new Date(String(shown?.notBefore)));
        expect(new Date(read.validTo)).to.deep.equal(new Date("2055-06-01T00:00:00Z"));
        expect(read.subject).to.equal("CN=MYCOMPANY-AS2");
        expect(read.issuer).to.include("CN=ECGrid Sandbox CA");
        expect(read.signatureAlgorithm).to.match(new RegExp(`^ecdsa-with-${hash}$`, "i"));
        expect(read.publicKey.asymmetricKeyDetails).to.include({ namedCurve: "prime256v1" });
        expect(sandbox.ecgrid.certificate(5001, 100)?.der).to.equal(shown?.publicCertificate);
      }),
    );
  }

  for (const identifier of ["A, B+C=D", '"quoted"', "#hash", "back\\slash", "Ümläut GmbH", " spaced "]) {
    it(
      `an identifier may be ${JSON.stringify(identifier)}`,
      bench(async ({ call, sandbox }) => {
        sandbox.ecgrid.addComm({ commId: 5003, identifier });
        expect((await call("POST", "/v2/certificates/create", { commId: 5003 })).status).to.equal(200);
        const der = Buffer.from(sandbox.ecgrid.certificates(5003)[0]?.der ?? "", "base64");
        expect(new X509Certificate(der).toLegacyObject().subject.CN).to.equal(identifier);
      }),
    );
  }

  it(
    "a hundred are made quickly enough for tests that need thousands",
    bench(async ({ given, sandbox }) => {
      await Promise.all(Array.from({ length: 100 }, () => given()));
      const all = sandbox.ecgrid.certificates(5001);
      expect(new Set(all.map(({ serialNumber }) => serialNumber)).size).to.equal(100);
    }),
  ).timeout(10_000);
});
