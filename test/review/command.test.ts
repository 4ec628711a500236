import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { runReview } from "../../sdk/cli/review/command.js";
import { REPOSITORY } from "../instrument/project.js";
import { fileOf, many, NOW, recorded } from "./previews.js";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `clm review` with nothing in its environment but what is given. */
async function clm(
  args: readonly string[],
  { input = "", env = {}, isTTY = false }: { input?: string; env?: NodeJS.ProcessEnv; isTTY?: boolean } = {},
): Promise<Ended> {
  const texts = { stdout: "", stderr: "" };
  const code = await runReview(args, {
    env: { PATH: dirname(process.execPath), CLM_NOW: NOW.toISOString(), ...env },
    stdin: Readable.from([Buffer.from(input)]),
    stdout: { write: (text) => (texts.stdout += text), isTTY },
    stderr: { write: (text) => (texts.stderr += text) },
  });
  return { code, ...texts };
}

/** The same as a command, which may read files and do nothing else: write none, start nothing. */
const spawned = (args: readonly string[], input: string): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--permission", "--allow-fs-read=*", join(REPOSITORY, "dist", "sdk", "cli", "clm.js"), "review", ...args],
      { env: { CLM_NOW: NOW.toISOString() } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });

describe("clm review", () => {
  const folder = mkdtempSync(join(tmpdir(), "clm-review-"));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const written = (name: string, content: unknown): string => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };

  it("reads a file and a pipe alike, without colours, credentials or a program", async () => {
    const file = await clm([fileOf("preview")]);
    expect(file).to.include({ code: 0, stderr: "" });
    expect(file.stdout).to.match(/^\d+ operations of this up: .*\n/);
    const text = readFileSync(fileOf("preview"), "utf8");
    expect(await clm(["-"], { input: text })).to.deep.equal(file);
    expect(await spawned(["-"], text)).to.deep.equal(file);
    expect((await spawned(["-", "--fail-on", "any"], text)).code).to.equal(5);
  });

  for (const [name, isTTY, env, coloured] of [
    ["a terminal", true, {}, true],
    ["a terminal of somebody who wants none", true, { NO_COLOR: "1" }, false],
    ["a terminal with an empty NO_COLOR", true, { NO_COLOR: "" }, true],
    ["a pipe", false, {}, false],
  ] as [string, boolean, NodeJS.ProcessEnv, boolean][])
    it(`${name} gets ${coloured ? "" : "no "}colours`, async () => {
      const { stdout } = await clm([fileOf("preview")], { isTTY, env });
      expect(stdout.includes("\u001b[")).to.equal(coloured);
    });

  for (const [args, code] of [
    [["--fail-on", "irreversible"], 5],
    [["--fail-on", "destructive"], 5],
    [["--fail-on=billed,any"], 5],
    [["--fail-on", "billed", "--fail-on", "destructive"], 5],
    [["--format", "json", "--fail-on", "any"], 5],
    [["--format", "markdown"], 0],
  ] as const)
    it(`${args.join(" ")} ends with ${code}`, async () => {
      const ended = await clm([fileOf("preview"), ...args]);
      expect(ended.code).to.equal(code);
      if (args.some((word) => word === "json"))
        expect(JSON.parse(ended.stdout)).to.include({ version: 1, exitCode: 5 });
    });

  it("what is not of a kind does not fail", async () => {
    expect((await clm([fileOf("destroy"), "--fail-on", "billed"])).code).to.equal(0);
    expect((await clm(["-", "--fail-on", "any"], { input: '{"duration":1}' })).code).to.equal(0);
  });

  for (const [name, args, env] of [
    ["an unknown option", ["--nope"], {}],
    ["an unknown kind to fail on", [fileOf("preview"), "--fail-on", "expensive"], {}],
    ["a length of something else than a comment", [fileOf("preview"), "--max-length", "5000"], {}],
    ["a length in which nothing fits", [fileOf("preview"), "--format", "markdown", "--max-length", "1999"], {}],
    ["a length that is no number", [fileOf("preview"), "--format", "markdown", "--max-length", "long"], {}],
    ["an unknown format", [fileOf("preview"), "--format", "html"], {}],
    ["two files", [fileOf("preview"), fileOf("destroy")], {}],
    ["two commands", ["--destroy", "--refresh"], {}],
    ["options for Pulumi with a file", [fileOf("preview"), "--", "--target", "x"], {}],
    ["a clock that is no time", [fileOf("preview")], { CLM_NOW: "tomorrow" }],
  ] as [string, string[], NodeJS.ProcessEnv][])
    it(`${name} is an error of the command line: 2, and no list`, async () => {
      const ended = await clm(args, { env });
      expect(ended).to.include({ code: 2, stdout: "" });
      expect(ended.stderr).to.include("exit codes:");
    });

  for (const [name, content] of [
    ["an empty file", ""],
    ["a file that was cut off", readFileSync(fileOf("preview"), "utf8").slice(0, 20_000)],
    ["JSON of something else", { version: 3, deployment: {} }],
    ["what an error prints", "error: no stack named 'nope' found\n"],
  ] as const)
    it(`${name} is never nothing to do: 3, in every format`, async () => {
      const file = written("input", content);
      const people = await clm([file]);
      expect(people).to.include({ code: 3, stdout: "" });
      expect(people.stderr).to.include(file);
      const markdown = await clm([file, "--format", "markdown"]);
      expect(markdown.code).to.equal(3);
      expect(markdown.stdout).to.match(/^### The review could not be made\n/);
      const json = await clm([file, "--format", "json"]);
      expect(json.code).to.equal(3);
      expect(JSON.parse(json.stdout)).to.have.keys("version", "exitCode", "failure");
    });

  it("a file that is not there: 3", async () => {
    expect((await clm([join(folder, "nowhere")])).code).to.equal(3);
  });

  it("a preview with an error in it: 4, and what there is of the list", async () => {
    const raw = recorded("preview");
    raw.diagnostics?.push({ severity: "error", message: "error: it broke" });
    const ended = await clm([written("failed", raw), "--fail-on", "any"]);
    expect(ended.code).to.equal(4);
    expect(ended.stdout).to.include("THE PREVIEW HAS FAILED").and.include("it broke").and.include("TERMINATE");
  });

  it("a list that is not what the preview says: 6, whatever it is to fail on", async () => {
    const raw = recorded("preview");
    raw.diagnostics = [];
    const ended = await clm([written("silent", raw), "--fail-on", "any"]);
    expect(ended.code).to.equal(6);
    expect(ended.stdout).to.include("THE LIST DIFFERS").and.include("the preview does not name it");
  });

  it("another clock than the preview's shows", async () => {
    const ended = await clm([fileOf("preview")], { env: { CLM_NOW: "2026-04-01" } });
    expect(ended.code).to.equal(6);
    expect(ended.stdout).to.include("set CLM_NOW for both");
  });

  it("--max-length is the length of a comment", async () => {
    const file = written("large", many(recorded("preview"), 200));
    const [short, longer] = [
      await clm([file, "--format", "markdown"]),
      await clm([file, "--format=markdown", "--max-length=1000000"]),
    ];
    expect(short.stdout).to.have.length.at.most(60_000).and.include("LEFT OUT here");
    expect(longer.stdout).to.have.length.above(60_000).and.not.include("LEFT OUT");
  });

  it("--approve names the stack without what a terminal would obey", async () => {
    const raw = readFileSync(fileOf("destroy"), "utf8").replaceAll("urn:pulumi:dev::", "urn:pulumi:dev\\u001b[2J::");
    const file = join(folder, "approvals.json");
    const ended = await clm(["-", "--destroy", "--approve", file], { input: raw });
    expect(ended.code).to.equal(0);
    expect(ended.stderr).to.match(/^clm review: \d+ approval\(s\) for \S*dev\\u\{1b\}\[2J\S* in /);
    // eslint-disable-next-line no-control-regex -- they are the matter
    expect(ended.stderr.slice(0, -1)).to.not.match(/[\u0000-\u001f]/);
  });

  it("what comes from the command line is shown as it is, and not obeyed", async () => {
    const ended = await clm([fileOf("preview"), "--format", "\u001b]0;title\u0007"]);
    expect(ended.stderr.split("\n")[0]).to.equal(
      'clm review: --format is "\\u{1b}]0;title\\u{7}". Allowed: people, markdown, json.',
    );
  });

  it("--destroy says of what a file is, where it does not show", async () => {
    const raw = recorded("preview");
    expect((await clm([written("which", raw), "--destroy"])).stdout).to.include("operations of this destroy");
  });

  it("--help tells of all exit codes", async () => {
    const { code, stdout } = await clm(["--help"]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/0 nothing to object; 2 .*; 3 .*; 4 .*;\n5 .*; 6 .*; 1 /);
  });

  describe("running the preview itself", () => {
    /** A `pulumi` that writes down how it was called. */
    const pulumi = (...script: string[]): NodeJS.ProcessEnv => {
      const tools = mkdtempSync(join(folder, "tools-"));
      writeFileSync(
        join(tools, "pulumi"),
        [
          `#!${process.execPath}`,
          "const fs = require('node:fs');",
          `fs.writeFileSync(${JSON.stringify(join(folder, "called"))}, JSON.stringify({ args: process.argv.slice(2),`,
          "now: process.env.CLM_NOW, stream: process.env.PULUMI_ENABLE_STREAMING_JSON_PREVIEW }));",
          ...script,
        ].join("\n"),
        { mode: 0o755 },
      );
      return { PATH: tools };
    };
    const called = (): Record<string, unknown> =>
      JSON.parse(readFileSync(join(folder, "called"), "utf8")) as Record<string, unknown>;
    const prints = (name: string): string => `process.stdout.write(fs.readFileSync(${JSON.stringify(fileOf(name))}));`;

    for (const [args, command, name] of [
      [[], ["preview"], "preview"],
      [["--destroy"], ["destroy", "--preview-only"], "destroy"],
    ] as const)
      it(`clm review ${args.join(" ")} runs pulumi ${command.join(" ")}`, async () => {
        const env = pulumi(prints(name));
        const ended = await clm([...args, "--", "--target", "urn:x", "--stack", "prod"], {
          env: { ...env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
        });
        expect(ended).to.include({ code: 0, stderr: "" });
        expect(called()).to.deep.include({
          args: [
            ...command,
            ...["--json", "--show-sames", "--show-replacement-steps", "--non-interactive"],
            ...["--target", "urn:x", "--stack", "prod"],
          ],
          now: NOW.toISOString(),
        });
        expect(called()).to.not.have.property("stream");
        expect(ended.stdout).to.not.include("nothing in the JSON shows");
      });

    it("one clock for both, where none is pinned", async () => {
      const ended = await clm(["--format", "json"], { env: { ...pulumi(prints("leftOver")), CLM_NOW: "" } });
      expect(called().now).to.equal((JSON.parse(ended.stdout) as { now: string }).now);
    });

    for (const [name, script, says] of [
      ["prints nothing", ["process.stderr.write('error: no stack\\n'); process.exitCode = 6;"], "ended with 6"],
      ["prints half", ["process.stdout.write('{\"steps\": ['); process.exitCode = 255;"], "ended with 255"],
      ["is killed", ["process.kill(process.pid, 'SIGKILL');"], "ended with a signal"],
    ] as [string, string[], string][])
      it(`a preview that ${name}: 4, and no list`, async () => {
        const ended = await clm(["--format", "markdown"], { env: pulumi(...script) });
        expect(ended.code).to.equal(4);
        expect(ended.stdout)
          .to.match(/^### The review could not be made\n/)
          .and.include(says);
        if (name === "prints nothing") expect(ended.stderr).to.match(/^error: no stack\n/);
      });

    it("a preview that ends with an error after all: 4", async () => {
      const ended = await clm([], { env: pulumi(prints("preview"), "process.exitCode = 1;") });
      expect(ended.code).to.equal(4);
      expect(ended.stdout).to.include("ended with 1").and.include("TERMINATE");
    });

    it("a preview that prints nothing and says that all went well: 3", async () => {
      expect((await clm([], { env: pulumi("") })).code).to.equal(3);
    });

    it("no pulumi: 4", async () => {
      const ended = await clm([], { env: { PATH: folder } });
      expect(ended.code).to.equal(4);
      expect(ended.stderr).to.include("Is it on PATH?");
    });
  });
});
