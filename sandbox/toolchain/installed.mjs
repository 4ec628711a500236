/** What somebody installed on this machine: a Pulumi on PATH or where its installer puts it, a Pebble on PATH. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { NotThisWay, directoryOf, executableName, isExecutable, pathDirectories } from "./context.mjs";
import { isInCache } from "./cache.mjs";
import { failureOf, run } from "./processes.mjs";
import { MINIMUM_CLI, compareVersions, isAtLeast, parseVersion } from "./versions.mjs";

const HOST = "pulumi-language-nodejs";

/** The text of `pulumi version` without its "v"; throws NotThisWay when it does not answer. */
export async function versionOf(pulumi, context) {
  const result = await run(pulumi, ["version"], {
    // Asking for updates would make every start wait for the network.
    env: { ...context.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    signal: context.signal,
    timeoutMs: 30_000,
  });
  if (result.code !== 0) throw new NotThisWay(`"${pulumi} version" failed (${failureOf(result)})`);
  const version = result.stdout.trim().replace(/^v/, "");
  if (parseVersion(version) === undefined) {
    throw new NotThisWay(`"${pulumi} version" answered "${version}", which is not a version`);
  }
  return version;
}

/** The tool chain on PATH. Throws NotThisWay with the reason when there is none that serves. */
export async function findOnPath(context) {
  const { env, platform } = context;
  const directories = pathDirectories(env).filter((each) => !isInCache(context, each));
  const directory = directoryOf(executableName("pulumi", platform), directories);
  if (directory === undefined) throw new NotThisWay("no pulumi is on PATH");
  return { ...(await judge(directory, directories, context)), source: "path" };
}

/** The newest tool chain that Pulumi's installer, its npm package or its Automation API has left in Pulumi's home. */
export async function findInHome(context) {
  const home = context.env.PULUMI_HOME || join(context.home, ".pulumi");
  const versions = join(home, "versions");
  const named = existsSync(versions) ? readdirSync(versions).sort((a, b) => compareVersions(b, a)) : [];
  const directories = [...named.map((each) => join(versions, each, "bin")), join(home, "bin")];
  const pulumi = executableName("pulumi", context.platform);
  const reasons = [];
  for (const directory of directories.filter((each) => isExecutable(join(each, pulumi)))) {
    try {
      return { ...(await judge(directory, [], context)), source: "installer" };
    } catch (error) {
      if (!(error instanceof NotThisWay)) throw error;
      reasons.push(error.message);
    }
  }
  throw new NotThisWay(reasons[0] ?? `Pulumi's home ${home} holds no pulumi`);
}

/** Whether the pulumi in `directory` serves: it needs a language host (there or in `others`) and must be new enough. */
async function judge(directory, others, context) {
  const pulumi = join(directory, executableName("pulumi", context.platform));
  const host = executableName(HOST, context.platform);
  // Package managers link the CLI into a common directory and leave the rest where the link points to.
  const hostDirectory = directoryOf(host, [directory, dirname(realpathSync(pulumi)), ...others]);
  // Looked at first: the npm package "pulumi" has no host, and starting it may set off a download.
  if (hostDirectory === undefined) throw new NotThisWay(`${pulumi} has no ${HOST} beside it or on PATH`);
  const version = await versionOf(pulumi, context);
  if (!isAtLeast(version, MINIMUM_CLI)) {
    throw new NotThisWay(`${pulumi} is version ${version}, and this project needs ${MINIMUM_CLI} or newer`);
  }
  return { bin: [...new Set([directory, hostDirectory])], pulumi, version, hooks: true };
}

/**
 * What `pebble` says its version is, or "of unknown version": releases up to 2.4 know no -version and print their usage.
 * Throws NotThisWay when it is not Let's Encrypt's; another program of that name manages services.
 */
export async function pebbleVersionOf(pebble, context) {
  const result = await run(pebble, ["-version"], { env: context.env, signal: context.signal, timeoutMs: 30_000 });
  const version = /^Pebble version: v?(\S+)/m.exec(result.output)?.[1];
  if (version !== undefined) return version;
  if (/^\s*-dnsserver\b/m.test(result.output)) return "of unknown version";
  throw new NotThisWay(`${pebble} is not the ACME server Pebble`);
}

/** The Pebble on PATH. Throws NotThisWay with the reason when there is none. */
export async function findPebbleOnPath(context) {
  const name = executableName("pebble", context.platform);
  const directories = pathDirectories(context.env).filter((each) => !isInCache(context, each));
  const directory = directoryOf(name, directories);
  if (directory === undefined) throw new NotThisWay("no pebble is on PATH");
  const pebble = join(directory, name);
  return { pebble, version: await pebbleVersionOf(pebble, context), source: "path" };
}
