import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { printable } from "../../../provider/core/printable.js";
import { OneScan } from "../../../provider/dynamic/reads.js";
import { SECRET_SETTINGS, Settings } from "../../../provider/dynamic/settings.js";
import { mask } from "../../../provider/http/redaction.js";
import { clock, UsageError, type Io } from "../io.js";
import { KEY } from "../../stack/source.js";
import { Files } from "./files.js";
import type { Filters } from "./filters.js";
import { scanned, type Scanned } from "./found.js";
import { importFile, taken, type Resource } from "./resources.js";
import { stackFile } from "./stackFile.js";
import { stackOf, type Stack } from "./stackOf.js";
import { stateIn, stateOf, type StackState } from "./stackState.js";
import { SYSTEMS } from "./systems.js";
import { forPeople, isTaken, tableOf, type Table } from "./table.js";
import { typescript } from "./typescript.js";
import { demandFree, writeAll } from "./writing.js";

export const USAGE = `clm import SYSTEM... [filters] [--out DIR]    what exists at ${Object.keys(SYSTEMS).join(", ")}, as a table; with --out as
                                             files for "pulumi import --file" and the program that goes with it
  --stack [PROJECT/]STACK                    default PULUMI_STACK and the Pulumi.yaml of this folder
  --state FILE                               its state, as "pulumi stack export" prints it, which is run without this: what it
                                             holds already is not imported
  --out DIR                                  a folder that is not there yet
  --program yaml|typescript                  default yaml: a stack file
  --no-inventory                             without the stack's inventory, which a stack that has one keeps anyway
  --set KEY=VALUE                            a setting that is no secret, for instance ecgrid:url=...; repeatable
  --format people|json                       of the table, default people
filters, repeatable or comma separated where they are lists; by default what is in force:
  --status WORDS, --name PATTERNS (* stands for any text), --expires-before DAY, --expires-after DAY
  --comm IDS, --comm-type TYPES (default as2)  of ecgrid
  --contract IDS                             of partner, required: no call of a subaccount lists contracts
  --project NAMES                            of apinizer, required

Credentials come from the environment (ECGRID_API_KEY, CERTCENTRAL_API_KEY, PARTNER_API_KEY, APINIZER_TOKEN), other settings
from there, from --set, or in clear from Pulumi.STACK.yaml. It reads, and changes nothing anywhere.

exit codes: 0 all that was found can be imported; 2 command line; 3 the scan has failed, nothing is written; 4 something that
was found is not imported, the table says why, everything else is written; 5 nothing was found, nothing is written; 1 anything else
`;

export const EXIT = { ok: 0, usage: 2, failed: 3, partly: 4, nothing: 5 } as const;
const FORMATS = ["people", "json"] as const;
const PROGRAMS = ["yaml", "typescript"] as const;

interface Asked {
  readonly systems: readonly string[];
  readonly filters: Filters;
  readonly stack: Stack | undefined;
  /** File with the stack's state; undefined: the backend is asked for it. */
  readonly state: string | undefined;
  readonly out: string | undefined;
  readonly program: (typeof PROGRAMS)[number];
  readonly inventory: boolean;
  readonly settings: Settings;
  readonly format: (typeof FORMATS)[number];
  readonly now: Date;
}

