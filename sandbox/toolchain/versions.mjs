/**
 * The versions this project needs, each read from the one file that pins it: the Go modules for the CLI, its
 * language host and Pebble, package.json for the SDK.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./context.mjs";

/** Older CLIs cannot import resources with their outputs, which taking over existing certificates needs. */
export const MINIMUM_CLI = "3.254.0";

/** The first three numbers in a text such as "v3.259.0", "3.260.0-alpha.1" or "go1.26", or undefined. */
export function parseVersion(text) {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text ?? "");
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined;
}

/** Below zero when `left` is older than `right`; a text without a version counts as the oldest. */
export function compareVersions(left, right) {
  const a = parseVersion(left) ?? [-1, -1, -1];
  const b = parseVersion(right) ?? [-1, -1, -1];
  for (const [place, number] of a.entries()) {
    if (number !== b[place]) return number - b[place];
  }
  return 0;
}

export const isAtLeast = (version, minimum) => compareVersions(version, minimum) >= 0;

/** The version of `module` in the text of a go.mod. */
export function requiredVersion(goMod, module) {
  const line = goMod.split("\n").find((each) =>
    each
      .replace(/^require/, "")
      .trim()
      .startsWith(`${module} v`),
  );
  const version = line
    ?.replace(/^require/, "")
    .trim()
    .split(/\s+/)[1];
  if (version === undefined) throw new Problem(`The go.mod names no version of ${module}; restore it from git.`);
  return version.replace(/^v/, "");
}

/** { cli, host, sdk, go }, all without a leading "v". */
export function readPins(root) {
  const goMod = (name) => readFileSync(join(moduleDirectory(root, name), "go.mod"), "utf8");
  const cli = goMod("cli");
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return {
    cli: requiredVersion(cli, "github.com/pulumi/pulumi/pkg/v3"),
    host: requiredVersion(goMod("nodejs-host"), "github.com/pulumi/pulumi/sdk/v3"),
    sdk: manifest.devDependencies["@pulumi/pulumi"],
    go: requiredGo(cli),
  };
}

/** { version, go }. Apart from the others, because no change of one may make the other's cache entry useless. */
export function readPebblePins(root) {
  const goMod = readFileSync(join(moduleDirectory(root, "pebble"), "go.mod"), "utf8");
  return { version: requiredVersion(goMod, "github.com/letsencrypt/pebble/v2"), go: requiredGo(goMod) };
}

const requiredGo = (goMod) => /^go (\S+)$/m.exec(goMod)[1];

/** Where the module files of one Go build are. */
export const moduleDirectory = (root, name) => join(root, "sandbox", "toolchain", "go", name);
