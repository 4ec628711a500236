import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { REPOSITORY } from "../instrument/project.js";

/** A module of sandbox/toolchain, which is plain JavaScript: whoever loads it says what is in it. */
export const toolchainModule = (name: string): Promise<unknown> =>
  import(pathToFileURL(join(REPOSITORY, "sandbox", "toolchain", `${name}.mjs`)).href);

export interface Found {
  readonly bin: string[];
  readonly pulumi: string;
  readonly version: string;
  readonly source: string;
  readonly hooks: boolean;
}
type Find = (overrides: Record<string, unknown>) => Promise<Found>;

export type FoundPebble =
  | { readonly pebble: string; readonly version: string; readonly source: string; readonly missing?: undefined }
  | { readonly missing: string };
type FindPebble = (overrides: Record<string, unknown>) => Promise<FoundPebble>;

/** What a build makes: a pebble or a pulumi of the pinned version. */
const BUILD = `sleep 0.2
case "$out" in */pebble) answer="Pebble version: 2.10.1";; *) answer=v3.259.0;; esac
printf '#!/bin/sh\\necho "%s"\\n' "$answer" > "$out"; chmod 755 "$out"`;

/**
 * A folder for PATH with the commands that the tests' scripts use, and nothing else: the machine that the tests run on
 * may have a Pulumi, a Go or a Pebble of its own.
 */
export function basicCommands(folder: string): string {
  const directory = join(folder, "basics");
  mkdirSync(directory);
  for (const name of ["cat", "chmod", "ln", "mkdir", "rm", "sleep", "touch"]) {
    const command = ["/usr/bin", "/bin"].map((each) => join(each, name)).find((each) => existsSync(each));
    if (command === undefined) throw new Error(`${name} is neither in /usr/bin nor in /bin`);
    symlinkSync(command, join(directory, name));
  }
  return directory;
}

/** A machine of the test's own: its PATH, home, cache and network are folders and a port that nobody listens on. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "clm-toolchain-"));
  readonly said: string[] = [];
  readonly env: Record<string, string>;

  constructor() {
    for (const name of ["bin", "home", "cache"]) mkdirSync(join(this.folder, name));
    this.env = {
      PATH: [join(this.folder, "bin"), basicCommands(this.folder)].join(delimiter),
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

  /** A Go that answers as one, and whose build takes a moment. */
  go(version = "1.26.8", build = BUILD): void {
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

  /** Finished entries of the cache. */
  entries(): string[] {
    const folder = join(this.folder, "cache", "toolchains");
    return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
  }

  async find(overrides: Record<string, unknown> = {}): Promise<Found> {
    const { findToolchain } = (await toolchainModule("find")) as { findToolchain: Find };
    return findToolchain({ ...this.#context(), ...overrides });
  }

  async findPebble(overrides: Record<string, unknown> = {}): Promise<FoundPebble> {
    const { findPebble } = (await toolchainModule("pebble")) as { findPebble: FindPebble };
    return findPebble({ ...this.#context(), ...overrides });
  }

  #context(): Record<string, unknown> {
    return {
      env: this.env,
      home: join(this.folder, "home"),
      pollMs: 5,
      connectMs: 500,
      log: (text: string) => this.said.push(text),
    };
  }

  refusal(overrides: Record<string, unknown> = {}): Promise<string> {
    return this.find(overrides).then(
      ({ source }) => `found by ${source}`,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
