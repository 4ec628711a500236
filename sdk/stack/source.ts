import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { printable } from "../../provider/core/printable.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { misreadings } from "./readings.js";
import { NotUtf8, utf8 } from "./utf8.js";
import { isRecord, pathText, Secret, YamlText, type Path, type Position } from "./yaml.js";

/** The configuration key under which a stack declares its certificates. */
export const KEY = "clm:stack";

/** Something that is wrong in a stack file. */
export interface StackFileProblem {
  /** As the user named it, or relative to the project. */
  readonly file: string;
  readonly position: Position | undefined;
  /** Empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A stack file as it was found: its list, where everything stands, and what is secret in it. */
export interface Source {
  readonly file: string;
  /** Files that it names are relative to this. */
  readonly folder: string;
  /** The list: what stands under `clm:stack`, or all of a file of its own. What is encrypted is `UNKNOWN`, or a `Secret`. */
  readonly value: unknown;
  /** A path within the list, as a problem. */
  problem(path: Path, message: string): StackFileProblem;
  /** What is something else than its writer, or Pulumi's reader, takes it for. */
  readonly ambiguous: readonly StackFileProblem[];
}

/** All problems of a stack file, sorted by their place. */
export class StackFileError extends Error {
  readonly problems: readonly StackFileProblem[];

