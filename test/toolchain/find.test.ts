import { expect } from "chai";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { REPOSITORY } from "../instrument/project.js";

interface Found {
  readonly bin: string[];
  readonly pulumi: string;
  readonly version: string;
  readonly source: string;
  readonly hooks: boolean;
}
type Find = (overrides: Record<string, unknown>) => Promise<Found>;

/** A machine of the test's own: its PATH, home, cache and network are folders and a port that nobody listens on. */
class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "clm-toolchain-"));
  readonly said: string[] = [];
  readonly env: Record<string, string>;

  constructor() {
    for (const name of ["bin", "home", "cache"]) mkdirSync(join(this.folder, name));
    this.env = {
      PATH: `${join(this.folder, "bin")}:/usr/bin:/bin`,
      CLM_CACHE_DIR: join(this.folder, "cache"),
      CLM_PULUMI_INSTALLER: "http://127.0.0.1:9/install.sh",
    };
  }

  program(name: string, script: string, folder = join(this.folder, "bin")): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  pulumi(version: string): void {
    this.program("pulumi", `echo v${version}`);
    this.program("pulumi-language-nodejs", "exit 0");
  }

  /** A Go that answers as one, and whose build takes a moment and makes a pulumi of the pinned version. */
  go(version = "1.26.8", build = 'sleep 0.2; printf "#!/bin/sh\\necho v3.259.0\\n" > "$out"; chmod 755 "$out"'): void {
    this.program(
      "go",
      `if [ "$1" = version ]; then echo "go version go${version} linux/amd64"; exit 0; fi
echo build >> ${join(this.folder, "builds")}
while [ "$1" != "-o" ]; do shift; done; out="$2"
${build}`,
    );
  }

  get builds(): number {
    const file = join(this.folder, "builds");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
  }

  entries(): string[] {
    const folder = join(this.folder, "cache", "toolchains");
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("pulumi-")) : [];
  }

  async find(): Promise<Found> {
    const { findToolchain } = (await import(
      pathToFileURL(join(REPOSITORY, "sandbox", "toolchain", "find.mjs")).href
    )) as {
      findToolchain: Find;
    };
    return findToolchain({
      env: this.env,
      home: join(this.folder, "home"),
      pollMs: 5,
      connectMs: 500,
      log: (text: string) => this.said.push(text),
    });
  }

  refusal(): Promise<string> {
    return this.find().then(
      ({ source }) => `found by ${source}`,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }
}

describe("the search for a Pulumi tool chain", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
  });
  afterEach(() => {
    rmSync(machine.folder, { recursive: true, force: true });
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
