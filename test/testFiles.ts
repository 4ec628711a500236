import { globSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./instrument/project.js";

/** Compiled test files; those that run the real engine first, because they take longest. */
export function testFiles(): string[] {
  const files = globSync("dist/test/**/*.test.js", { cwd: REPOSITORY }).sort();
  const slow = (file: string): number => (file.includes(join("test", "engine")) ? 0 : 1);
  return files.sort((a, b) => slow(a) - slow(b)).map((file) => join(REPOSITORY, file));
}

/** The name says so: `pebble.test.ts` and `*.pebble.test.ts`. */
export const needsPebble = (file: string): boolean => /(^|[./\\])pebble\.test\.js$/.test(file);

/** The files to run, and a sentence when some are left out because bootstrap.mjs has no Pebble for them. */
export function runnable(
  files: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
): { run: string[]; leftOut: string | undefined } {
  if (environment.CLM_PEBBLE) return { run: [...files], leftOut: undefined };
  const run = files.filter((file) => !needsPebble(file));
  const { CLM_PEBBLE_MISSING: said = "" } = environment;
  const why =
    said === "" ? "The tests with Pebble are left out, because CLM_PEBBLE is not set; npm test sets it." : said;
  return { run, leftOut: run.length === files.length ? undefined : why };
}
