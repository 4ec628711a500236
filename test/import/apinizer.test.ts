import { expect } from "chai";
import { importing, storedIn } from "./importing.js";

describe("clm import of certificates of Apinizer", () => {
  it(
    "needs the projects, and takes their certificates with what the manager shows of them",
    importing(async (opened) => {
      const { apinizer, log } = opened.sandbox;
      expect((await opened.run("apinizer")).stderr).to.include("--project is missing");
      const made = await apinizer.addCertificateOutside({ name: "api", description: "by hand" });
      const { project } = made;
      apinizer.addJwkOutside("key", made);
      const ended = await opened.written("apinizer", "--project", project);
      expect(ended.code, ended.stdout + ended.stderr).to.equal(4);
      const [stored] = storedIn(ended);
      expect(stored?.inputs).to.deep.include({ project, name: "api", description: "by hand", onDelete: "retain" });
      expect(stored?.inputs.pem).to.include("BEGIN CERTIFICATE");
      expect(ended.files?.get("files/api.pem")).to.equal(stored?.inputs.pem);
      expect(ended.stdout).to.include("apinizer.Jwk").and.include("what it was made from is not told");
      expect(log.made()).to.deep.equal([]);
      expect(
        log.all().some(({ path }) => path.includes("jwks/key")),
        "no JWK is read: its answer has the private key",
      ).to.equal(false);
    }),
  );

  it(
    "environments with different certificates are declared without one, so that nothing is replaced",
    importing(async (opened) => {
      const { apinizer } = opened.sandbox;
      const { project } = await apinizer.addCertificateOutside({ name: "api", description: "x" });
      const [, second = ""] = apinizer.environments().map(({ name }) => name);
      apinizer.replaceEntry("api", second, await apinizer.newPem("other"));
      const ended = await opened.written("apinizer", "--project", project);
      expect(ended.stdout, ended.stderr).to.include("different certificates");
      expect(storedIn(ended)[0]?.inputs).to.not.have.property("pem");
    }),
  );
});
