import { expect } from "chai";
import { cpSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCsr, makePfx } from "../../sandbox/index.js";
import { clm } from "../instrument/clm.js";
import { REPOSITORY } from "../instrument/project.js";
import { expectCode, World } from "../instrument/world.js";
import { EXAMPLES } from "../stack/files.js";
import { apply, expectNothing } from "./engine.js";

/** Runs a test on the example project with a stack's own file. */
function onStack(name: string, test: (world: World) => Promise<void>): () => Promise<void> {
  return async () => {
    const world = await World.open({ from: "examples/stack-files", initialize: false });
    try {
      for (const commId of [5001, 5002]) world.sandbox.ecgrid.addComm({ commId });
      await world.project.init(name);
      await test(world);
    } finally {
      await world.close();
    }
  };
}

type Summaries = Record<
  string,
  { serial?: string; names: string[]; expiry?: string; status: string; pending?: string }
>;

async function summaries({ project }: World): Promise<Summaries> {
  const { stdout } = expectCode(await project.pulumi("stack", "output", "certificates", "--json"), 0);
  return JSON.parse(stdout) as Summaries;
}

/** A preview, and an up without one, that are refused in words, send nothing and leave all resources in the state. */
async function refused(world: World, stack: string, says: RegExp, runs = [world.project.preview]): Promise<void> {
  const [position, before] = [world.sandbox.log.last(), world.project.resources(stack).length];
  for (const run of runs) {
    const ran = await run();
    expect(ran.code, ran.text).to.not.equal(0);
    expect(ran.text).to.match(says);
    expect(ran.text).to.not.match(/delete|terminat(e|ing)d? certificate/i);
  }
  expect(world.sandbox.log.since(position), "no request").to.deep.equal([]);
  expect(world.project.resources(stack)).to.have.length(before);
}

