import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { printable } from "../../../provider/core/printable.js";
import { readModel } from "../../stack/model.js";
import {
  configFile,
  followed,
  hasList,
  KEY,
  ownFile,
  problemText,
  projectFile,
  readYaml,
  stackFolder,
  StackFileError,
  type Source,
  type StackFileProblem,
} from "../../stack/source.js";
import { isRecord } from "../../stack/yaml.js";

export const USAGE = `clm validate [FILE...]                       everything that is wrong with stack files, without Pulumi, network and secrets
  --format people|json                      default people

FILE is a Pulumi.<stack>.yaml or Pulumi.yaml with a list under ${KEY}, or a file with such a list of its own; without one, each
file of this project that has the key. What is encrypted, and outputs of resources, are taken for right.

exit codes: 0 nothing is wrong; 2 command line; 3 a file is no stack file, or cannot be read as YAML;
4 something is wrong in a file; 1 anything else
`;

const EXIT = { ok: 0, usage: 2, unreadable: 3, wrong: 4 } as const;
const FORMATS = ["people", "json"] as const;

/** What the command writes to. */
export interface Io {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

interface Verdict {
  readonly file: string;
  readonly resources: number;
  readonly problems: readonly StackFileProblem[];
  readonly exitCode: number;
}

/** `clm validate`. @returns the exit code. */
export function runValidate(argv: readonly string[], { stdout, stderr }: Io = process): number {
  const usage = (message: string): number => {
    stderr.write(`clm validate: ${printable(message)}\n\n${USAGE}`);
    return EXIT.usage;
  };
  let asked;
  try {
    asked = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { format: { type: "string", default: "people" }, help: { type: "boolean", default: false } },
    });
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = asked;
  if (values.help) {
    stdout.write(USAGE);
    return EXIT.ok;
  }
  const format = FORMATS.find((one) => one === values.format);
  if (format === undefined) return usage(`--format is "${values.format}". Allowed: ${FORMATS.join(", ")}.`);
  const files = positionals.length > 0 ? positionals : stackFilesHere();
  if (files.length === 0)
    return usage(`no file is given, and no Pulumi.<stack>.yaml or Pulumi.yaml of this project has the key ${KEY}.`);
  const verdicts = files.map(verdictOf);
  const exitCode =
    [EXIT.unreadable, EXIT.wrong].find((code) => verdicts.some((one) => one.exitCode === code)) ?? EXIT.ok;
  if (format === "json") stdout.write(`${JSON.stringify({ version: 1, files: verdicts, exitCode }, null, 2)}\n`);
  else
    for (const { file, resources, problems } of verdicts)
      stdout.write(
        problems.length === 0
          ? `${printable(file)}: ${resources} resource(s), nothing is wrong\n`
          : problems.map((problem) => `${problemText(problem)}\n`).join(""),
      );
  return exitCode;
}

function verdictOf(file: string): Verdict {
  let source: Source;
  try {
    source = followed(sourceIn(file));
  } catch (error) {
    return wrong(file, error, EXIT.unreadable);
  }
  try {
    return { file, resources: readModel(source).resources.length, problems: [], exitCode: EXIT.ok };
  } catch (error) {
    return wrong(file, error, EXIT.wrong);
  }
}

function wrong(file: string, error: unknown, exitCode: number): Verdict {
  if (!(error instanceof StackFileError)) throw error;
  return { file, resources: 0, problems: error.problems, exitCode };
}

/** @throws StackFileError for a file without a list. */
function sourceIn(file: string): Source {
  const yaml = readYaml(file);
  const { value } = yaml;
  if (hasList(file, yaml)) return configFile(file, yaml);
  if (isRecord(value) && (Object.hasOwn(value, "groups") || Object.hasOwn(value, "providers")))
    return ownFile(file, yaml);
  throw new StackFileError([
    ownFile(file, yaml).problem([], `has no list: allowed is ${KEY} under config in a Pulumi.<stack>.yaml, or groups`),
  ]);
}

/** Of this folder, and of where its project has the files of its stacks. */
function stackFilesHere(): string[] {
  const project = projectFile(".");
  const folders = new Set([resolve("."), ...(project === undefined ? [] : [dirname(project), stackFolder(project)])]);
  return [...folders]
    .flatMap((folder) => namesIn(folder).map((name) => relative(".", join(folder, name))))
    .filter((name) => {
      try {
        sourceIn(name);
        return true;
      } catch (error) {
        // Broken YAML may have been a stack file: it is told.
        return (
          error instanceof StackFileError && !error.problems.some(({ message }) => message.startsWith("has no list"))
        );
      }
    });
}

const namesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^Pulumi(\..+)?\.(ya?ml|json)$/.test(name))
        .sort()
    : [];
