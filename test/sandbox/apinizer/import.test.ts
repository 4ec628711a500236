import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import { calling, CERTS, message, pemOf, type Caller } from "./client.js";

describe("sandbox: import-file of Apinizer (apinizer.md 2.7)", () => {
  const shown = (at: Caller): [string, string][] =>
    at.apinizer
      .certificate("edge")
      .entries.map(({ environmentName, der }) => [
        environmentName,
        new X509Certificate(Buffer.from(der, "base64")).subject.split("CN=")[1] ?? "",
      ]);

  it(
    "creates, and replaces the entries of the environments that it names alone",
    calling(async (at) => {
      expect((await at.import()).body).to.deep.equal({ status: "SUCCESS" });
      expect(shown(at)).to.deep.equal([["staging", "third"]]);
      await at.given();
      await at.import();
      expect(shown(at)).to.deep.equal([
        ["production", "first"],
        ["staging", "third"],
      ]);
      expect(at.apinizer.certificate("edge").description).to.equal("TLS of the edge");
    }),
  );

  it(
    "mends a double entry",
    calling(async (at) => {
      await at.given();
      at.apinizer.doubleEntry("edge", "staging", await pemOf("second"));
      expect(shown(at)).to.have.length(3);
      await at.import();
      expect(shown(at)).to.have.length(2);
    }),
  );

  it(
    "refuses what it cannot take",
    calling(async (at) => {
      expect(message(await at.import({ environmentList: undefined }))).to.equal(
        "environmentList value can not be empty!",
      );
      expect(message(await at.import({ certificateFile: "" }))).to.equal("certificateFile value can not be empty!");
      expect(message(await at.import({ certificateFile: "x" }))).to.equal("Could not parse certificate!");
      expect(at.apinizer.certificates()).to.deep.equal([]);
    }),
  );

  it(
    "takes DER, too",
    calling(async (at) => {
      const form = new FormData();
      for (const [name, value] of [
        ["certificateName", "edge"],
        ["alias", "a"],
        ["environmentList", "staging"],
      ] as const)
        form.append(name, value);
      form.append(
        "certificateFile",
        new File([new Uint8Array(new X509Certificate(await pemOf("third")).raw)], "c.der"),
      );
      expect((await at.send("POST", `${CERTS}import-file/`, form)).status).to.equal(200);
      expect(shown(at)).to.deep.equal([["staging", "third"]]);
    }),
  );
});