/** `clm import`. @returns the exit code. */
export async function runImport(
  argv: readonly string[],
  io: Omit<Io, "stdin"> = process,
  folder: string = process.cwd(),
): Promise<number> {
  let asked: Asked | "help";
  try {
    asked = ask(argv, io.env, folder);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`clm import: ${printable(error.message)}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (asked === "help") {
    io.stdout.write(USAGE);
    return EXIT.ok;
  }
  try {
    return await imported(asked, io, folder);
  } catch (error) {
    const why = printable(mask(error instanceof Error ? error.message : String(error)));
    io.stderr.write(`clm import: the scan has failed, and nothing is written. ${why}\n`);
    return EXIT.failed;
  }
}

async function imported(asked: Asked, { env, stdout, stderr }: Omit<Io, "stdin">, folder: string): Promise<number> {
  const { systems, filters, settings, now, out, stack = NO_STACK, format } = asked;
  const state = await has(asked, folder, env);
  const inventory = asked.inventory && !state.hasInventory;
  const scans: Scanned[] = [];
  const failures: OneScan[] = [];
  const tell = (text: string): void => void stderr.write(`clm import: ${printable(text)}\n`);
  for (const system of systems) {
    const scan = new OneScan();
    failures.push(scan);
    scans.push((await SYSTEMS[system]?.scan(settings, scan.reads, filters, now, tell)) ?? scanned());
  }
  const all = scanned(...scans);
  const took = await taken(all.found, stack, state, now);
  for (const { failure } of failures) if (failure !== undefined) throw failure;
  const table = tableOf(took, all);
  stdout.write(
    format === "json"
      ? `${JSON.stringify(table, null, 2)}\n`
      : `${forPeople(table)}${state === NO_STATE ? UNCOMPARED : ""}`,
  );
  const resources = took.filter(isTaken).map(({ result }) => result);
  if (resources.length > 0 && out !== undefined) {
    writeAll(out, filesOf(resources, asked.program, stack, inventory, now));
    stderr.write(nextSteps(relative(folder, out) || ".", asked.program, stack, resources.length));
  }
  return exitCodeOf(table);
}

/** What nobody has compared with says so. */
const UNCOMPARED = "what a stack has already was not looked at: give --stack, or --state FILE\n";
const NO_STATE: StackState = { heldBy: new Map(), resources: [], hasInventory: false };

/** What the stack that is imported into has already. */
async function has({ state, stack }: Asked, folder: string, env: Io["env"]): Promise<StackState> {
  if (state !== undefined) return stateIn(resolve(folder, state));
  return stack === undefined ? NO_STATE : stateOf(stack.named, folder, env);
}

const exitCodeOf = ({ imported: count, notImported }: Table): number =>
  notImported > 0 ? EXIT.partly : count === 0 ? EXIT.nothing : EXIT.ok;

function filesOf(
  resources: readonly Resource[],
  program: Asked["program"],
  stack: Stack,
  inventory: boolean,
  now: Date,
): Map<string, string> {
  const files = new Files();
  const text = program === "yaml" ? stackFile(resources, files) : typescript(resources, files);
  return new Map([
    ["import.json", `${JSON.stringify(importFile(resources, stack, inventory, now), null, 2)}\n`],
    [program === "yaml" ? "stack.yaml" : "index.ts", text],
    ...files.texts,
  ]);
}

/** Beyond this the engine takes minutes to write its state after each resource; an import that was cut off is run again. */
const MANY = 100;
const UNCHECKED = "PULUMI_SKIP_CHECKPOINTS=true PULUMI_EXPERIMENTAL=true ";

const nextSteps = (out: string, program: Asked["program"], { stack }: Stack, count: number): string =>
  `${count} resources in ${out}. Next:
  ${count > MANY ? UNCHECKED : ""}pulumi import --stack ${stack} --file ${out}/import.json --yes --skip-preview --generate-code=false --protect=false
  ${program === "yaml" ? `${KEY}: { file: ${out}/stack.yaml } in the configuration of Pulumi.${stack}.yaml, and stack() in the program` : `import "./${out}/index" in the program`}
  pulumi preview --stack ${stack} --expect-no-changes
`;

/** A table needs no stack: its names are the same in each. */
const NO_STACK: Stack = { named: "stack", project: "project", stack: "stack", config: {} };

function ask(argv: readonly string[], env: Io["env"], folder: string): Asked | "help" {
  const { values, positionals } = parsed(argv);
  if (values.help) return "help";
  const systems = [...new Set(positionals)];
  const unknown = systems.find((one) => SYSTEMS[one] === undefined);
  if (systems.length === 0 || unknown !== undefined)
    throw new UsageError(
      `${unknown === undefined ? "the system is missing" : `there is no system "${unknown}"`}. Allowed: ${Object.keys(SYSTEMS).join(", ")}.`,
    );
  const filters: Filters = {
    status: listOf(values.status),
    name: listOf(values.name),
    expiresBefore: dayOf("--expires-before", values["expires-before"]),
    expiresAfter: dayOf("--expires-after", values["expires-after"]),
    comms: idsOf("--comm", values.comm),
    commTypes: values["comm-type"].length === 0 ? ["as2"] : listOf(values["comm-type"]),
    contracts: idsOf("--contract", values.contract),
    projects: listOf(values.project),
  };
  for (const system of systems) SYSTEMS[system]?.demand?.(filters);
  const { out } = values;
  const named = values.stack ?? env.PULUMI_STACK;
  const stack = out === undefined && named === undefined ? undefined : stackOf(named, folder);
  if (out !== undefined) demandFree(out);
  return {
    ...{ systems, filters, stack, state: values.state, out },
    program: oneOf("--program", PROGRAMS, values.program),
    inventory: !values["no-inventory"],
    settings: settingsOf(values.set, stack?.config ?? {}, env),
    format: oneOf("--format", FORMATS, values.format),
    now: clock(env),
  };
}

function parsed(argv: readonly string[]) {
  const list = { type: "string", multiple: true, default: [] as string[] } as const;
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...{ status: list, name: list, comm: list, "comm-type": list, contract: list, project: list, set: list },
        ...{ "expires-before": text, "expires-after": text, stack: text, state: text, out: text },
        program: { type: "string", default: "yaml" },
        format: { type: "string", default: "people" },
        "no-inventory": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const listOf = (values: readonly string[]): string[] =>
  values.flatMap((one) => one.split(",")).flatMap((one) => (one.trim() === "" ? [] : [one.trim()]));

const idsOf = (option: string, values: readonly string[]): number[] => [
  ...new Set(
    listOf(values).map((text) => {
      if (!/^[1-9]\d{0,9}$/.test(text))
        throw new UsageError(`${option} is "${text}". Allowed: ids, for instance 5001.`);
      return Number(text);
    }),
  ),
];

function dayOf(option: string, text: string | undefined): string | undefined {
  if (text === undefined || (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)))) return text;
  throw new UsageError(`${option} is "${text}". Allowed: a day, YYYY-MM-DD.`);
}

function oneOf<Word extends string>(option: string, words: readonly Word[], text: string): Word {
  const found = words.find((one) => one === text);
  if (found === undefined) throw new UsageError(`${option} is "${text}". Allowed: ${words.join(", ")}.`);
  return found;
}

/** As providers take them. A secret on a command line would stand in the list of processes. */
function settingsOf(set: readonly string[], config: Readonly<Record<string, string>>, env: Io["env"]): Settings {
  const given = new Map<string, string>();
  for (const text of set) {
    const [, key = "", value = ""] = /^([a-z]+:[A-Za-z]+)=(.*)$/s.exec(text) ?? [];
    if (key === "") throw new UsageError("--set takes KEY=VALUE, for instance ecgrid:url=https://...");
    if (isSecret(key)) throw new UsageError(`${key} is a secret: give it in the environment, not in --set.`);
    given.set(key, value);
  }
  return new Settings((key) => given.get(key) ?? (isSecret(key) ? undefined : config[key]), env);
}

function isSecret(key: string): boolean {
  const [system = "", name = ""] = key.split(":");
  return SECRET_SETTINGS[system]?.includes(name) === true;
}