describe("stack files: examples on the real engine", () => {
  it(
    "ecgrid: what the preview shows is made, a second run does nothing, and the output is a summary of all",
    onStack("ecgrid", async (world) => {
      const first = await apply(world);
      expect(first.made).to.have.length(3);
      expect(await expectNothing(world)).to.equal(0);
      const [a] = world.sandbox.ecgrid.active(5001);
      expect(await summaries(world)).to.have.all.keys(
        "ecgrid.Certificate/partner-a",
        "ecgrid.Certificate/partner-b",
        "ecgrid.PartnerCertificate/partner-b-theirs",
      );
      expect((await summaries(world))["ecgrid.Certificate/partner-a"]).to.deep.equal({
        serial: a?.serialNumber,
        names: ["CN=COMM-5001"],
        expiry: "2028-03-01",
        status: "Active",
      });
      const kept = world.project.resources("ecgrid").filter(({ protect }) => protect === true);
      expect(
        kept.map(({ urn }) => urn.split("::").at(-1)),
        "options of the group, but not where a resource says otherwise",
      ).to.deep.equal(["partner-a"]);

      const list = readFileSync(join(world.project.folder, "project", "Pulumi.ecgrid.yaml"), "utf8");
      world.project.write("Pulumi.ecgrid.yaml", list.replace(/^ *partner-a: .*\n/m, ""));
      const position = world.sandbox.log.last();
      const unprotected = await world.project.up();
      expect(unprotected.code, unprotected.text).to.not.equal(0);
      expect(unprotected.text).to.match(/partner-a[^]*protect/);
      expect(world.made(position)).to.deep.equal([]);
      const retained = list.replace("protect: false", "protect: false, retainOnDelete: true");
      world.project.write("Pulumi.ecgrid.yaml", retained);
      expect((await apply(world)).made).to.deep.equal([]);
      world.project.write(
        "Pulumi.ecgrid.yaml",
        retained.replace(/^ *partner-b: .*\n/m, "").replace(/^ *partner-b-old: .*$/m, "          {}"),
      );
      expect((await apply(world)).made, "it stays as it is").to.deep.equal([]);
      expect(world.sandbox.ecgrid.active(5002)).to.have.length(2);
    }),
  );

  it(
    "a name that is a secret in a list is not in clear in the summary of an order that waits",
    onStack("certcentral", async (world) => {
      const { project } = world;
      const name = "canary-4711.example.com";
      const path = "clm:stack.groups[0].resources.www.dnsNames[1]";
      expectCode(await project.pulumi("config", "set", "--secret", "--path", path, name), 0);
      await apply(world);
      expect(expectCode(await project.pulumi("stack", "output", "--json"), 0).text).to.not.include(name);
      const { stdout } = await project.pulumi("stack", "output", "--json", "--show-secrets");
      expect(JSON.parse(stdout)).to.have.deep.nested.property("certificates.certcentral\\.Order/www.names", [
        ...["www.example.com", name],
      ]);
    }),
  );

  it(
    "certcentral and partner: CSRs are read from files beside the stack file; a contract and its credentials are joined by references",
    onStack("certcentral", async (world) => {
      const ordered = await apply(world);
      expect(ordered.made).to.have.members([
        "certcentral.orders.place product=ssl_basic commonName=www.example.com",
        "certcentral.orders.place product=ssl_basic commonName=shop.example.com",
      ]);
      const shop = (await summaries(world))["certcentral.Order/shop"];
      expect(shop).to.deep.include({ names: ["shop.example.com"] });
      expect(shop?.pending).to.match(/^order \d+ is needs_approval$/);
      await world.project.init("partner");
      const contracts = await apply(world);
      expect(contracts.made).to.have.length(3);
      const [contract] = world.sandbox.partner.contracts();
      const { stdout } = await world.project.pulumi("stack", "output", "--json", "--show-secrets");
      expect(JSON.parse(stdout)).to.have.nested.property(
        "certificates.partner\\.AcmeContract/acme.serial",
        String(contract?.id),
      );
    }),
  );

  it(
    "apinizer: a certificate from a file, and a JWK that follows it",
    onStack("apinizer", async (world) => {
      const first = await apply(world);
      expect(first.made).to.have.length(3);
      expect((await summaries(world))["apinizer.Certificate/api"]).to.deep.include({
        names: ["O=Example Inc, CN=api.example.com"],
        status: "staging deployed, production deployed",
      });
      expect(await expectNothing(world)).to.equal(0);
    }),
  );

  it(
    "the chain: an order that waits, its deployment, a renewal by a new CSR in the file, and the end of the old one",
    onStack("chain", async (world) => {
      const { certcentral } = world.sandbox;
      expect((await apply(world)).made).to.deep.equal([
        "certcentral.orders.place product=ssl_basic commonName=api.example.com",
      ]);
      expect((await summaries(world))["apinizer.Certificate/api"]?.pending).to.equal(
        "a certificate that is not issued yet",
      );
      await certcentral.approveAll();
      expect((await apply(world)).made).to.deep.equal([
        "apinizer.certificates.create project=partners name=api",
        "apinizer.jwks.create project=partners name=api-signing",
      ]);
      world.days(340);
      world.project.write("files/api.csr", await makeCsr("api.example.com"));
      expect((await apply(world)).made).to.deep.equal(["certcentral.orders.renew orderId=700001"]);
      expect((await summaries(world))["certcentral.Order/api"]?.pending).to.match(/^renewal \d+ is /);
      await certcentral.approveAll();
      expect((await apply(world)).made).to.deep.equal([
        "apinizer.certificates.update project=partners name=api",
        "certcentral.orders.revoke orderId=700001",
      ]);
    }),
  );
});

