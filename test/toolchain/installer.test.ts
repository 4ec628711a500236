import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Machine } from "./machine.js";

/** Takes the real installer's arguments, and brings what the real one brings. */
const installerOf = (version: string): string => `#!/bin/sh
set -e
while [ $# -gt 0 ]; do
  case "$1" in
    --no-edit-path) shift ;;
    --install-root) root="$2"; shift 2 ;;
    --version) wanted="$2"; shift 2 ;;
    *) echo "unknown argument $1" >&2; exit 2 ;;
  esac
done
[ "$wanted" = 3.259.0 ]
mkdir -p "$root/bin"
for tool in pulumi pulumi-language-nodejs pulumi-language-python; do
  printf '#!/bin/sh\\necho v${version}\\n' > "$root/bin/$tool"
  chmod 755 "$root/bin/$tool"
done
`;

describe("Pulumi's own installer as a way to a tool chain", () => {
  let machine: Machine;
  let server: Server;
  let answer: { status: number; script: string; requests: number };

  beforeEach(async () => {
    machine = new Machine();
    answer = { status: 200, script: installerOf("3.259.0"), requests: 0 };
    server = createServer((_request, response) => {
      answer.requests++;
      response.writeHead(answer.status).end(answer.script);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    machine.env.CLM_PULUMI_INSTALLER = `http://127.0.0.1:${port}/install.sh`;
  });
  afterEach(async () => {
    await new Promise((closed) => server.close(closed));
    machine.remove();
  });

  it("comes before a build with Go, and its language host can do resource hooks", async () => {
    machine.go();
    expect(await machine.find()).to.include({ source: "installer", version: "3.259.0", hooks: true });
    expect(machine.builds).to.equal(0);
    const second = await machine.find();
    expect(second).to.include({ source: "cache", hooks: true });
    expect(answer.requests).to.equal(1);
    expect(readdirSync(second.bin[0] ?? "").sort()).to.deep.equal([
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
  });

  for (const [name, prepare, reason] of [
    ["the server refuses", () => (answer.status = 403), "answered HTTP 403"],
    ["the script fails", () => (answer.script = "echo no such release >&2; exit 4"), 'exit code 4, "no such release"'],
    ["it brings another version", () => (answer.script = installerOf("3.1.0")), "brought version 3.1.0 in place of"],
    ["it brings nothing", () => (answer.script = "exit 0"), "brought no pulumi"],
  ] as const) {
    it(`goes on to Go, and says why, when ${name}`, async () => {
      prepare();
      machine.go();
      expect((await machine.find()).source).to.equal("go");
      expect(machine.said.join("\n")).to.include(reason).and.include("trying to build with Go");
    });
  }

  it("does not wait for a server that does not answer", async () => {
    server.removeAllListeners("request");
    machine.go();
    expect((await machine.find({ connectMs: 50 })).source).to.equal("go");
    expect(machine.said.join("\n")).to.include("no answer within 0.05 s");
    server.closeAllConnections();
  });

  it("is not asked when Pulumi's home holds what it or the npm package has left; the newest counts", async () => {
    for (const version of ["3.255.0", "3.260.0", "3.100.0"]) {
      const bin = join(machine.folder, "home", ".pulumi", "versions", version, "bin");
      mkdirSync(bin, { recursive: true });
      machine.program("pulumi", `echo v${version}`, bin);
      machine.program("pulumi-language-nodejs", "exit 0", bin);
    }
    expect(await machine.find()).to.include({ source: "installer", version: "3.260.0" });
    expect(answer.requests).to.equal(0);
  });

  it("CLM_TOOLCHAIN limits the search to one way", async () => {
    machine.pulumi("3.300.0");
    machine.go();
    machine.env.CLM_TOOLCHAIN = "cache";
    expect(await machine.refusal())
      .to.include("holds no sound one")
      .and.include("unset CLM_TOOLCHAIN");
    machine.env.CLM_TOOLCHAIN = "go";
    expect((await machine.find()).source).to.equal("go");
    expect(answer.requests).to.equal(0);
    machine.env.CLM_TOOLCHAIN = "cach";
    expect(await machine.refusal()).to.include('"cach", which is not one of path, cache, installer, go');
  });

  it("a pulumi on PATH without a language host does not count, and is not started", async () => {
    const mark = join(machine.folder, "started");
    machine.program("pulumi", `touch ${mark}; echo v3.300.0`);
    expect((await machine.find()).source).to.equal("installer");
    expect(machine.said.join("\n")).to.include("has no pulumi-language-nodejs beside it");
    expect(existsSync(mark)).to.equal(false);
  });
});
