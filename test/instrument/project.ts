import { execFile, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The repository's root, from dist/test/instrument. */
export const REPOSITORY = resolve(__dirname, "..", "..", "..");

/** Where processes keep what they have compiled. */
export const COMPILE_CACHE = join(tmpdir(), "clm-compile-cache");

/** What a command printed and how it ended. */
export interface Ran {
  readonly command: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, stdout first. */
  readonly text: string;
}

export interface ProjectOptions {
  /** Folder of the repository that is copied as the project. */
  readonly from: string;
  /** Environment of every command, on top of what makes it hermetic. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Stacks of this process as the CLI made the first of them, by project and name. */
const first = new Map<string, { readonly backend: string; readonly settings: string }>();

/** A Pulumi project in a temporary folder, run by the real CLI on a file backend (facts E1-E4). */
export class Project {
  readonly folder: string;
  /** Live: changed between commands. */
  readonly environment: Record<string, string | undefined>;
  readonly #from: string;
  #child: ChildProcess | undefined;

  constructor({ from, environment }: ProjectOptions) {
    this.#from = from;
    this.folder = mkdtempSync(join(tmpdir(), "clm-project-"));
    cpSync(join(REPOSITORY, from), join(this.folder, "project"), { recursive: true });
    mkdirSync(join(this.folder, "backend"));
    mkdirSync(join(this.folder, "home"));
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.folder, "project", "node_modules"), "junction");
    this.environment = {
      PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "not a secret: this backend lives as long as the test",
      // The CLI lives for a second or two: collecting its garbage costs more than it saves.
      GOGC: "400",
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // Each command loads the SDK twice; compiled once, it loads faster. World has a better way for its processes.
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      CLM_RECEIPTS: join(this.folder, "receipts.jsonl"),
      ...environment,
    };
  }

  get #backend(): string {
    return join(this.folder, "backend");
  }

  get receipts(): string {
    return join(this.folder, "receipts.jsonl");
  }

  /** The command that is running. */
  get running(): ChildProcess | undefined {
    return this.#child;
  }

  write(name: string, text: string): void {
    const file = join(this.folder, "project", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs `pulumi` in the project, non-interactively and, unless it is asked for, without colour. */
  pulumi(...args: string[]): Promise<Ran> {
    return new Promise((done, fail) => {
      this.#child = execFile(
        "pulumi",
        [...args, "--non-interactive", ...(args.includes("--color") ? [] : ["--color", "never"])],
        {
          cwd: join(this.folder, "project"),
          env: { ...process.env, ...this.environment },
          maxBuffer: 256 * 1024 * 1024,
        },
        (error, stdout, stderr) => {
          if (error !== null && typeof error.code !== "number" && error.signal == null) {
            fail(
              new Error(
                `pulumi could not be started: ${error.message}. Run the tests by "npm test", which finds or builds it.`,
              ),
            );
            return;
          }
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
          done({ command: `pulumi ${args.join(" ")}`, code, stdout, stderr, text: stdout + stderr });
        },
      );
    });
  }

  /** Makes a stack. What the CLI writes for the first one of a process is written again for the others of its kind. */
  async init(stack = "dev"): Promise<void> {
    this.environment.PULUMI_STACK = stack;
    const key = `${this.#from} ${stack}`;
    const known = first.get(key);
    const settings = join(this.folder, "project", `Pulumi.${stack}.yaml`);
    if (known !== undefined && readdirSync(this.#backend).length === 0) {
      cpSync(known.backend, this.#backend, { recursive: true });
      writeFileSync(settings, known.settings);
      return;
    }
    const ran = await this.pulumi("stack", "init", stack);
    if (ran.code !== 0) throw new Error(`pulumi stack init failed: ${ran.text}`);
    const backend = mkdtempSync(join(tmpdir(), "clm-backend-"));
    process.once("exit", () => {
      rmSync(backend, { recursive: true, force: true });
    });
    cpSync(this.#backend, backend, { recursive: true });
    first.set(key, { backend, settings: readFileSync(settings, "utf8") });
  }

  preview = (...more: string[]): Promise<Ran> => this.pulumi("preview", ...more);
  up = (...more: string[]): Promise<Ran> => this.pulumi("up", "--yes", "--skip-preview", ...more);
  refresh = (...more: string[]): Promise<Ran> => this.pulumi("refresh", "--yes", "--skip-preview", ...more);
  destroyPreview = (): Promise<Ran> => this.pulumi("destroy", "--preview-only", "--diff");
  destroy = (...more: string[]): Promise<Ran> => this.pulumi("destroy", "--yes", "--skip-preview", ...more);

  /** The state as the backend's file has it: what `pulumi stack export` prints, without a command. */
  resources(stack = "dev"): StoredResource[] {
    const [project = "", ...others] = readdirSync(join(this.#backend, ".pulumi", "stacks"));
    if (others.length > 0) throw new Error("the backend has stacks of several projects");
    const file = join(this.#backend, ".pulumi", "stacks", project, `${stack}.json`);
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest?: { resources?: StoredResource[] } };
    };
    return checkpoint.latest?.resources ?? [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly provider?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly delete?: boolean;
  readonly protect?: boolean;
}
