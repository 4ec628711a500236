import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../io.js";

/** @throws UsageError for a folder that holds something: nothing is written over. */
export function demandFree(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UsageError(`--out is "${folder}", which is not empty: allowed is a folder that is not there yet.`);
}

/** Writes all files, or none: the folder appears when everything is in it. For its owner alone. */
export function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
  const target = resolve(folder);
  mkdirSync(dirname(target), { recursive: true });
  const made = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    for (const [name, text] of files) {
      const file = join(made, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode: 0o600 });
    }
    if (existsSync(target)) rmdirSync(target);
    renameSync(made, target);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
}
