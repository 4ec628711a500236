import { expect } from "chai";
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Machine } from "./machine.js";

describe("the search for a Pulumi tool chain", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
  });
  afterEach(() => {
    machine.remove();
  });

  it("takes a pulumi on PATH that is new enough", async () => {
    machine.pulumi("3.300.0");
    machine.go();
    expect(await machine.find()).to.include({ source: "path", version: "3.300.0", hooks: true });
    expect(machine.builds).to.equal(0);
  });

  it("says that one on PATH is too old, and goes on", async () => {
    machine.pulumi("3.100.0");
    machine.go();
    expect((await machine.find()).source).to.equal("go");
    expect(machine.said.join("\n")).to.match(/3\.100\.0.*3\.254\.0/);
  });

  it("builds with Go where nothing else is, and finds it in the cache the second time", async () => {
    machine.go();
    const first = await machine.find();
    expect(first).to.include({ source: "go", version: "3.259.0", hooks: false });
    expect(machine.said.join("\n")).to.include("cannot be reached");
    expect(machine.builds).to.equal(2); // the CLI and its language host
    const second = await machine.find();
    expect(second).to.include({ source: "cache", version: "3.259.0" });
    expect(machine.builds).to.equal(2);
    for (const tool of ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) {
      expect(
        second.bin.some((folder) => existsSync(join(folder, tool))),
        tool,
      ).to.equal(true);
    }
  });

  it("finds damage by its digest, says so, and builds again", async () => {
    machine.go();
    const { pulumi } = await machine.find();
    appendFileSync(pulumi, "# tampered\n");
    expect((await machine.find()).source).to.equal("go");
    expect(machine.said.join("\n")).to.include("damaged");
    expect(machine.builds).to.equal(4);
  });

  it("several at once build once", async () => {
    machine.go();
    const found = await Promise.all([machine.find(), machine.find(), machine.find()]);
    expect(machine.builds).to.equal(2);
    expect(found.map(({ source }) => source).sort()).to.deep.equal(["cache", "cache", "go"]);
  });

  it("a build that breaks leaves nothing half made, and the next one succeeds", async () => {
    machine.go("1.26.8", 'case "$out" in *language*) exit 1;; *) echo half > "$out";; esac');
    expect(await machine.refusal()).to.include("the build with Go failed");
    expect(machine.entries()).to.deep.equal([]);
    machine.go();
    expect((await machine.find()).source).to.equal("go");
  });

  it("a lock of a process that has died is taken over", async () => {
    machine.go();
    const pid = 2 ** 22 + 1; // beyond any pid of Linux
    const lock = join(machine.folder, "cache", "locks", `toolchain-${process.platform}-${process.arch}`);
    mkdirSync(lock, { recursive: true });
    const owner = { pid, host: hostname(), token: "theirs", purpose: "making a Pulumi tool chain" };
    writeFileSync(join(lock, "owner.json"), JSON.stringify(owner));
    expect((await machine.find()).source).to.equal("go");
  });

  for (const [name, prepare, reason] of [
    ["no Go", () => undefined, "no Go is on PATH"],
    [
      "a Go that is too old",
      () => {
        machine.go("1.21.0");
      },
      "older than 1.26",
    ],
  ] as const) {
    it(`says in one sentence what cannot be done, with the way out: ${name}`, async () => {
      prepare();
      const said = await machine.refusal();
      expect(said)
        .to.include("No Pulumi CLI was found or could be made")
        .and.include(reason)
        .and.include("then run this again.");
      expect(said.trim().split("\n")).to.have.length(1);
    });
  }
});
