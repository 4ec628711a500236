import { globSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./instrument/project.js";

/** Compiled test files; those that run the real engine first, because they take longest. */
export function testFiles(): string[] {
  const files = globSync("dist/test/**/*.test.js", { cwd: REPOSITORY }).sort();
  const slow = (file: string): number => (file.includes(join("test", "engine")) ? 0 : 1);
  return files.sort((a, b) => slow(a) - slow(b)).map((file) => join(REPOSITORY, file));
}
