import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { REPOSITORY } from "../instrument/project.js";
import { runValidate, USAGE } from "../../sdk/cli/validate/command.js";
import { refusalOf } from "../../sdk/stack/guard.js";
import { HeldBefore } from "../../sdk/stateBefore.js";
import { KINDS } from "../../provider/dynamic/kinds.js";
import { exampleFile, modelOf, written } from "./files.js";

const CLM = join(REPOSITORY, "dist", "sdk", "cli", "clm.js");

function run(...args: string[]): { code: number; out: string; err: string } {
  let [out, err] = ["", ""];
  const code = runValidate(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

describe("clm validate", () => {
  it("0: nothing is wrong, in as many files as are given", () => {
    const { code, out } = run(exampleFile("chain"), exampleFile("fifty"));
    expect(code).to.equal(0);
    expect(out.split("\n").map((line) => line.split(": ").slice(1).join())).to.deep.equal([
      "4 resource(s), nothing is wrong",
      "50 resource(s), nothing is wrong",
      "",
    ]);
  });

  it("4: what is wrong, for people and as JSON", () => {
    const file = written(
      "wrong.yaml",
      "groups:\n  - type: ecgrid.Certificate\n    resources:\n      a: { comId: 5001 }\n  - end\n",
    );
    const { code, out } = run(file, exampleFile("ecgrid"));
    expect(code).to.equal(4);
    expect(out).to.match(/^wrong\.yaml:4:7: groups\[0\]\.resources\.a: commId is missing: allowed is a whole number/m);
    expect(out).to.match(/^wrong\.yaml:4:12: groups\[0\]\.resources\.a\.comId: .*did you mean commId\?$/m);
    const json = JSON.parse(run(file, "--format", "json").out) as {
      version: number;
      exitCode: number;
      files: { problems: object[] }[];
    };
    expect(json).to.deep.include({ version: 1, exitCode: 4 });
    expect(json.files[0]?.problems[0]).to.deep.include({
      file: "wrong.yaml",
      position: { line: 4, column: 7 },
      path: "groups[0].resources.a",
    });
  });

  it("3: no file, no YAML, no list", () => {
    for (const file of [
      "missing.yaml",
      written("cut.yaml", "groups: ["),
      written("other.yaml", "config: {}\n"),
      written("empty.yaml", ""),
    ])
      expect(run(file), file).to.include({ code: 3 });
    expect(run("missing.yaml").out).to.include("missing.yaml: cannot be read (ENOENT");
  });

  it("prints nothing that a terminal obeys, and takes no names that differ by what is invisible", () => {
    const file = written(
      "escapes.yaml",
      `groups:
  - type: ecgrid.Certificate
    defaults: { commId: 1, overlapDays: 1 }
    resources:
      "x\\e[2J\\e[H\\nnothing is wrong\\n": { "\\e[31mtrigger": x }
      "b\\u200b": {}
      "\\u202eb": {}
      b: { trigger: { from: "ecgrid.Certificate/\\e[2J", output: id } }
  - end
`,
    );
    const { code, out } = run(file);
    expect(code).to.equal(4);
    // eslint-disable-next-line no-control-regex -- what must not be printed
    expect(out).to.not.match(/[\u0000-\u0009\u000b-\u001f\u200b\u202e]/);
    expect(out.trimEnd().split("\n")).to.have.length(5);
    expect(out).to.match(/^escapes\.yaml:6:7: groups\[0\]\.resources\.b\\u\{200b\}: the name is .*what is invisible/m);
    expect(run("--\u001b[2J").err).to.not.include("\u001b");
    const names = JSON.parse(run(file, "--format", "json").out) as { files: { problems: { path: string }[] }[] };
    expect(names.files[0]?.problems.map(({ path }) => path)).to.include("groups[0].resources.b\u200b");
  });

  it("without a file: the lists of the project in whose folder it runs, whatever its files end with", () => {
    const folder = mkdtempSync(join(tmpdir(), "clm-validate-"));
    const here = (): { status: number | null; stdout: string } => {
      const ran = spawnSync(process.execPath, [CLM, "validate"], { cwd: folder, encoding: "utf8" });
      return { status: ran.status, stdout: ran.stdout + ran.stderr };
    };
    const write = (name: string, text: string): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    };
    try {
      for (const file of ["Pulumi.yaml", "certificates.yaml"])
        cpSync(join(REPOSITORY, "examples", "stack", file), join(folder, file));
      expect(here()).to.deep.equal({ status: 0, stdout: "Pulumi.yaml: 0 resource(s), nothing is wrong\n" });
      write("certificates.yaml", "groups:\n  - { type: ecgrid.Certificate, resource: {} }\n  - end\n");
      expect(here().stdout).to.match(/^certificates\.yaml:2:5: groups\[0\]: resources is missing/m);
      write("Pulumi.yaml", "name: p\nruntime: nodejs\nconfig:\n  clm:stack:\n    value:\n      groups: [x, end]\n");
      expect(here().stdout).to.match(/^Pulumi\.yaml:6:16: groups\[0\]: is "x": allowed is a group/m);
      rmSync(join(folder, "Pulumi.yaml"));
      write("Pulumi.yml", "name: p\nruntime: nodejs\nstackConfigDir: stacks\n");
      write("stacks/Pulumi.dev.yml", "config:\n  clm:stack:\n    groups: [end]\n");
      write("stacks/Pulumi.other.yml", "config: {}\n");
      expect(here()).to.deep.equal({
        status: 0,
        stdout: `${join("stacks", "Pulumi.dev.yml")}: 0 resource(s), nothing is wrong\n`,
      });
      rmSync(join(folder, "stacks"), { recursive: true });
      expect(here()).to.deep.include({ status: 2 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("2: the command line; help says all codes", () => {
    expect(run("--format", "xml")).to.include({ code: 2, out: "" });
    expect(run("--nonsense").code).to.equal(2);
    expect(run("--help")).to.deep.equal({ code: 0, out: USAGE, err: "" });
  });
});

describe("stack files: the guard against a section that is missing", () => {
  const urn = (name: string): string => `urn:pulumi:dev::p::pulumi-nodejs:dynamic/ecgrid:Certificate::${name}`;
  const held = new HeldBefore(
    ["a", "b", "c", "d", "e", "f"].map((name) => [
      urn(name),
      { kind: KINDS.EcgridCertificate, outputs: {}, state: undefined },
    ]),
  );

  it("a type that the stack has and the file has no group of is refused; an empty group, or a program's own ones, are not", () => {
    const refusal = refusalOf(modelOf("groups: [end]"), held, new Set());
    expect(refusal).to.match(
      /read\.yaml:1:1: groups: there is no group of type ecgrid\.Certificate, and the stack has 6 \(a, b, c, d, e, \.\.\.\)/,
    );
    expect(refusal).to.include('"resources: {}"');
    const empty = modelOf("groups: [{ type: ecgrid.Certificate, resources: {} }, end]");
    expect(refusalOf(empty, held, new Set())).to.equal(undefined);
    expect(refusalOf(modelOf("groups: [end]"), held, new Set(held.keys()))).to.equal(undefined);
    expect(refusalOf(modelOf("groups: [end]"), held, new Set([urn("a")]))).to.include("the stack has 5 (b, c");
    expect(refusalOf(modelOf("groups: [end]"), new HeldBefore(), new Set())).to.equal(undefined);
    expect(refusalOf(modelOf("groups: [end]"), undefined, new Set())).to.include("the engine has not told");
  });

  it("a former name that the stack does not have is refused while others of the type would end", () => {
    const model = (was: string, more = ""): ReturnType<typeof modelOf> =>
      modelOf(
        `groups: [{ type: ecgrid.Certificate, resources: { new: { commId: 1, overlapDays: 0, was: ${was} }${more} } }, end]`,
      );
    expect(refusalOf(model("a"), held, new Set())).to.equal(undefined);
    expect(refusalOf(model("aa"), held, new Set()))
      .to.include("groups[0].resources.new.was")
      .and.include("a, b, c, d, e, ..., which would end");
    expect(refusalOf(model("aa"), new HeldBefore(), new Set()), "another stack never had it").to.equal(undefined);
  });

  it("a former name of a resource that is there beside the new one is refused: it would end", () => {
    const model = (resources: string): ReturnType<typeof modelOf> =>
      modelOf(
        `groups: [{ type: ecgrid.Certificate, defaults: { commId: 1, overlapDays: 0 }, resources: { ${resources} } }, end]`,
      );
    const refusal = (resources: string): string => refusalOf(model(resources), held, new Set()) ?? "";
    const rest = "c: {}, d: {}, e: {}, f: {}";
    expect(refusal(`a: { was: b }, ${rest}`))
      .to.include("groups[0].resources.a.was: is b, and the stack has a and b, of which b would end")
      .and.include("read.yaml:1:");
    expect(refusal(`new: { was: [a, b] }, ${rest}`)).to.include("the stack has a and b, of which b would end");
    expect(refusal(`a: { was: old }, b: {}, ${rest}`), "the file keeps was after the rename").to.equal("");
    expect(refusal(`a: { was: old }, ${rest}`), "and another one goes").to.equal("");
    expect(refusal(`new: { was: [a, zz] }, b: {}, ${rest}`), "renamed twice").to.equal("");
    expect(refusal(`new: { was: [a, zz] }, ${rest}`)).to.include(
      "the stack has no ecgrid.Certificate of the name zz, but b, which would end",
    );
    expect(refusal(`new: { was: [yy, zz] }, ${rest}`)).to.include("of the name yy, zz, but a, b, which");
    expect(refusal(`a: {}, b: {}, new: { was: zz }, ${rest}`), "nothing ends").to.equal("");
  });
});
