/**
 * The small script through which the engine starts dynamic providers. Pulumi's own bundle has it; a CLI that was built
 * from source, or put together by a distribution, may not. The SDK's package carries a copy.
 */
import { chmodSync, copyFileSync, existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Problem, cacheDirectory, directoryOf, pathDirectories } from "./context.mjs";

const NAME = "pulumi-resource-pulumi-nodejs";
const scriptName = (platform) => (platform === "win32" ? `${NAME}.cmd` : NAME);

export function copyDynamicProvider({ root, platform }, directory) {
  const file = scriptName(platform);
  const source = join(root, "node_modules", "@pulumi", "pulumi", file);
  const target = join(directory, file);
  if (!existsSync(source)) {
    throw new Problem(
      `${source} is missing, which the installed @pulumi/pulumi should hold; run "npm ci", then run this again.`,
    );
  }
  if (existsSync(target) && readFileSync(target).equals(readFileSync(source))) return;
  // Renamed into place, so that an engine of another run never starts half a script.
  const copy = `${target}.${process.pid}`;
  copyFileSync(source, copy);
  chmodSync(copy, 0o755);
  renameSync(copy, target);
}

/** The directories that must be on PATH besides `bin`: none when the script is found already, else the cache's copy. */
export function dynamicProviderDirectories(context, bin, sdk) {
  if (directoryOf(scriptName(context.platform), [...bin, ...pathDirectories(context.env)]) !== undefined) return [];
  const directory = cacheDirectory(context, `dynamic-provider-${sdk}`);
  copyDynamicProvider(context, directory);
  return [directory];
}
