/** dist/: compiled again when a source has changed, and never holding the output of a source that is gone. */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Problem } from "./context.mjs";
import { failureOf, runShown, seconds } from "./processes.mjs";

/** The directories that tsconfig.json includes. */
const SOURCES = ["provider", "sdk", "sandbox", "test"];
const STAMP = ".bootstrap-stamp";
const OUTPUT = /(\.js|\.js\.map|\.d\.ts|\.d\.ts\.map)$/;

/** All files below `directory` that `wanted` accepts, as paths relative to `root`, sorted. */
function filesBelow(root, directory, wanted) {
  const found = [];
  const visit = (each) => {
    if (!existsSync(each)) return;
    for (const entry of readdirSync(each, { withFileTypes: true })) {
      const path = join(each, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules") visit(path);
      else if (wanted(entry.name)) found.push(relative(root, path));
    }
  };
  visit(join(root, directory));
  return found.sort();
}

export const sourcesOf = (root) =>
  SOURCES.flatMap((directory) => filesBelow(root, directory, (name) => name.endsWith(".ts")));

/** Changes with any source, with the compiler's settings and with the versions of the packages. */
export function sourceDigest(root, sources = sourcesOf(root)) {
  const hash = createHash("sha256");
  for (const file of [...sources, "tsconfig.json", "package-lock.json"]) {
    const content = readFileSync(join(root, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

/** Outputs in dist/ whose source is gone: a deleted test must not be run any longer. */
export function staleOutputs(root, sources = sourcesOf(root)) {
  const known = new Set(sources.map((file) => file.replace(/\.ts$/, "")));
  return SOURCES.flatMap((directory) =>
    filesBelow(join(root, "dist"), directory, (name) => OUTPUT.test(name)).filter(
      (file) => !known.has(file.replace(OUTPUT, "")),
    ),
  );
}

/** Sources whose output is not there, perhaps because somebody removed a part of dist/. */
const missingOutputs = (root, sources) =>
  sources.filter((file) => !file.endsWith(".d.ts") && !existsSync(join(root, "dist", file.replace(/\.ts$/, ".js"))));

export function isCompiled(root) {
  const stamp = join(root, "dist", STAMP);
  const sources = sourcesOf(root);
  return (
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === sourceDigest(root, sources) &&
    missingOutputs(root, sources).length === 0
  );
}

export async function compile({ root, env, signal, log, node }) {
  const started = Date.now();
  const dist = join(root, "dist");
  const sources = sourcesOf(root);
  // Taken before the compiler reads them: what is edited meanwhile makes the next start compile again.
  const digest = sourceDigest(root, sources);
  rmSync(join(dist, STAMP), { force: true });
  for (const file of staleOutputs(root, sources)) rmSync(join(dist, file));
  // The compiler's own record says what it has written, not what is still there.
  if (missingOutputs(root, sources).length > 0) rmSync(join(dist, ".tsbuildinfo"), { force: true });
  log("Compiling the sources (tsc).");
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  const result = await runShown(node, [tsc, "-p", "tsconfig.json"], { cwd: root, env, signal });
  if (result.code !== 0) {
    throw new Problem(
      `Compiling the sources failed (${failureOf(result)}); mend the errors that the compiler names above, then run this again.`,
    );
  }
  // The compiler keeps the first line of a script but not its mode.
  const command = join(dist, "sdk", "cli", "clm.js");
  if (existsSync(command)) chmodSync(command, 0o755);
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, STAMP), digest);
  log(`Compiled in ${seconds(Date.now() - started)}.`);
}
