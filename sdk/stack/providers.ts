import { z } from "zod";
import { nearest } from "../../provider/core/inputs.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { SECRET_SETTINGS, variableOf } from "../../provider/dynamic/settings.js";
import { formOf } from "./forms.js";
import { isName, NAME, sameName } from "./names.js";
import { found, type Problems, type Records } from "./problems.js";
import { KEY } from "./source.js";
import { PROVIDER_TYPES, type ProviderType } from "./types.js";
import { holdsFile, WRONG, type Placed, type Values } from "./values.js";
import { isRecord, type Path } from "./yaml.js";

/** A provider instance of a stack file. */
export interface DeclaredProvider {
  readonly name: string;
  readonly type: ProviderType;
  readonly settings: ReadonlyMap<string, Placed>;
}

/** The provider instances under `providers`. */
export function readProviders(value: unknown, problems: Problems, values: Values): DeclaredProvider[] {
  const record = problems.record(["providers"], value, undefined, "a map of provider instances by name, or {}");
  const declared: DeclaredProvider[] = [];
  const names = new Set<string>();
  const variables = new Map<string, string>();
  for (const [name, one] of Object.entries(record ?? {})) {
    const path = ["providers", name];
    if (!isName(name)) problems.say(path, `the name is ${JSON.stringify(name)}: ${NAME}`);
    if (names.has(sameName(name)))
      problems.say(path, "there is another provider instance of this name: allowed is each name once");
    names.add(sameName(name));
    const systems = PROVIDER_TYPES.map(({ system }) => system);
    if (!isRecord(one)) {
      problems.say(path, `is ${found(one)}: allowed is a map with system (${systems.join(", ")}) and its settings`);
      continue;
    }
    const type = PROVIDER_TYPES.find(({ system }) => system === one.system);
    if (type === undefined) {
      const near = typeof one.system === "string" ? nearest(one.system, systems) : undefined;
      problems.say(
        Object.hasOwn(one, "system") ? [...path, "system"] : path,
        `system is ${Object.hasOwn(one, "system") ? found(one.system) : "missing"}: allowed is ${systems.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
      );
      continue;
    }
    const variable = variableOf(`${type.system}:apiKey`, name);
    const other = variables.get(variable);
    if (other !== undefined)
      problems.say(
        path,
        `would read the environment variables of ${other}, ${variable} for instance: allowed is another name`,
      );
    variables.set(variable, name);
    declared.push({ name, type, settings: settingsOf(type, path, one, problems, values) });
  }
  return declared;
}

function settingsOf(
  type: ProviderType,
  path: Path,
  given: Records,
  problems: Problems,
  values: Values,
): Map<string, Placed> {
  const known = Object.keys(type.settings);
  const settings = new Map<string, Placed>();
  for (const [key, value] of Object.entries(given)) {
    if (key === "system") continue;
    const at = [...path, key];
    const schema = Object.hasOwn(type.settings, key) ? type.settings[key] : undefined;
    if (schema === undefined) {
      problems.unknownKey(at, key, ["system", ...known]);
      continue;
    }
    const placed = values.placed(value, at);
    settings.set(key, placed);
    const form = formOf(value);
    if (typeof form === "object" && form.kind === "from") {
      problems.say(at, "is an output of a resource: allowed is a value, { file: <path> } or { config: <key> }");
      continue;
    }
    const plain = values.plain(placed, false);
    if (plain === WRONG || plain === UNKNOWN) continue;
    if ((SECRET_SETTINGS[type.system] ?? []).includes(key)) {
      problems.say(
        at,
        `is a credential in clear: allowed is secure: (pulumi config set --secret --path '${KEY}.providers.….${key}'), or { config: <key> } of a secret`,
      );
      continue;
    }
    const result = z.safeParse(schema, plain);
    if (!result.success)
      problems.say(
        at,
        `is ${holdsFile(placed) ? "the content of a file" : found(plain)}: ${result.error.issues[0]?.message ?? "not allowed"}`,
      );
  }
  return settings;
}
