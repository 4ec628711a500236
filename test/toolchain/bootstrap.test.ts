import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { REPOSITORY } from "../instrument/project.js";
import { basicCommands } from "./machine.js";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes node_modules with the project's Node.js and a compiler that takes JavaScript for TypeScript. */
const NPM = `echo "npm $*" >> calls
echo "words of npm"
rm -rf node_modules
mkdir -p node_modules/node/bin node_modules/typescript/bin
ln -s "$NODE" node_modules/node/bin/node
cat > node_modules/typescript/bin/tsc <<'JS'
const fs = require("node:fs");
const path = require("node:path");
fs.appendFileSync("calls", "tsc\\n");
console.log("words of tsc");
for (const file of fs.globSync("{provider,sdk,test}/**/*.ts")) {
  const output = path.join("dist", file.replace(/ts$/, "js"));
  fs.mkdirSync(path.dirname(output), { recursive: true });
  fs.copyFileSync(file, output);
}
JS`;

/** A clone with nothing but the tool chain's files, a command that prints JSON, and an npm of the test's own. */
class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), "clm-clone-"));
  readonly #basics = basicCommands(this.folder);

  constructor() {
    cpSync(join(REPOSITORY, "sandbox", "toolchain"), join(this.folder, "sandbox", "toolchain"), { recursive: true });
    this.write("package.json", JSON.stringify({ name: "some-clone" }));
    this.write("package-lock.json", "{}");
    this.write("tsconfig.json", "{}");
    this.write("sdk/cli/clm.ts", "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;");
    this.npm(NPM);
  }

  write(name: string, text: string): void {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o755 });
  }

  npm(script: string): void {
    this.write("tools/npm", `#!/bin/sh\n${script}\n`);
  }

  /** What npm and the compiler were called for. */
  get calls(): string[] {
    const file = join(this.folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  spawn(...args: string[]): ChildProcess {
    return spawn(process.execPath, [join("sandbox", "toolchain", "bootstrap.mjs"), ...args], {
      cwd: this.folder,
      env: {
        PATH: [join(this.folder, "tools"), this.#basics].join(delimiter),
        CLM_CACHE_DIR: join(this.folder, "cache"),
        NODE: process.execPath,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  start(...args: string[]): Promise<Ended> {
    return ended(this.spawn(...args));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const ended = async (child: ChildProcess): Promise<Ended> => {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((closed) => child.on("close", closed));
  return { code, stdout, stderr };
};

describe("the start of a command from a clone", () => {
  let clone: Clone;
  beforeEach(() => {
    clone = new Clone();
  });
  afterEach(() => {
    clone.remove();
  });

  it("sets everything up once, and keeps standard output and the exit code for the command", async () => {
    const first = await clone.start("sandbox", "--json", "a b");
    expect(first).to.include({ code: 7, stdout: '["sandbox","--json","a b"]\n' });
    expect(first.stderr).to.include("words of npm").and.include("words of tsc");
    expect(clone.calls).to.have.length(2);
    expect(clone.calls[0]).to.include("npm ci --include=dev");
    expect(readlinkSync(join(clone.folder, "node_modules", "some-clone")).replace(/\/$/, "")).to.equal("..");
    expect(statSync(join(clone.folder, "dist", "sdk", "cli", "clm.js")).mode & 0o777).to.equal(0o755);

    expect(await clone.start("sandbox")).to.include({ code: 7, stdout: '["sandbox"]\n', stderr: "" });
    expect(clone.calls).to.have.length(2);
  });

  it("two at once set up once", async () => {
    clone.npm(`${NPM}\nsleep 0.3`);
    const both = await Promise.all([clone.start("sandbox", "1"), clone.start("sandbox", "2")]);
    expect(both.map(({ stdout }) => stdout)).to.deep.equal(['["sandbox","1"]\n', '["sandbox","2"]\n']);
    expect(both.map(({ stderr }) => stderr).join("")).to.match(/Waiting for process \d+ on .*, which is installing/);
    expect(clone.calls).to.have.length(2);
  });

  it("compiles again when a source has changed, gone or lost its output, and installs again with the lock file", async () => {
    clone.write("provider/gone.ts", "");
    await clone.start("sandbox");
    const output = (name: string): boolean => existsSync(join(clone.folder, "dist", name));
    expect(output("provider/gone.js")).to.equal(true);

    rmSync(join(clone.folder, "provider", "gone.ts"));
    await clone.start("sandbox");
    expect(output("provider/gone.js")).to.equal(false);
    expect(clone.calls.slice(2)).to.deep.equal(["tsc"]);

    rmSync(join(clone.folder, "dist", "sdk"), { recursive: true });
    await clone.start("sandbox");
    expect(output("sdk/cli/clm.js")).to.equal(true);
    expect(clone.calls.slice(3)).to.deep.equal(["tsc"]);

    clone.write("package-lock.json", "{ }");
    await clone.start("sandbox");
    expect(clone.calls.slice(4).map((call) => call.split(" ")[0])).to.deep.equal(["npm", "tsc"]);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`passes ${signal} on, and ends when the command has ended`, async () => {
      clone.write(
        "sdk/cli/clm.ts",
        `process.on("${signal}", () => { console.log("told"); process.exit(5); });
         require("node:fs").writeFileSync("up", "");
         setInterval(() => {}, 1000);`,
      );
      const child = clone.spawn("sandbox");
      const end = ended(child);
      while (!existsSync(join(clone.folder, "up"))) await pause(10);
      child.kill(signal);
      expect(await end).to.include({ code: 5, stdout: "told\n" });
    });
  }

  it("stops the set-up on a signal, and the next start begins anew", async () => {
    clone.npm(`touch installing; while :; do sleep 0.05; done`);
    const child = clone.spawn("sandbox");
    const end = ended(child);
    while (!existsSync(join(clone.folder, "installing"))) await pause(10);
    child.kill("SIGTERM");
    const { code, stderr } = await end;
    expect(code).to.equal(128 + 15);
    expect(stderr).to.include("Stopped before the command was started.");
    clone.npm(NPM);
    expect(await clone.start("sandbox")).to.include({ code: 7 });
  });

  describe("of the tests", () => {
    beforeEach(() => {
      clone.write(
        "package.json",
        JSON.stringify({ name: "some-clone", devDependencies: { "@pulumi/pulumi": "3.0.0" } }),
      );
      clone.write(
        "test/run.ts",
        "const { CLM_PEBBLE, CLM_PEBBLE_MISSING } = process.env; console.log(JSON.stringify([CLM_PEBBLE, CLM_PEBBLE_MISSING]));",
      );
      clone.write("tools/pulumi", "#!/bin/sh\necho v3.300.0\n");
      clone.write("tools/pulumi-language-nodejs", "#!/bin/sh\n");
      clone.write("tools/pulumi-resource-pulumi-nodejs", "#!/bin/sh\n");
    });
    const handed = ({ stdout }: Ended): string[] => JSON.parse(stdout) as string[];

    it("hands over where Pebble is", async () => {
      clone.write("tools/pebble", "#!/bin/sh\necho Pebble version: 2.10.1\n");
      const ran = await clone.start("test");
      expect(ran.code).to.equal(0);
      expect(handed(ran)).to.deep.equal([join(clone.folder, "tools", "pebble"), ""]);
      expect(ran.stderr).to.include("Using Pebble 2.10.1 (path).");
    });

    it("goes on without Pebble, and says what is left out and why", async () => {
      clone.write("tools/go", "#!/bin/sh\necho go version go1.21.0 linux/amd64\n");
      const ran = await clone.start("test");
      expect(ran.code).to.equal(0);
      const [path, why] = handed(ran);
      expect(path).to.equal("");
      expect(why).to.match(/^The tests with Pebble are left out, .*1\.21\.0, older than 1\.24/);
      expect(ran.stderr).to.include(why);
    });
  });

  it("says in a sentence what failed", async () => {
    expect((await clone.start("serve")).stderr).to.equal(
      '"serve" is no command; the commands are demo, test, fidelity, situations, fields, schema, sandbox, bench, coverage.\n',
    );
    expect((await clone.start("fields")).stderr).to.include(
      '"fields" is the file dist/test/fields.js, which compiling',
    );
    clone.write("package-lock.json", "{ }");
    clone.npm("echo no access to the registry >&2; exit 3");
    const { code, stderr } = await clone.start("sandbox");
    expect(code).to.equal(1);
    expect(stderr).to.include("no access").and.include('"npm ci" failed (exit code 3);').and.include("run this again");
    expect(stderr).not.to.match(/^ +at /m);
  });
});
