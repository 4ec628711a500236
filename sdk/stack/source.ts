import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { UNKNOWN } from "../../provider/core/unknown.js";
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
  /** Whether Pulumi's reader would make another text of a date there. */
  spoilsTime(path: Path): boolean;
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

/** `file:line:column: path: what was found, what is allowed`. */
export const problemText = ({ file, position, path, message }: StackFileProblem): string =>
  `${file}${position === undefined ? "" : `:${position.line}:${position.column}`}: ${path === "" ? "" : `${path}: `}${message}`;

const shownFile = (file: string): string => {
  const near = relative(process.cwd(), file);
  return near.startsWith("..") || isAbsolute(near) ? basename(file) : near;
};

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
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
  return sourceOf(file, yaml, [], yaml.value, () => false);
}

/** The list in a `Pulumi.<stack>.yaml` as it stands on disk: what is encrypted is not known. */
export function configFile(file: string, yaml: YamlText): Source {
  const config = isRecord(yaml.value) ? yaml.value.config : undefined;
  return configSource(file, yaml, withoutSecrets(isRecord(config) ? config[KEY] : undefined), false);
}

/** The list in a `Pulumi.<stack>.yaml` as Pulumi has decrypted it; `yaml` is the file on disk, which says what is secret. */
export function configSource(file: string, yaml: YamlText | undefined, value: unknown, secret: boolean): Source {
  const base: Path = ["config", KEY];
  const marked = secret ? withMarkedSecrets(value, base, yaml) : value;
  return sourceOf(file, yaml, base, marked, (path) => yaml?.isUnquotedTime([...base, ...path]) ?? false);
}

function withMarkedSecrets(value: unknown, path: Path, yaml: YamlText | undefined): unknown {
  if (Array.isArray(value)) return value.map((one, index) => withMarkedSecrets(one, [...path, index], yaml));
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, withMarkedSecrets(one, [...path, key], yaml)]),
    );
  return typeof value === "string" && yaml?.isSecure(path) === true ? new Secret(value) : value;
}

function sourceOf(
  file: string,
  yaml: YamlText | undefined,
  base: Path,
  value: unknown,
  spoilsTime: Source["spoilsTime"],
): Source {
  const shown = shownFile(file);
  return {
    ...{ file: shown, folder: dirname(resolve(file)), value, spoilsTime },
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
  if (Object.keys(value).length === 1 && typeof value.secure === "string") return UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
}

/** The project's folder: the nearest one upwards that has a project file. */
export function projectFolder(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].some((name) => existsSync(join(folder, name)))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
