import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importing, storedIn } from "./importing.js";

describe("clm import as a command", () => {
  for (const [args, words] of [
    [[], "the system is missing"],
    [["nowhere"], 'there is no system "nowhere"'],
    [["ecgrid", "--comm", "abc"], '--comm is "abc"'],
    [["ecgrid", "--expires-before", "tomorrow"], '--expires-before is "tomorrow"'],
    [["ecgrid", "--program", "java", "--stack", "dev"], '--program is "java"'],
    [["ecgrid", "--out", "out"], "--stack is missing"],
    [["ecgrid", "--set", "ecgrid:apiKey=x"], "is a secret: give it in the environment"],
    [["ecgrid", "--what"], "--what"],
  ] as const)
    it(
      `${args.join(" ") || "nothing"} ends with 2 and the usage, and nothing is asked`,
      importing(async (opened) => {
        const { code, stderr } = await opened.run(...args);
        expect(code).to.equal(2);
        expect(stderr).to.include(words).and.include("exit codes:");
        expect(opened.sandbox.log.all()).to.deep.equal([]);
      }),
    );

  it(
    "writes over nothing",
    importing(async (opened) => {
      const folder = join(opened.folder, "there");
      mkdirSync(folder);
      writeFileSync(join(folder, "mine"), "");
      const { code, stderr } = await opened.run("ecgrid", "--stack", "dev", "--out", folder);
      expect(code).to.equal(2);
      expect(stderr).to.include("is not empty");
    }),
  );

  it(
    "finds nothing: told by its exit code, and nothing is written",
    importing(async (opened) => {
      const { code, files, stdout } = await opened.written("certcentral");
      expect(code).to.equal(5);
      expect(files).to.equal(undefined);
      expect(stdout).to.include("0 to import");
    }),
  );

  it(
    "takes settings in clear and the policy from the stack's file, so that resources are stored under it",
    importing(async (opened) => {
      const { ecgrid } = opened.sandbox;
      ecgrid.addComm({ commId: 5001 });
      await ecgrid.addCertificate({ commId: 5001 });
      opened.env.ECGRID_URL = undefined;
      writeFileSync(
        join(opened.folder, "Pulumi.dev.yaml"),
        `config:\n  ecgrid:url: ${ecgrid.url}\n  clm:approvals: irreversible\n  ecgrid:apiKey: { secure: abc }\n`,
      );
      const ended = await opened.written("ecgrid");
      expect(ended.code, ended.stderr).to.equal(0);
      for (const { inputs, outputs } of storedIn(ended))
        for (const one of [inputs, outputs]) expect(one.__policy).to.include({ approvals: "irreversible" });
    }),
  );

  it(
    "several systems make one file with one inventory, unless the stack has one",
    importing(async (opened) => {
      const { ecgrid, certcentral } = opened.sandbox;
      ecgrid.addComm({ commId: 5001 });
      await ecgrid.addCertificate({ commId: 5001 });
      await certcentral.addOrder();
      const types = async (...args: string[]) =>
        storedIn(await opened.written("ecgrid", "certcentral", ...args)).map(({ type }) => type.split(":").at(-1));
      expect(await types()).to.deep.equal(["Certificate", "Order", "Inventory"]);
      expect(await types("--no-inventory")).to.deep.equal(["Certificate", "Order"]);
    }),
  );

  it(
    "a program in TypeScript has each resource and the files of its texts",
    importing(async (opened) => {
      await opened.sandbox.certcentral.addOrder({ commonName: "a.example.com" });
      const { files } = await opened.written("certcentral", "--program", "typescript");
      expect([...(files?.keys() ?? [])].sort()).to.deep.equal(["files/a.example.com.csr", "import.json", "index.ts"]);
      expect(files?.get("index.ts"))
        .to.include('import { certcentral } from "pulumi-clm";')
        .and.include('new certcentral.Order("a.example.com", {')
        .and.include('csr: file("files/a.example.com.csr"),')
        .and.include('onDelete: "retain",');
    }),
  );
});
