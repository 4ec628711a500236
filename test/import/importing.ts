import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runImport } from "../../sdk/cli/import/command.js";
import type { Table } from "../../sdk/cli/import/table.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";

export const NOW = "2026-03-01T10:00:00Z";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was written, by its name; undefined where there is no folder. */
  readonly files: ReadonlyMap<string, string> | undefined;
  /** Permissions of what was written. */
  readonly modes: readonly number[];
}

/** A resource of the import file. */
export interface Stored {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** `clm import` in the folder of a project, against a sandbox. */
export class Importing {
  readonly folder = mkdtempSync(join(tmpdir(), "clm-import-"));
  readonly env: Record<string, string | undefined>;

  private constructor(readonly sandbox: Sandbox) {
    const { ecgrid, certcentral, partner, apinizer } = sandbox;
    writeFileSync(join(this.folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    this.has();
    this.env = {
      CLM_NOW: NOW,
      CLM_BACKOFF_SECONDS: "0.01",
      ...{ ECGRID_URL: ecgrid.url, ECGRID_API_KEY: ecgrid.apiKey },
      ...{ CERTCENTRAL_URL: certcentral.url, CERTCENTRAL_API_KEY: certcentral.apiKey },
      ...{ PARTNER_URL: partner.url, PARTNER_API_KEY: partner.apiKey },
      ...{ APINIZER_URL: apinizer.managerUrl, APINIZER_TOKEN: apinizer.token },
    };
  }

  static async open(): Promise<Importing> {
    return new Importing(await startSandbox({ now: NOW }));
  }

  /** What the stack `dev` has already, as `pulumi stack export` prints it. */
  has(resources: readonly object[] = []): void {
    writeFileSync(join(this.folder, "state.json"), JSON.stringify({ version: 3, deployment: { resources } }));
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async run(...args: string[]): Promise<Ended> {
    const texts = { stdout: "", stderr: "" };
    const io = {
      env: this.env,
      stdout: { write: (text: string) => (texts.stdout += text) },
      stderr: { write: (text: string) => (texts.stderr += text) },
    };
    const out = join(this.folder, "out");
    rmSync(out, { recursive: true, force: true });
    const code = await runImport(args, io, this.folder);
    const names = existsSync(out)
      ? readdirSync(out, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
      : [];
    return {
      ...{ code, ...texts },
      files: existsSync(out)
        ? new Map(names.map((name) => [name.slice(out.length + 1), readFileSync(name, "utf8")]))
        : undefined,
      modes: names.map((name) => statSync(name).mode & 0o777),
    };
  }

  /** The same, written for the stack `dev`. */
  written(...args: string[]): Promise<Ended> {
    return this.run(...args, "--stack", "dev", "--state", "state.json", "--out", join(this.folder, "out"));
  }

  /** The table of a run. */
  async table(...args: string[]): Promise<Table & { readonly code: number }> {
    const { code, stdout, stderr } = await this.run(...args, "--format", "json");
    if (stdout === "") throw new Error(stderr);
    return { ...(JSON.parse(stdout) as Table), code };
  }
}

export const storedIn = ({ files }: Ended): Stored[] =>
  (JSON.parse(files?.get("import.json") ?? "{}") as { resources: Stored[] }).resources;

/** Runs a test with a sandbox and a project of its own. */
export const importing = (test: (importing: Importing) => Promise<void>) => async (): Promise<void> => {
  const opened = await Importing.open();
  try {
    await test(opened);
  } finally {
    await opened.close();
  }
};
