import { expect } from "chai";
import { startSandbox, VARIANTS, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { executed, GatewaySteps } from "./steps.js";

describe("a certificate on a gateway, under every variant of the documentation", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.apinizer.inGap = () => undefined;
  });
  afterEach(() => sandbox.close());

  /** Thumbprints that the workers of an environment trust under the alias. */
  const served = (environment: string): string[] => [
    ...new Set(
      sandbox.apinizer
        .serving(environment, "gw")
        .map(({ thumbprint, status }) => `${status} ${thumbprint ?? ""}`.trim()),
    ),
  ];

  for (const { name, values } of VARIANTS.filter(({ section }) => section.startsWith("apinizer.md")))
    for (const value of values)
      it(`${name} is ${value}: deployed, replaced, moved, read and deleted`, async () => {
        const [first, second] = [await sandbox.apinizer.newPem("gw", "ec"), await sandbox.apinizer.newPem("gw", "ec")];
        setVariant(sandbox.variants, name, value);
        const steps = new GatewaySteps(sandbox, {
          fields: name === "apFields" && value === "query" ? "query" : "form",
          how: name === "apAuthorization" && value === "bare" ? "bare" : "bearer",
        });
        const wanted = (pem: string, environments: string[]) =>
          steps.inputs({ project: "partners", name: "gw", alias: "gw-alias", environments, pem });
        const made = await steps.create(wanted(first, ["production"]));
        expect(served("production")).to.deep.equal([`served ${made.deployed?.thumbprint ?? ""}`]);
        const replaced = await steps.update(made, wanted(second, ["production", "staging"]));
        for (const environment of ["production", "staging"])
          expect(served(environment)).to.deep.equal([`served ${replaced.deployed?.thumbprint ?? ""}`]);
        const read = await steps.read(replaced);
        await steps.delete(read);
        for (const environment of ["production", "staging"]) expect(served(environment)).to.deep.equal(["missing"]);
        expect(executed(sandbox)).to.deep.equal(["create", "update", "delete"]);
      });
});
