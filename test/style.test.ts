import { expect } from "chai";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "./instrument/project.js";

/** Runs a tool of node_modules. @returns what it found; empty when nothing. */
const findings = (tool: string, ...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(REPOSITORY, "node_modules", tool), ...args],
      { cwd: REPOSITORY },
      (error, stdout, stderr) => {
        resolve(error === null ? "" : stdout + stderr);
      },
    );
  });

describe("style", () => {
  it("ESLint finds nothing", async () => {
    expect(await findings("eslint/bin/eslint.js", ".")).to.equal("");
  });

  it("Prettier would change nothing", async () => {
    expect(await findings("prettier/bin/prettier.cjs", "--check", ".")).to.equal("");
  });
});
