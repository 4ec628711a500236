/**
 * Finds a Pulumi CLI with its Node.js language host, or makes one. The order: what the machine has, what this project
 * has made before, Pulumi's own installer, and a build from source where nothing but the Go module proxy is reachable.
 */
import { join } from "node:path";
import { Problem, executableName, makeContext } from "./context.mjs";
import { entryName } from "./cache.mjs";
import { dynamicProviderDirectories } from "./dynamicProvider.mjs";
import { buildPulumi } from "./goBuild.mjs";
import { findInHome, findOnPath } from "./installed.mjs";
import { install } from "./installer.mjs";
import { attempt, findInCache, make, sentence } from "./making.mjs";
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
  const tool = toolchain(pins, context);
  const looks = {
    path: () => attempt(reasons, () => findOnPath(context), tellUnlessAbsent(context)),
    cache: () => attempt(reasons, () => findInCache(tool, context)),
    installer: () => attempt(reasons, () => findInHome(context)),
  };
  let found;
  for (const way of ways) found ??= await looks[way]?.();
  const makers = tool.makers.filter((maker) => ways.includes(maker.origin));
  if (!found && makers.length > 0) found = await make({ ...tool, makers }, reasons, context);
  if (!found) throw new Problem(noToolchain(reasons, pins, context.env));
  return { ...found, bin: [...found.bin, ...dynamicProviderDirectories(context, found.bin, pins.sdk)] };
}

/** That a machine has no Pulumi is nothing to talk about; that it has one that does not serve is. */
const tellUnlessAbsent = (context) => (reason) => {
  if (!reason.startsWith("no pulumi")) context.log(`${sentence(reason)}; looking for another.`);
};

/** The tool chain as making.mjs makes it. */
function toolchain(pins, context) {
  const { platform, arch } = context;
  const maker = (origin, { host, hooks, fill, otherwise }) => ({
    origin,
    entry: entryName({ ...pins, host, platform, arch }),
    about: { version: pins.cli, hooks },
    fill,
    otherwise,
  });
  return {
    name: "Pulumi tool chain",
    lock: "toolchain",
    found: ({ bin, manifest }) => ({
      bin: [bin],
      pulumi: join(bin, executableName("pulumi", platform)),
      version: manifest.version,
      hooks: manifest.hooks,
    }),
    makers: [
      maker("installer", {
        host: pins.cli,
        hooks: true,
        fill: (bin, scratch) => install(pins.cli, bin, scratch, context),
        otherwise: "trying to build with Go",
      }),
      maker("go", { host: pins.host, hooks: false, fill: (bin) => buildPulumi(pins, bin, context) }),
    ],
  };
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
