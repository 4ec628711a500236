/** The packages of the clone: installed with `npm ci` when they do not match the lock file, and never twice at once. */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Problem, isExecutable } from "./context.mjs";
import { failureOf, runShown, seconds } from "./processes.mjs";

/** Inside of node_modules, so that it goes when they go. */
const STAMP = ".bootstrap-stamp";

const text = (...path) => readFileSync(join(...path), "utf8");
const json = (...path) => JSON.parse(text(...path));

/** What the installed packages depend on. The platform counts, because some of them are binaries. */
export function dependencyDigest(root) {
  const hash = createHash("sha256");
  for (const file of ["package.json", "package-lock.json"]) hash.update(text(root, file));
  return hash.update(`${process.platform} ${process.arch}`).digest("hex");
}

/** True when node_modules is what package.json and the lock file ask for. */
export function dependenciesMatch(root) {
  const stamp = join(root, "node_modules", STAMP);
  if (existsSync(stamp) && text(stamp) === dependencyDigest(root)) return true;
  // Installed by hand, or nothing but a script's name has changed: then npm's own records say that all is well.
  if (!npmAgrees(root)) return false;
  writeFileSync(stamp, dependencyDigest(root));
  return true;
}

/** Compares package.json with the lock file, and the lock file with the record that npm leaves in node_modules. */
export function npmAgrees(root) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const manifest = json(root, "package.json");
  const locked = json(root, "package-lock.json").packages;
  const installed = json(record).packages;
  const asked = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
  if (asked.some((kind) => sorted(manifest[kind]) !== sorted(locked[""][kind]))) return false;
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity;
  const packages = Object.entries(locked).filter(([path]) => path !== "");
  return (
    packages.every(([path, each]) => (installed[path] ? same(each, installed[path]) : each.optional === true)) &&
    Object.entries(installed).every(([path, each]) => each.link === true || locked[path] !== undefined)
  );
}

const sorted = (object) => JSON.stringify(Object.entries(object ?? {}).sort());

/** How npm is started: the one that started us if there is one, so that a person's choice of npm holds. */
export function npmCommand(env, platform) {
  if (/npm-cli\.js$/.test(env.npm_execpath ?? "")) return [process.execPath, [env.npm_execpath]];
  // npm is a batch file on Windows, which only a shell can start.
  return platform === "win32" ? ["cmd.exe", ["/d", "/s", "/c", "npm.cmd"]] : ["npm", []];
}

export async function installDependencies({ root, env, platform, signal, log }) {
  log("Installing the packages of package-lock.json (npm ci).");
  const started = Date.now();
  const [command, before] = npmCommand(env, platform);
  // The tests and the compiler are development packages, wanted even where NODE_ENV is "production".
  const args = [...before, "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = await runShown(command, args, { cwd: root, env, signal });
  if (result.code !== 0) {
    const why = result.error?.code === "ENOENT" ? "no npm is on PATH" : failureOf(result);
    throw new Problem(
      `Installing the packages with "npm ci" failed (${why}); mend what npm says above, or its access to the registry, then run this again.`,
    );
  }
  writeFileSync(join(root, "node_modules", STAMP), dependencyDigest(root));
  log(`Installed in ${seconds(Date.now() - started)}.`);
}

/** The Node.js that the project brings along as a package, which is newer than the one this file may run on. */
export function projectNode({ root, platform }) {
  const node = join(root, "node_modules", "node", "bin", platform === "win32" ? "node.exe" : "node");
  if (isExecutable(node)) return node;
  throw new Problem(
    `The package "node" has no executable at ${node}, as happens when npm runs without install scripts; run "npm rebuild node --ignore-scripts=false", then run this again.`,
  );
}

/**
 * Makes `node_modules/<this package>` a link to the clone. Node.js resolves a package's own name within the package,
 * but Pulumi's provider process loads the provider from outside of it.
 */
export function linkPackage({ root, platform }) {
  const link = join(root, "node_modules", json(root, "package.json").name);
  // Windows lets everybody make a junction, but only some make a symbolic link; a junction is absolute.
  const [target, type] = platform === "win32" ? [root, "junction"] : ["..", "dir"];
  const existing = lstatSync(link, { throwIfNoEntry: false });
  if (existing?.isSymbolicLink() && samePath(readlinkSync(link), target)) return;
  if (existing) rmSync(link, { recursive: true });
  try {
    symlinkSync(target, link, type);
  } catch (error) {
    // A second start at the same time made it.
    if (error.code !== "EEXIST") throw error;
  }
}

const samePath = (a, b) => a.replace(/[\\/]+$/, "") === b.replace(/[\\/]+$/, "");
