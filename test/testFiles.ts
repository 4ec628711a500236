import { globSync } from "node:fs";
import { join, sep } from "node:path";
import { REPOSITORY } from "./instrument/project.js";

/** Beginnings of the names of files that run the real engine, those that take longest first; all others are short. */
const LONGEST = [
  ...["demo/", "engine/killsWith", "engine/orderFaults", "engine/orderKills", "engine/gateway", "engine/uploads"],
  ...["engine/orders", "engine/acme", "engine/chain", "fidelity/", "engine/"],
];

/** Compiled test files. Long ones come first: a long one at the end would leave the other processors idle. */
export function testFiles(): string[] {
  const tests = join(REPOSITORY, "dist", "test");
  const rank = (file: string): number => {
    const found = LONGEST.findIndex((start) => file.replaceAll(sep, "/").startsWith(start));
    return found < 0 ? LONGEST.length : found;
  };
  const files = globSync("**/*.test.js", { cwd: tests }).sort();
  return files.sort((a, b) => rank(a) - rank(b)).map((file) => join(tests, file));
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
