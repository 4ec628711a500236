import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { REPOSITORY } from "../instrument/project.js";
import { needsPebble, runnable, testFiles } from "../testFiles.js";
import { Machine } from "./machine.js";

const ENTRY = `pebble-2.10.1-${process.platform}-${process.arch}`;

describe("the search for Pebble", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
  });
  afterEach(() => {
    machine.remove();
  });

  it("takes the one on PATH, also an old one that does not say its version", async () => {
    machine.go();
    const pebble = join(machine.folder, "bin", "pebble");
    machine.program("pebble", "echo Pebble version: v2.8.0");
    expect(await machine.findPebble()).to.deep.equal({ pebble, version: "2.8.0", source: "path" });
    machine.program("pebble", 'echo "  -dnsserver string" >&2; exit 2');
    expect(await machine.findPebble()).to.deep.equal({ pebble, version: "of unknown version", source: "path" });
    expect(machine.builds).to.equal(0);
    expect(machine.said).to.deep.equal([]);
  });

  it("passes over another program of that name, and says so", async () => {
    machine.go();
    machine.program("pebble", "echo Pebble lets you control services; exit 1");
    expect(await machine.findPebble()).to.include({ source: "go" });
    expect(machine.said.join("\n")).to.include("is not the ACME server Pebble; looking for another.");
  });

  it("builds it with Go once, and finds it in the cache the second time", async () => {
    machine.go();
    const pebble = join(machine.folder, "cache", "toolchains", ENTRY, "bin", "pebble");
    expect(await machine.findPebble()).to.deep.equal({ pebble, version: "2.10.1", source: "go" });
    expect(await machine.findPebble()).to.deep.equal({ pebble, version: "2.10.1", source: "cache" });
    expect(machine.builds).to.equal(1);
    expect(machine.said.join("\n")).not.to.include("Pulumi");
  });

  it("finds damage by its digest, says so, and builds again", async () => {
    machine.go();
    const found = await machine.findPebble();
    appendFileSync("pebble" in found ? found.pebble : "", "# tampered\n");
    expect(await machine.findPebble()).to.include({ source: "go" });
    expect(machine.said.join("\n")).to.include("The cached Pebble is damaged");
    expect(machine.builds).to.equal(2);
  });

  it("another version of Pebble leaves the CLI in the cache, and another CLI leaves Pebble", async () => {
    machine.go();
    await machine.find();
    await machine.findPebble();
    expect(machine.builds).to.equal(3);
    const cli = { cli: "3.260.0", host: "3.68.0", sdk: "3.270.0", go: "1.26.0" };
    expect(await machine.refusal({ pins: cli })).to.include("Go built a pulumi of version 3.259.0 in place of 3.260.0");
    const other = await machine.findPebble({ pebblePins: { version: "2.11.0", go: "1.24.0" } });
    expect(other.missing).to.include("Go built a pebble of version 2.10.1 in place of 2.11.0");
    expect((await machine.find()).source).to.equal("cache");
    expect(await machine.findPebble()).to.include({ source: "cache" });
    expect(machine.entries()).to.have.length(2).and.include(ENTRY);
  });

  it("several at once build once, and beside a build of the CLI", async () => {
    machine.go();
    const searches = [machine.findPebble(), machine.findPebble(), machine.findPebble()];
    const [found, cli] = await Promise.all([Promise.all(searches), machine.find()]);
    expect(cli.source).to.equal("go");
    expect(found.map((each) => ("source" in each ? each.source : "")).sort()).to.deep.equal(["cache", "cache", "go"]);
    expect(machine.builds).to.equal(3);
  });

  it("a build that is stopped leaves nothing, one that is killed nothing that counts", async () => {
    const mark = join(machine.folder, "building");
    machine.go("1.26.8", `echo $$ > ${mark}; while :; do sleep 0.05; done`);
    const module = pathToFileURL(join(REPOSITORY, "sandbox", "toolchain", "pebble.mjs")).href;
    const program = `const { findPebble } = await import(${JSON.stringify(module)}); await findPebble({ log() {} });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      env: machine.env,
      stdio: "ignore",
    });
    while (!existsSync(mark) || readFileSync(mark, "utf8") === "") await pause(5);
    child.kill("SIGKILL");
    await once(child, "exit");
    process.kill(Number(readFileSync(mark, "utf8")), "SIGKILL");
    expect(machine.entries()).to.deep.equal([]);

    const stopped = new AbortController();
    machine.go("1.26.8", "while :; do sleep 0.05; done");
    const before = machine.builds;
    const search = machine.findPebble({ signal: stopped.signal }).catch((error: unknown) => error);
    while (machine.builds === before) await pause(5);
    stopped.abort(new Error("stopped"));
    expect(await search).to.have.property("message", "stopped");
    expect(readdirSync(join(machine.folder, "cache", "toolchains"))).to.deep.equal([]);

    machine.go();
    expect(await machine.findPebble()).to.include({ source: "go" });
    expect(readdirSync(join(machine.folder, "cache", "toolchains"))).to.deep.equal([ENTRY]);
    expect(readdirSync(join(machine.folder, "cache", "locks"))).to.deep.equal([]);
  });

  for (const [name, prepare, reason] of [
    ["no Go", () => undefined, "no Go is on PATH"],
    [
      "a Go that is too old",
      () => {
        machine.go("1.21.0");
      },
      "older than 1.24",
    ],
    [
      "no network",
      () => {
        machine.go("1.26.8", "echo dial tcp: lookup failed >&2; exit 1");
      },
      "could not download the modules",
    ],
  ] as const) {
    it(`says in one sentence why there is none, and what to do: ${name}`, async () => {
      prepare();
      const { missing } = await machine.findPebble();
      expect(missing)
        .to.match(/^The tests with Pebble are left out, because .* then run this again\.$/)
        .and.include("no pebble is on PATH")
        .and.include(reason)
        .and.include("put Pebble 2.10.1 from");
    });
  }
});

describe("the tests that need Pebble", () => {
  const files = ["a/pebble.test.js", "a/provider.pebble.test.js", "a/findPebble.test.js", "a/other.test.js"];

  it("run with it", () => {
    expect(runnable(files, { CLM_PEBBLE: "/some/pebble" })).to.deep.equal({ run: files, leftOut: undefined });
  });

  it("are left out without it, and never without a sentence", () => {
    const run = files.slice(2);
    const why = "Because.";
    expect(runnable(files, { CLM_PEBBLE: "", CLM_PEBBLE_MISSING: why })).to.deep.equal({ run, leftOut: why });
    expect(runnable(files, {})).to.deep.include({ run }).and.property("leftOut").include("CLM_PEBBLE");
    expect(runnable(run, {}).leftOut).to.equal(undefined);
  });

  it("are recognized among the files", () => {
    expect(testFiles().filter(needsPebble)).to.include(join(REPOSITORY, "dist", "test", "sandbox", "pebble.test.js"));
  });
});
