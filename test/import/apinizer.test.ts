import { expect } from "chai";
import { join } from "node:path";
import { readModel } from "../../sdk/stack/model.js";
import { ownFile } from "../../sdk/stack/source.js";
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

  for (const [name, texts] of [
    ["a pattern", ["costs ${amount} of ${name}", "is ${name}"]],
    ["a pattern that all have", ["is ${name}", "is ${name}"]],
    ["what stands for a pattern", ["a $${name} b", "$$${", "${"]],
  ] as const)
    it(
      `a text that looks like ${name} is read back from the stack file as it is`,
      importing(async (opened) => {
        const { apinizer } = opened.sandbox;
        let project = "";
        for (const [at, description] of texts.entries())
          ({ project } = await apinizer.addCertificateOutside({ name: `api${at}`, description }));
        const ended = await opened.written("apinizer", "--project", project);
        expect(ended.code, ended.stderr).to.equal(0);
        const file = join(opened.folder, "out", "stack.yaml");
        const { resources } = readModel(ownFile(file));
        expect(resources.map(({ name: of, inputs }) => [of, inputs.get("description")?.value])).to.deep.equal(
          texts.map((text, at) => [`api${at}`, text]),
        );
      }),
    );

  it(
    "names that a stack file takes for one are told apart; one without a name has its key",
    importing(async (opened) => {
      const { apinizer, certcentral } = opened.sandbox;
      let project = "";
      for (const name of ["cafe\u0301", "caf\u00e9", "CAF\u00c9", "__proto__", "${name}", "::"])
        ({ project } = await apinizer.addCertificateOutside({ name }));
      await certcentral.addOrder({ commonName: "null" });
      const ended = await opened.written("apinizer", "certcentral", "--project", project);
      expect(ended.code, ended.stdout + ended.stderr).to.equal(0);
      const names = storedIn(ended).map(({ name }) => name.normalize("NFC").toLowerCase());
      expect(new Set(names).size).to.equal(names.length).and.equal(8);
      expect(readModel(ownFile(join(opened.folder, "out", "stack.yaml"))).resources).to.have.length(7);
    }),
  );
});
