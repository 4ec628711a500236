import { execFile } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY, type Ran } from "./project.js";
import type { World } from "./world.js";

/** Settings of the stack, as a person writes them into its file. */
export function configure({ project }: World, settings: Record<string, string | number>): void {
  const file = join(project.folder, "project", "Pulumi.dev.yaml");
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => !/^(config:| {2}clm:)/.test(line));
  writeFileSync(file, lines.join("\n"));
  appendFileSync(
    file,
    `\nconfig:\n${Object.entries(settings)
      .map(([key, value]) => `  ${key}: ${JSON.stringify(String(value))}\n`)
      .join("")}`,
  );
}

/** `clm review`, in the project, with the world's clock. */
export function clm({ project }: World, ...args: string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(REPOSITORY, "dist", "sdk", "cli", "clm.js"), ...args],
      {
        cwd: join(project.folder, "project"),
        env: { ...process.env, ...project.environment },
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        done({ command: `clm ${args.join(" ")}`, code, stdout, stderr, text: stdout + stderr });
      },
    );
  });
}
