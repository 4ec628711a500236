/**
 * Finds a Pulumi CLI with its Node.js language host, or makes one. The order: what the machine has, what this project
 * has made before, Pulumi's own installer, and a build from source where nothing but the Go module proxy is reachable.
 */
import { join } from "node:path";
import { NotThisWay, Problem, cacheDirectory, cacheRoot, executableName, makeContext } from "./context.mjs";
import { entryName, makeEntry, readEntry } from "./cache.mjs";
import { dynamicProviderDirectories } from "./dynamicProvider.mjs";
import { buildWithGo } from "./goBuild.mjs";
import { findInHome, findOnPath } from "./installed.mjs";
import { install } from "./installer.mjs";
import { withLock } from "./lock.mjs";
import { MINIMUM_CLI, readPins } from "./versions.mjs";

export const WAYS = ["path", "cache", "installer", "go"];

/** All ways, or the one that CLM_TOOLCHAIN names. */
export function waysToTry(env) {
  const only = env.CLM_TOOLCHAIN;
  if (!only) return WAYS;
  if (WAYS.includes(only)) return [only];
  throw new Problem(`CLM_TOOLCHAIN is "${only}", which is not one of ${WAYS.join(", ")}; correct it or unset it.`);
}

/**
 * Returns { bin, pulumi, version, source, hooks }: the directories that belong on PATH, the CLI's path and version, the
 * way by which it was found, and whether its language host can do resource hooks (the one built from source cannot).
 * `log` gets one sentence at a time. Everything else in the context may be replaced by tests.
 */
export async function findToolchain(overrides) {
  const context = makeContext(overrides);
  const pins = context.pins ?? readPins(context.root);
  const ways = waysToTry(context.env);
  const reasons = [];
  const looks = {
    path: () => attempt(reasons, () => findOnPath(context), tellUnlessAbsent(context)),
    cache: () => attempt(reasons, () => findInCache(pins, MAKERS, context)),
    installer: () => attempt(reasons, () => findInHome(context)),
  };
  let found;
  for (const way of ways) found ??= await looks[way]?.();
  const makers = MAKERS.filter((maker) => ways.includes(maker.origin));
  if (!found && makers.length > 0) found = await make(pins, makers, reasons, context);
  if (!found) throw new Problem(noToolchain(reasons, pins, context.env));
  return { ...found, bin: [...found.bin, ...dynamicProviderDirectories(context, found.bin, pins.sdk)] };
}

/** What `way` finds; undefined, with the reason kept, when it is not open. */
async function attempt(reasons, way, tell = () => undefined) {
  try {
    return await way();
  } catch (error) {
    if (!(error instanceof NotThisWay)) throw error;
    reasons.push(error.message);
    tell(error.message);
    return undefined;
  }
}

/** That a machine has no Pulumi is nothing to talk about; that it has one that does not serve is. */
const tellUnlessAbsent = (context) => (reason) => {
  if (!reason.startsWith("no pulumi")) context.log(`${sentence(reason)}; looking for another.`);
};

/** The ways that make an entry of the cache. Each entry is named by what is in it, and so found again. */
const MAKERS = [
  {
    origin: "installer",
    hooks: true,
    hostVersion: (pins) => pins.cli,
    fill: (pins, bin, scratch, context) => install(pins.cli, bin, scratch, context),
    otherwise: "trying to build with Go",
  },
  {
    origin: "go",
    hooks: false,
    hostVersion: (pins) => pins.host,
    fill: (pins, bin, scratch, context) => buildWithGo(pins, bin, context),
  },
];

const nameFor = (maker, pins, { platform, arch }) =>
  entryName({ ...pins, host: maker.hostVersion(pins), platform, arch });

function findInCache(pins, makers, context) {
  for (const maker of makers) {
    const entry = readEntry(context, nameFor(maker, pins, context));
    if (entry.state === "sound") return { ...toolchainOf(entry, context), source: "cache" };
    if (entry.state === "damaged") {
      context.log(`The cached Pulumi tool chain is damaged: ${entry.reason}. It will not be used, and made again.`);
    }
  }
  throw new NotThisWay(`the cache ${cacheRoot(context)} holds no sound one`);
}

const toolchainOf = ({ bin, manifest }, { platform }) => ({
  bin: [bin],
  pulumi: join(bin, executableName("pulumi", platform)),
  version: manifest.version,
  hooks: manifest.hooks,
});

/** Makes an entry by the first of `makers` that can. One process at a time: the others then find what it has made. */
async function make(pins, makers, reasons, context) {
  const lock = join(cacheDirectory(context, "locks"), `toolchain-${context.platform}-${context.arch}`);
  return await withLock(lock, "making a Pulumi tool chain", context, async () => {
    const meanwhile = await attempt([], () => findInCache(pins, makers, { ...context, log: () => {} }));
    if (meanwhile) return meanwhile;
    for (const maker of makers) {
      const last = maker === makers.at(-1);
      const fill = async (bin, scratch) => {
        await maker.fill(pins, bin, scratch, context);
        return { origin: maker.origin, version: pins.cli, hooks: maker.hooks };
      };
      const entry = await attempt(
        reasons,
        () => makeEntry(context, nameFor(maker, pins, context), fill),
        (reason) => last || context.log(`${sentence(reason)}; ${maker.otherwise}.`),
      );
      if (entry) return { ...toolchainOf(entry, context), source: maker.origin };
    }
    return undefined;
  });
}

/** One sentence, with the way out. */
function noToolchain(reasons, pins, env) {
  const go = pins.go.split(".").slice(0, 2).join(".");
  return (
    `No Pulumi CLI was found or could be made (${reasons.join("; ")}): ` +
    `install Pulumi ${MINIMUM_CLI} or newer from https://www.pulumi.com/docs/install/, ` +
    `or Go ${go} or newer from https://go.dev/dl/, ` +
    // With only one way allowed, the others have not been looked at.
    `${env.CLM_TOOLCHAIN ? "or unset CLM_TOOLCHAIN, " : ""}then run this again.`
  );
}

const sentence = (clause) => clause[0].toUpperCase() + clause.slice(1);
