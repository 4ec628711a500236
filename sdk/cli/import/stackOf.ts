import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { UsageError } from "../io.js";

/** The stack that is imported into: its URNs hold project and stack. */
export interface Stack {
  /** As it was named: what Pulumi knows it by. */
  readonly named: string;
  readonly project: string;
  readonly stack: string;
  /** Values of its configuration that stand in clear. */
  readonly config: Readonly<Record<string, string>>;
}

/** By `[organization/][project/]stack`, and the files of the folder. @throws UsageError */
export function stackOf(named = "", folder: string): Stack {
  const parts = named.split("/");
  const stack = parts.at(-1) ?? "";
  if (stack === "") throw new UsageError("--stack is missing: the stack that is imported into, or set PULUMI_STACK.");
  const project = parts.at(-2) ?? read(folder, "Pulumi.yaml").name;
  if (typeof project !== "string" || project === "")
    throw new UsageError(
      "there is no Pulumi.yaml with a name here: run this in the project's folder, or give --stack PROJECT/STACK.",
    );
  const { config } = read(folder, `Pulumi.${stack}.yaml`);
  return { named, project, stack, config: clear(config) };
}

function read(folder: string, name: string): Readonly<Record<string, unknown>> {
  const file = join(folder, name);
  if (!existsSync(file)) return {};
  try {
    const value: unknown = parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    throw new UsageError(`${name} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
  }
}

const clear = (config: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(typeof config === "object" && config !== null ? config : {}).flatMap(([key, value]) =>
      ["string", "number", "boolean"].includes(typeof value) ? [[key, String(value)]] : [],
    ),
  );
