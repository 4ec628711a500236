/**
 * The project's cache of tools. An entry is a directory with the executables and a manifest that records their
 * digests. It is filled under another name and renamed into place when it is complete, so a half entry does not exist.
 */
import { Buffer } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { cacheDirectory, cacheRoot, isExecutable } from "./context.mjs";

const FORMAT = 1;
const MANIFEST = "manifest.json";
const ENTRIES = "toolchains";
const UNFINISHED = ".unfinished-";

/** Everything that makes one Pulumi tool chain differ from another is in its name. */
export const entryName = ({ cli, host, sdk, platform, arch }) =>
  `pulumi-${cli}-nodejs-host-${host}-sdk-${sdk}-${platform}-${arch}`;

export const pebbleEntryName = ({ version, platform, arch }) => `pebble-${version}-${platform}-${arch}`;

export const entryDirectory = (context, name) => join(cacheRoot(context), ENTRIES, name);

/** Somebody else's executables never end up here; ours are recognized by it when they are on PATH. */
export const isInCache = (context, directory) => directory.startsWith(join(cacheRoot(context), sep));

/**
 * Looks at an entry and digests every file of it, each time: it takes a third of a second, and a file that was cut
 * short or changed would otherwise fail later, far from its cause.
 * Returns { state: "absent" }, { state: "damaged", reason } or { state: "sound", bin, manifest }.
 */
export function readEntry(context, name) {
  const directory = entryDirectory(context, name);
  if (!existsSync(directory)) return { state: "absent" };
  const damaged = (reason) => ({ state: "damaged", reason });
  let manifest;
  try {
    manifest = JSON.parse(readFileSync(join(directory, MANIFEST), "utf8"));
  } catch {
    return damaged("its manifest cannot be read");
  }
  if (manifest.format !== FORMAT) return damaged("its manifest has another format");
  const bin = join(directory, "bin");
  const recorded = Object.entries(manifest.files);
  const present = existsSync(bin) ? readdirSync(bin) : [];
  // The directory comes first on PATH: a file that we did not put there must not be run by accident.
  const stranger = present.find((file) => !Object.hasOwn(manifest.files, file));
  if (stranger !== undefined) return damaged(`${stranger} does not belong to it`);
  for (const [file, { size, sha256 }] of recorded) {
    const path = join(bin, file);
    if (!present.includes(file)) return damaged(`${file} is missing`);
    const actual = statSync(path).size;
    if (actual !== size) return damaged(`${file} has ${actual} bytes in place of ${size}`);
    if (!isExecutable(path)) return damaged(`${file} cannot be executed`);
    if (digestOf(path) !== sha256) return damaged(`the SHA-256 of ${file} is not the recorded one`);
  }
  return { state: "sound", bin, manifest };
}

/**
 * Makes an entry. `fill(bin, scratch)` puts the executables into `bin` and returns what the manifest shall say about
 * them. The caller holds the lock, so whatever unfinished work lies about was left by a process that was killed.
 */
export async function makeEntry(context, name, fill) {
  const parent = cacheDirectory(context, ENTRIES);
  sweep(parent, name);
  const unfinished = join(parent, `${UNFINISHED}${name}-${randomUUID()}`);
  const bin = join(unfinished, "bin");
  const scratch = join(unfinished, "scratch");
  try {
    mkdirSync(bin, { recursive: true });
    mkdirSync(scratch);
    const about = await fill(bin, scratch);
    rmSync(scratch, { recursive: true });
    const files = {};
    for (const file of readdirSync(bin).sort()) {
      chmodSync(join(bin, file), 0o755);
      files[file] = { size: statSync(join(bin, file)).size, sha256: digestOf(join(bin, file)) };
    }
    const manifest = { format: FORMAT, ...about, files };
    writeFileSync(join(unfinished, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    const target = join(parent, name);
    // A damaged entry is in the way.
    rmSync(target, { recursive: true, force: true });
    renameSync(unfinished, target);
    return { state: "sound", bin: join(target, "bin"), manifest };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function sweep(parent, name) {
  for (const each of readdirSync(parent)) {
    if (each.startsWith(`${UNFINISHED}${name}-`)) rmSync(join(parent, each), { recursive: true, force: true });
  }
}

/** In pieces: the files are too large to be held in memory for this. */
export function digestOf(path) {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(path, "r");
  try {
    for (let length; (length = readSync(file, piece)) > 0;) hash.update(piece.subarray(0, length));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}