  constructor(problems: readonly StackFileProblem[]) {
    const sorted = [...problems].sort(
      (a, b) =>
        (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0),
    );
    super(sorted.map(problemText).join("\n"));
    this.problems = sorted;
  }
}

/** `file:line:column: path: what was found, what is allowed`, without what a terminal would obey. */
export const problemText = ({ file, position, path, message }: StackFileProblem): string =>
  printable(
    `${file}${position === undefined ? "" : `:${position.line}:${position.column}`}: ${path === "" ? "" : `${path}: `}${message}`,
  );

const shownFile = (file: string): string => {
  const near = relative(process.cwd(), file);
  return near.startsWith("..") || isAbsolute(near) ? basename(file) : near;
};

function textOf(file: string): string {
  try {
    if (!statSync(file).isFile()) throw new Error("it is no file");
    return utf8(readFileSync(file));
  } catch (error) {
    if (error instanceof NotUtf8) {
      const { position, message } = error;
      throw new StackFileError([{ file: shownFile(file), position, path: "", message }]);
    }
    const why = error instanceof Error ? error.message.split(",")[0] : String(error);
    throw new StackFileError([
      { file: shownFile(file), position: undefined, path: "", message: `cannot be read (${why ?? ""})` },
    ]);
  }
}

/** @throws StackFileError when the text is no YAML. */
export function readYaml(file: string, text = textOf(file)): YamlText {
  const yaml = new YamlText(text);
  if (yaml.problems.length > 0)
    throw new StackFileError(yaml.problems.map((one) => ({ file: shownFile(file), path: "", ...one })));
  return yaml;
}

/** @throws StackFileError when it cannot be read. */
export function ownFile(file: string, yaml = readYaml(file)): Source {
  return sourceOf(file, yaml, [], yaml.value, false);
}

/** A project's own file; those of its stacks end as it does. */
const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** Where a file of a project has the list: a project's own file has it one step deeper. */
const listPath = (file: string): readonly string[] =>
  PROJECT_FILES.includes(basename(file)) ? ["config", KEY, "value"] : ["config", KEY];

function listIn(file: string, yaml: YamlText | undefined): { readonly value: unknown } | undefined {
  let value = yaml?.value;
  for (const key of listPath(file)) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return { value };
}

/** Whether a file of a project declares a list, perhaps an empty one. */
export const hasList = (file: string, yaml: YamlText | undefined): boolean => listIn(file, yaml) !== undefined;

/** The list in a `Pulumi.<stack>.yaml` or `Pulumi.yaml` as it stands on disk: what is encrypted is not known. */
export const configFile = (file: string, yaml: YamlText): Source =>
  inConfig(file, yaml, withoutSecrets(listIn(file, yaml)?.value));

const inConfig = (file: string, yaml: YamlText | undefined, value: unknown): Source =>
  sourceOf(file, yaml, listPath(file), value, true);

/**
 * The list as Pulumi has read and decrypted it. `yaml` is `Pulumi.<stack>.yaml` on disk, which says what is secret: where the list is
 * there, both must be the same. @throws StackFileError where they are not.
 */
export function configSource(file: string, yaml: YamlText | undefined, value: unknown): Source {
  const written = listIn(file, yaml)?.value;
  if (written === undefined) return inConfig(file, yaml, value); // of another --config-file
  const other: Path[] = [];
  const source = inConfig(file, yaml, withMarkedSecrets(value, written, [], other));
  if (other.length > 0)
    throw new StackFileError([
      ...source.ambiguous,
      ...other
        .slice(0, MOST_DIFFERENCES)
        .map((path) =>
          source.problem(
            path,
            `Pulumi has something else here than ${shownFile(file)}: allowed is a text in quotes, a list or a map that is no text, and no ${shownFile(file)} beside another --config-file`,
          ),
        ),
    ]);
  return source;
}

const MOST_DIFFERENCES = 10;

/** Pulumi's value with its secrets as such; `other` gets the places where it is not what is written. */
function withMarkedSecrets(value: unknown, written: unknown, path: Path, other: Path[]): unknown {
  if (isSecureMap(written) && typeof value === "string") return new Secret(value);
  if (Array.isArray(value) && Array.isArray(written) && value.length === written.length)
    return value.map((one, index) => withMarkedSecrets(one, written[index], [...path, index], other));
  if (isRecord(value) && isRecord(written)) {
    const keys = new Set([...Object.keys(value), ...Object.keys(written)]);
    const marked = [...keys].flatMap((key): [string, unknown][] => {
      if (Object.hasOwn(value, key) && Object.hasOwn(written, key))
        return [[key, withMarkedSecrets(value[key], written[key], [...path, key], other)]];
      other.push([...path, key]);
      return [];
    });
    return Object.fromEntries(marked);
  }
  if (value !== written) other.push(path);
  return value;
}

const isSecureMap = (value: unknown): boolean =>
  isRecord(value) && Object.keys(value).length === 1 && typeof value.secure === "string";

function sourceOf(file: string, yaml: YamlText | undefined, base: Path, value: unknown, byPulumi: boolean): Source {
  const shown = shownFile(file);
  return {
    ...{ file: shown, folder: dirname(resolve(file)), value },
    ambiguous: (yaml === undefined ? [] : misreadings(yaml, base, byPulumi)).map(({ position, path, message }) => ({
      ...{ file: shown, position, path: pathText(path), message },
    })),
    problem: (path, message) => ({
      file: shown,
      position: yaml?.position([...base, ...path]),
      path: pathText(path),
      message,
    }),
  };
}

/** The list in a file of its own, where that is all that a source says; the source itself otherwise. */
export function followed(source: Source): Source {
  const { value } = source;
  if (!isRecord(value) || !Object.hasOwn(value, "file")) return source;
  const others = Object.keys(value).filter((key) => key !== "file");
  if (typeof value.file !== "string" || value.file === "" || others.length > 0)
    throw new StackFileError([
      source.problem(
        [others[0] ?? "file"],
        `allowed is either { file: <path of a file with the list> } alone, or the list itself with groups`,
      ),
    ]);
  const file = resolve(source.folder, value.file);
  if (!existsSync(file))
    throw new StackFileError([source.problem(["file"], `is "${value.file}", and there is no such file`)]);
  return ownFile(file);
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isRecord(value)) return value;
  if (isSecureMap(value)) return UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
}

/** The project's own file: the nearest one upwards. */
export function projectFile(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = PROJECT_FILES.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

/** Where a project has the files of its stacks (`stackConfigDir`). */
export function stackFolder(project: string): string {
  let settings: unknown;
  try {
    settings = parse(readFileSync(project, "utf8"));
  } catch {
    // Pulumi says what is wrong with it.
  }
  const own = isRecord(settings) && typeof settings.stackConfigDir === "string" ? settings.stackConfigDir : ".";
  return resolve(dirname(project), own);
}