describe("stack files: secrets, instances and templates on the real engine", () => {
  it(
    "nested secrets, another configuration value and an instance of its own: none is in the state, the preview or the output in clear",
    onStack("uploads", async (world) => {
      const { project, sandbox } = world;
      const canary = "canary-4711";
      const key = sandbox.ecgrid.issueKey({ tenant: "second" });
      sandbox.ecgrid.addComm({ commId: 6001, tenant: "second" });
      const own = await makePfx({
        subject: "CN=own",
        password: canary,
        notBefore: world.now,
        notAfter: "2036-01-01T00:00:00Z",
      });
      writeFileSync(join(project.folder, "project", "own.pfx"), Buffer.from(own.pfx, "base64"));
      const list = [
        "providers:",
        `  acme: { system: ecgrid, url: "${sandbox.ecgrid.url}" }`,
        "groups:",
        "  - type: ecgrid.UploadedCertificate",
        "    resources:",
        "      own: { commId: 5001, cert: { file: own.pfx }, allowLastTermination: true }",
        "  - type: ecgrid.Certificate",
        "    resources:",
        "      other: { commId: 6001, overlapDays: 1, allowLastTermination: true, options: { provider: acme } }",
        "  - end",
      ];
      const settings = readFileSync(join(project.folder, "project", "Pulumi.uploads.yaml"), "utf8");
      const salt = settings.split("\n").filter((line) => line.startsWith("encryptionsalt"));
      project.write(
        "Pulumi.uploads.yaml",
        [...salt, "config:", "  clm:stack:", ...list.map((line) => `    ${line}`), ""].join("\n"),
      );
      for (const [path, secret] of [
        ["clm:stack.groups[0].resources.own.password", canary],
        ["clm:stack.providers.acme.apiKey", key],
      ] as const)
        expectCode(await project.pulumi("config", "set", "--secret", "--path", path, secret), 0);
      const validated = await clm(world, "validate");
      expect(validated.stdout).to.match(/Pulumi\.uploads\.yaml: 2 resource\(s\), nothing is wrong/);
      const first = await apply(world);
      expect(first.made).to.have.length(2);
      expect(sandbox.ecgrid.active(6001)).to.have.length(1);
      expect(await expectNothing(world)).to.equal(0);
      const said = [
        first.preview,
        first.up,
        await project.pulumi("stack", "export"),
        await project.pulumi("stack", "output", "--json"),
      ];
      for (const { text } of said) for (const secret of [canary, key]) expect(text).to.not.include(secret);
      // The same by another configuration value: nothing changes.
      const inFile = readFileSync(join(project.folder, "project", "Pulumi.uploads.yaml"), "utf8");
      project.write(
        "certificates.yaml",
        list
          .join("\n")
          .replace("allowLast", "password: { config: pfxPassword }, allowLast")
          .replace('" }', '", apiKey: { config: "demo:key" } }'),
      );
      project.write(
        "Pulumi.uploads.yaml",
        [...salt, "config:", "  clm:stack: { file: certificates.yaml }", ""].join("\n"),
      );
      await project.pulumi("config", "set", "--secret", "pfxPassword", canary);
      await project.pulumi("config", "set", "--secret", "demo:key", key);
      expect(inFile).to.include("secure:");
      expect(await expectNothing(world)).to.equal(0);
      // A password in clear is refused, wherever it stands.
      expectCode(await project.pulumi("config", "set", "--plaintext", "pfxPassword", canary), 0);
      await refused(world, "uploads", /certificates\.yaml:\d+:\d+: \S+own\.password: password is secret, and/);
    }),
  );

  it(
    "the file for uploads runs as it is, and in a project whose files end in .yml",
    onStack("uploads", async (world) => {
      const { project } = world;
      const inProject = (name: string): string => join(project.folder, "project", name);
      const { pfx } = await makePfx({
        ...{ subject: "CN=own", password: "canary-4711" },
        ...{ notBefore: world.now, notAfter: "2036-01-01T00:00:00Z" },
      });
      writeFileSync(inProject("own.pfx"), Buffer.from(pfx, "base64"));
      expectCode(await project.pulumi("config", "set", "--secret", "pfxPassword", "canary-4711"), 0);
      expect((await apply(world)).made).to.have.length(1);
      for (const name of ["Pulumi", "Pulumi.uploads"]) renameSync(inProject(`${name}.yaml`), inProject(`${name}.yml`));
      const path = "clm:stack.groups[0].resources.own.password";
      const text = readFileSync(inProject("Pulumi.uploads.yml"), "utf8");
      writeFileSync(inProject("Pulumi.uploads.yml"), text.replace(/, password: \{ ?config: pfxPassword ?\}/, ""));
      expectCode(await project.pulumi("config", "set", "--secret", "--path", path, "canary-4711"), 0);
      expect(readFileSync(inProject("Pulumi.uploads.yml"), "utf8")).to.match(/password:\s+\{?secure:/);
      expect(await expectNothing(world)).to.equal(0);
    }),
  );

  it("pulumi new makes a project from the template, and the root of the repository is one", async () => {
    const world = await World.open({ from: "examples/stack", initialize: false });
    try {
      const { project } = world;
      const made = join(project.folder, "made");
      const ran = await project.pulumi(
        "new",
        join(REPOSITORY, "examples", "stack"),
        "--generate-only",
        "--yes",
        "--force",
        "--name",
        "our-certificates",
        "--stack",
        "dev",
        "--dir",
        made,
      );
      expectCode(ran, 0);
      expect(readFileSync(join(made, "Pulumi.yaml"), "utf8")).to.match(/^name: our-certificates$/m);
      for (const file of ["Pulumi.yaml", "certificates.yaml", "index.js", "package.json"])
        cpSync(join(made, file), join(project.folder, "project", file));
      // Its list is empty on purpose: nothing is made.
      await project.init();
      expect(expectCode(await project.preview(), 0).text).to.not.include("pulumi-nodejs:dynamic");
      for (const folder of ["sdk", "provider"])
        cpSync(join(REPOSITORY, "dist", folder), join(project.folder, "project", "dist", folder), { recursive: true });
      cpSync(join(REPOSITORY, "Pulumi.yaml"), join(project.folder, "project", "Pulumi.yaml"));
      project.write(
        "Pulumi.dev.yaml",
        `${readFileSync(join(project.folder, "project", "Pulumi.dev.yaml"), "utf8")}\nconfig:\n  clm:stack: { file: partners.yaml }\n`,
      );
      project.write("partners.yaml", readFileSync(join(EXAMPLES, "partners.yaml"), "utf8"));
      await project.pulumi("stack", "init", "dev");
      expect(expectCode(await project.preview(), 0).text).to.match(/partner-50 create warning: CREATE/);
    } finally {
      await world.close();
    }
  });
});

describe("stack files: broken ones lose nothing, on the real engine", () => {
  it(
    "fifty certificates: cuts, gaps, misspellings and doubles are refused before anything; a rename changes nothing; what is meant is said",
    onStack("fifty", async (world) => {
      const { project, sandbox } = world;
      for (let number = 1; number <= 50; number++) sandbox.ecgrid.addComm({ commId: 5100 + number });
      const list = readFileSync(join(EXAMPLES, "partners.yaml"), "utf8");
      const write = (text: string): void => {
        project.write("partners.yaml", text);
      };
      const first = expectCode(await project.up(), 0);
      expect(first.text).to.match(/52 created|\+ 52/);
      const lines = list.split("\n");
      const cut = (kept: number): string => `${lines.slice(0, kept).join("\n")}\n`;
      // The worst ones: all but the closing line, one certificate more than the ceiling lets go, and the resources' key alone.
      for (const kept of [lines.length - 2, lines.length - 13, 5]) {
        write(cut(kept));
        await refused(world, "fifty", /partners\.yaml:\d+:\d+: groups/, [kept === 5 ? project.preview : project.up]);
      }
      write("");
      await refused(world, "fifty", /partners\.yaml:1:1: is empty/);
      write("groups: [end]\n");
      await refused(world, "fifty", /no group of type ecgrid\.Certificate, and the stack has 50/, [
        project.preview,
        project.up,
      ]);
      write(list.replace("      partner-08:", "    partner-08:"));
      await refused(world, "fifty", /partners\.yaml:\d+:\d+: /);
      write(list.replace("partner-09", "partner-08"));
      await refused(world, "fifty", /partners\.yaml:14:7: no valid YAML: .*unique/);
      const settings = readFileSync(join(project.folder, "project", "Pulumi.fifty.yaml"), "utf8");
      project.write("Pulumi.fifty.yaml", settings.replace(/^ {2}clm:stack:.*\n/m, ""));
      await refused(world, "fifty", /clm:stack is missing/);
      project.write("Pulumi.fifty.yaml", settings);

      // A former name of one that is still there is no rename.
      const both = list.replace(/^ *partner-02: .*\n/m, "");
      write(both.replace("partner-01: { commId: 5101 }", "partner-01: { commId: 5101, was: partner-02 }"));
      await refused(world, "fifty", /the stack has partner-01 and partner-02, of which partner-02 would end/);

      write(
        list.replace(
          "partner-01: { commId: 5101 }",
          "partner-one: { commId: 5101, was: partner-01, partnerAs2Id: AS2-partner-01 }",
        ),
      );
      const renamed = await apply(world);
      expect(renamed.made).to.deep.equal([]);
      expect(renamed.preview.text).to.not.match(/partner-\w+ (delete|create|update)/);

      write(list.replace(/resources:[^]*- end/, "resources: {}\n  - end"));
      const all = await project.preview();
      expect(all.code, "fifty at once are above the ceiling").to.not.equal(0);
      expect(all.text).to.include("its ceiling (clm:maxDestructive) is 10");
      const up = await project.up();
      expect(up.code).to.not.equal(0);
      expect(sandbox.ecgrid.active(5150)).to.have.length(1);
    }),
  );
});
