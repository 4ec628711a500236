import { expect } from "chai";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expectCode } from "../instrument/world.js";
import { inWorld } from "./engine.js";
import { apply, filled, scan } from "./importing.js";

/** Rolling limits of a key of CertCentral: calls and milliseconds. */
const LIMITS = [
  { calls: 100, milliseconds: 5000 },
  { calls: 1000, milliseconds: 180_000 },
];
/** How many times as fast the time of the limits runs. */
const HASTE = 120;

describe("clm import on the real engine", () => {
  for (const program of ["typescript", "yaml"] as const)
    it(
      `of each system: the first preview after it changes nothing, by ${program}`,
      inWorld(async (world) => {
        const { project, sandbox } = world;
        await sandbox.ecgrid.addCertificate({ commId: 5001 });
        for (const commonName of ["a.example.com", "a.example.com", "b.example.com"])
          await sandbox.certcentral.addOrder({ commonName });
        const contract = sandbox.partner.addContract();
        sandbox.partner.regenerateOutside(contract, false);
        const { project: of } = await sandbox.apinizer.addCertificateOutside({ name: "api", description: "by hand" });
        expectCode(
          await scan(
            ...([world, program, "ecgrid", "certcentral", "partner", "apinizer"] as const),
            ...["--comm", "5001", "--contract", String(contract), "--project", of],
          ),
          0,
        );
        const asked = sandbox.log.last();
        const imported = await apply(world, program);
        expect(imported.text, "nothing comes or goes").to.not.include("warning");
        const preview = expectCode(await project.preview("--expect-no-changes"), 0);
        expect(preview.text).to.not.include("warning");
        expectCode(await project.up("--expect-no-changes"), 0);
        expect(sandbox.log.last(), "nobody is asked").to.equal(asked);
        expect(sandbox.log.made()).to.deep.equal([]);
        const stored = project.resources();
        const namesakes = stored
          .filter(({ type }) => type.endsWith("certcentral:Order"))
          .map(({ id, inputs }) => [id, inputs?.__heldByOthers]);
        expect(namesakes, "told of its likes alone").to.have.deep.members([
          ["700001", ["certcentral order 700002"]],
          ["700002", ["certcentral order 700001"]],
          ["700003", undefined],
        ]);
        const inventory = stored.find(({ type }) => type.endsWith("clm:Inventory")) as
          { dependencies?: string[] } | undefined;
        expect(inventory?.dependencies, "the inventory goes before them").to.have.length(8);
        rmSync(join(project.folder, "project", "imported"), { recursive: true });
        const again = await scan(
          ...([world, program, "ecgrid", "certcentral", "partner", "apinizer", "--stack", "dev"] as const),
          ...["--comm", "5001", "--contract", String(contract), "--project", of],
        );
        expect(expectCode(again, 4).stdout, "each is held").to.include("\n0 to import, 8 not");
        expect(again.stdout.match(/ of the stack holds it/g)).to.have.length(8);
        expectCode(await project.refresh("--expect-no-changes"), 0);
        project.write("index.js", `require("pulumi-clm");\n`);
        const removal = await project.preview();
        expect(removal.text.match(/KEEP /g), "each says that it stays").to.have.length.at.least(8);
        expectCode(await project.up(), 0);
        expect(sandbox.log.made(), "what was there before stays there").to.deep.equal([]);
      }),
    );

  it(
    "odd names, texts and statuses: what is taken in is what the first preview finds, by the stack file",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const { apinizer, certcentral, ecgrid, partner } = sandbox;
      let of = "";
      for (const name of ["café", "café", "__proto__", "${name}", "::", "null"])
        ({ project: of } = await apinizer.addCertificateOutside({ name, description: "is ${name} of $${x}, or ${" }));
      for (const commonName of ["null", "A.example.com", "a.example.com", "*.example.com", " "])
        await certcentral.addOrder({ commonName });
      for (const status of ["pending", "needs_approval", "rejected", "revoked", "canceled", "expired"] as const)
        await certcentral.addOrder({ commonName: `${status}.example.com`, status });
      for (const status of ["Active", "Suspended", "Terminated", "Preproduction"])
        await ecgrid.addCertificate({ commId: 5001, status });
      const contract = partner.addContract();
      const listed = ["--comm", "5001", "--contract", String(contract), "--project", of];
      expectCode(await scan(world, "yaml", "ecgrid", "certcentral", "partner", "apinizer", ...listed), 4);
      const asked = sandbox.log.last();
      await apply(world, "yaml");
      const preview = expectCode(await project.preview("--expect-no-changes"), 0);
      expect(preview.text).to.not.include("warning");
      expectCode(await project.up("--expect-no-changes"), 0);
      expect(sandbox.log.last(), "nobody is asked").to.equal(asked);
      const names = project.resources().flatMap(({ type, urn }) => (type.includes("apinizer") ? [urn] : []));
      expect(names, "each object of the gateways").to.have.length(6);
      expectCode(await project.refresh("--expect-no-changes"), 0);
    }),
  );

  it(
    "1,000 orders, 200 certificates and 50 credentials come in within the limits, and the first preview changes nothing",
    inWorld(async (world) => {
      const { contracts } = await filled(world, { orders: 1000, certificates: 200, credentials: 50 });
      const { project, sandbox } = world;
      project.environment.CLM_TEST_HASTE = String(HASTE);
      const ran = await scan(
        ...([world, "yaml", "certcentral", "ecgrid", "partner"] as const),
        ...["--contract", contracts.join(",")],
      );
      expectCode(ran, 0);
      expect(ran.stdout).to.include("1275 to import, 0 not, 0 left out by the filters");
      project.environment.CLM_TEST_HASTE = undefined;
      const requests = sandbox.log.all();
      expect(sandbox.log.made(), "an import changes nothing").to.deep.equal([]);
      expect(requests.length, "three for an order, one for a comm, two for a contract, and the lists").to.equal(3075);
      const arrivals = requests.filter(({ system }) => system === "certcentral").map(({ arrived }) => arrived);
      for (const { calls, milliseconds } of LIMITS) expect(most(arrivals, milliseconds / HASTE)).to.be.at.most(calls);
      await apply(world, "yaml");
      expect(project.resources()).to.have.length(1275 + ["the stack", "its provider", "the inventory"].length);
      expectCode(await project.preview("--expect-no-changes"), 0);
      expect(sandbox.log.last(), "import and preview ask nobody").to.equal(requests.length);
    }),
  );
});

/** The most requests that arrived in any so many milliseconds. */
function most(arrivals: readonly number[], milliseconds: number): number {
  const sorted = [...arrivals].sort((a, b) => a - b);
  let [first, found] = [0, 0];
  sorted.forEach((at, last) => {
    while ((sorted[first] ?? at) <= at - milliseconds) first++;
    found = Math.max(found, last - first + 1);
  });
  return found;
}
