/**
 * Finds Pebble, Let's Encrypt's ACME server for tests, or builds it: what the machine has, what this project has built
 * before, a build from source. Unlike Pulumi it may be missing: only tests need it.
 */
import { join } from "node:path";
import { pebbleEntryName } from "./cache.mjs";
import { executableName, makeContext } from "./context.mjs";
import { buildPebble } from "./goBuild.mjs";
import { findPebbleOnPath } from "./installed.mjs";
import { attempt, findInCache, make, sentence } from "./making.mjs";
import { readPebblePins } from "./versions.mjs";

/**
 * Returns { pebble, version, source }: its path and version and the way by which it was found; or { missing }, a
 * sentence that says what was tried and what to do.
 */
export async function findPebble(overrides) {
  const context = makeContext(overrides);
  const pins = context.pebblePins ?? readPebblePins(context.root);
  const { platform, arch } = context;
  const tool = {
    name: "Pebble",
    lock: "pebble",
    found: ({ bin, manifest }) => ({
      pebble: join(bin, executableName("pebble", platform)),
      version: manifest.version,
    }),
    makers: [
      {
        origin: "go",
        entry: pebbleEntryName({ ...pins, platform, arch }),
        about: { version: pins.version },
        fill: (bin) => buildPebble(pins, bin, context),
      },
    ],
  };
  const reasons = [];
  const tellUnlessAbsent = (reason) =>
    reason.startsWith("no pebble") || context.log(`${sentence(reason)}; looking for another.`);
  const found =
    (await attempt(reasons, () => findPebbleOnPath(context), tellUnlessAbsent)) ??
    (await attempt(reasons, () => findInCache(tool, context))) ??
    (await make(tool, reasons, context));
  return found ?? { missing: noPebble(reasons, pins) };
}

/** One sentence, with the way out. */
const noPebble = (reasons, pins) =>
  `The tests with Pebble are left out, because it was not found and could not be built (${reasons.join("; ")}): ` +
  `put Pebble ${pins.version} from https://github.com/letsencrypt/pebble/releases on PATH, ` +
  `or install Go ${pins.go.split(".").slice(0, 2).join(".")} or newer from https://go.dev/dl/, then run this again.`;
