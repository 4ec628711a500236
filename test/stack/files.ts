import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel, type Model } from "../../sdk/stack/model.js";
import { configFile, followed, KEY, ownFile, problemText, readYaml, StackFileError } from "../../sdk/stack/source.js";
import { isRecord } from "../../sdk/stack/yaml.js";
import { REPOSITORY } from "../instrument/project.js";

export const EXAMPLES = join(REPOSITORY, "examples", "stack-files");

/** The stack files of the examples. `uploads` wants a file and a password of one's own. */
export const NAMES = ["apinizer", "certcentral", "chain", "ecgrid", "fifty", "partner"] as const;

export const exampleFile = (name: string): string => join(EXAMPLES, `Pulumi.${name}.yaml`);
export const exampleText = (name: string): string => readFileSync(exampleFile(name), "utf8");

const folder = mkdtempSync(join(tmpdir(), "clm-stack-file-"));
process.once("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a file beside others of the same test run. */
export function written(name: string, text: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** What a text says, as `Pulumi.<stack>.yaml` on disk or as a file of its own; files that it names are those of the examples. */
export function read(text: string): Model | readonly string[] {
  try {
    const yaml = readYaml(join(EXAMPLES, "read.yaml"), text);
    const { value } = yaml;
    const file = join(EXAMPLES, "read.yaml");
    const inConfig = isRecord(value) && isRecord(value.config) && Object.hasOwn(value.config, KEY);
    return readModel(followed(inConfig ? configFile(file, yaml) : ownFile(file, yaml)));
  } catch (error) {
    if (error instanceof StackFileError) return error.problems.map(problemText);
    throw error;
  }
}

export const isModel = (found: Model | readonly string[]): found is Model => !Array.isArray(found);

/** The model of a text without problems. */
export function modelOf(text: string): Model {
  const found = read(text);
  if (!isModel(found)) throw new Error(found.join("\n"));
  return found;
}

/** What is wrong with a text, without the name of the file. */
export function problemsOf(text: string): string[] {
  const found = read(text);
  return isModel(found) ? [] : found.map((one) => one.replace(/^\S*read\.yaml:/, ""));
}
