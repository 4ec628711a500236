import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { nearest } from "../../provider/core/inputs.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { SECRET_SETTINGS, variableOf } from "../../provider/dynamic/settings.js";
import { formOf, FROM, mapForms, named, RESOURCE, type Form } from "./forms.js";
import { KEY, StackFileError, type Source, type StackFileProblem } from "./source.js";
import {
  PROVIDER_TYPES,
  typeNamed,
  TYPES,
  unknownOf,
  type ProviderType,
  type ResourceInput,
  type StackType,
} from "./types.js";
import { isRecord, pathText, Secret, type Path } from "./yaml.js";

/** Last item of `groups`: without it a file that was cut off at the end of a line would be a smaller list. */
export const END = "end";

/** A value where it stands: a resource's own one, or one of its group's defaults. */
export interface Placed {
  readonly value: unknown;
  readonly path: Path;
}

/** A resource of a stack file. */
export interface Declared {
  /** `<type>/<name>`, as references have it. */
  readonly key: string;
  readonly type: StackType;
  readonly name: string;
  readonly path: Path;
  readonly inputs: ReadonlyMap<string, Placed>;
  /** Keys of resources, by the input that takes them. */
  readonly resources: ReadonlyMap<string, readonly string[]>;
  readonly was: readonly string[];
  readonly protect: boolean | undefined;
  readonly retainOnDelete: boolean | undefined;
  readonly provider: string | undefined;
  readonly dependsOn: readonly string[];
}

export interface DeclaredProvider {
  readonly name: string;
  readonly type: ProviderType;
  readonly settings: ReadonlyMap<string, Placed>;
}

/** What a stack file says, without a problem. */
export interface Model {
  readonly source: Source;
  /** Each after all that it refers to. */
  readonly resources: readonly Declared[];
  readonly providers: readonly DeclaredProvider[];
  /** Types of which there is a group, perhaps an empty one. */
  readonly types: ReadonlySet<string>;
}

/** A configuration value of the stack; `"encrypted"` where it cannot be told, undefined where there is none. */
export type Configured = (key: string) => { readonly value: string; readonly secret: boolean } | "unknown" | undefined;

/** @throws StackFileError with all problems at once. */
export function readModel(source: Source, configured: Configured = () => "unknown"): Model {
  return new Reader(source, configured).read();
}

type Records = Readonly<Record<string, unknown>>;
/** More are not listed where something else than a map was found. */
const MOST_KEYS = 6;
const OPTIONS = ["protect", "retainOnDelete", "provider", "dependsOn"];

class Reader {
  readonly #problems: StackFileProblem[] = [];
  readonly #resources = new Map<string, { declared: Declared; path: Path; edges: { to: string; path: Path }[] }>();
  readonly #providers = new Map<string, DeclaredProvider>();
  readonly #types = new Set<string>();

  constructor(
    readonly source: Source,
    readonly configured: Configured,
  ) {}

  read(): Model {
    const { value } = this.source;
    this.#problems.push(...this.source.ambiguous);
    const list = this.#record([], value, ["providers", "groups"], "the list of a stack file");
    if (list !== undefined) {
      this.#readProviders(list.providers, Object.hasOwn(list, "providers"));
      this.#readGroups(list);
    }
    const references = [...this.#resources.values()].map(({ declared }) => declared);
    for (const one of references) this.#check(one);
    const resources = this.#sorted();
    if (this.#problems.length > 0) throw new StackFileError(this.#problems);
    return { source: this.source, resources, providers: [...this.#providers.values()], types: this.#types };
  }

  #say(path: Path, message: string): void {
    this.#problems.push(this.source.problem(path, message));
  }

  /** A map with none but the known keys, as far as it is one. */
  #record(path: Path, value: unknown, known: readonly string[] | undefined, what: string): Records | undefined {
    if (!isRecord(value)) {
      this.#say(
        path,
        `is ${found(value)}: allowed is ${what}${known === undefined || known.length > MOST_KEYS ? "" : `, a map with ${known.join(", ")}`}`,
      );
      return undefined;
    }
    if (known !== undefined)
      for (const key of Object.keys(value)) if (!known.includes(key)) this.#unknownKey([...path, key], key, known);
    return value;
  }

  #unknownKey(path: Path, key: string, known: readonly string[]): void {
    const near = nearest(key, known);
    this.#say(
      path,
      `the key ${key} is not known: allowed is ${known.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }

  #readGroups(list: Records): void {
    const { groups } = list;
    if (!Array.isArray(groups) || groups.length === 0) {
      this.#say(
        Object.hasOwn(list, "groups") ? ["groups"] : [],
        `groups ${Object.hasOwn(list, "groups") ? `is ${found(groups)}` : "is missing"}: allowed is a list of groups that closes with "- ${END}"`,
      );
      return;
    }
    const items: readonly unknown[] = groups;
    if (items.at(-1) !== END)
      this.#say(
        ["groups", items.length - 1],
        `is the last item of groups, which must close with "- ${END}": a file that was cut off does not`,
      );
    items.forEach((group, index) => {
      const path = ["groups", index];
      if (group !== END) this.#readGroup(path, group);
      else if (index < items.length - 1) this.#say(path, `${END} is the last item of groups, and others follow`);
    });
  }

  #readGroup(path: Path, value: unknown): void {
    const group = this.#record(path, value, ["type", "defaults", "options", "resources"], "a group");
    if (group === undefined) return;
    const names = TYPES.map(({ name }) => name);
    const type = typeof group.type === "string" ? typeNamed(group.type) : undefined;
    if (type === undefined) {
      const near = typeof group.type === "string" ? nearest(group.type, names) : undefined;
      this.#say(
        Object.hasOwn(group, "type") ? [...path, "type"] : path,
        `type is ${Object.hasOwn(group, "type") ? found(group.type) : "missing"}: allowed is ${names.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
      );
      return;
    }
    const inputs = [...Object.keys(type.values), ...Object.keys(type.resources)];
    const part = (key: string, known: readonly string[]): Records =>
      Object.hasOwn(group, key) ? (this.#record([...path, key], group[key], known, `the ${key} of a group`) ?? {}) : {};
    const defaults = part("defaults", inputs);
    const options = part("options", OPTIONS);
    this.#types.add(type.name);
    const at = [...path, "resources"];
    if (!Object.hasOwn(group, "resources")) {
      this.#say(path, "resources is missing: allowed is a map of resources by name, or {} when none is wanted");
      return;
    }
    const resources = this.#record(
      at,
      group.resources,
      undefined,
      "a map of resources by name, or {} when none is wanted",
    );
    for (const [name, resource] of Object.entries(resources ?? {}))
      this.#readResource(type, name, [...at, name], resource, { inputs, path, defaults, options });
  }

  #readResource(
    type: StackType,
    name: string,
    path: Path,
    value: unknown,
    group: {
      readonly inputs: readonly string[];
      readonly path: Path;
      readonly defaults: Records;
      readonly options: Records;
    },
  ): void {
    const own = this.#record(
      path,
      value,
      [...group.inputs, "was", "options"],
      `the inputs of ${type.name} ${name}, or {} for the defaults`,
    );
    if (own === undefined) return;
    if (!isName(name)) this.#say(path, `the name is ${JSON.stringify(name)}: ${NAME}`);
    // Written in two ways, it would be the same to people and to many editors.
    const key = `${type.name}/${name.normalize("NFC")}`;
    const other = this.#resources.get(key);
    if (other !== undefined) {
      const { position } = this.source.problem(other.path, "");
      this.#say(
        path,
        `there is another ${type.name} of this name${position === undefined ? "" : ` in line ${position.line}`}: allowed is each name once for a type`,
      );
      return;
    }
    const given = new Map<string, Placed>();
    for (const input of group.inputs) {
      if (Object.hasOwn(own, input)) given.set(input, this.#placed(own[input], [...path, input], name));
      else if (Object.hasOwn(group.defaults, input))
        given.set(input, this.#placed(group.defaults[input], [...group.path, "defaults", input], name));
    }
    const option = (key: string): Placed | undefined => {
      const ownOptions = isRecord(own.options) ? own.options : {};
      if (Object.hasOwn(ownOptions, key)) return this.#placed(ownOptions[key], [...path, "options", key], name);
      return Object.hasOwn(group.options, key)
        ? this.#placed(group.options[key], [...group.path, "options", key], name)
        : undefined;
    };
    if (Object.hasOwn(own, "options"))
      this.#record([...path, "options"], own.options, OPTIONS, "the options of a resource");
    const edges: { to: string; path: Path }[] = [];
    const refer = (placed: Placed, { many, of }: Pick<ResourceInput, "many" | "of">): string[] =>
      this.#references(placed, many, of, edges);
    const resources = new Map<string, readonly string[]>();
    for (const [input, takes] of Object.entries(type.resources)) {
      const placed = given.get(input);
      given.delete(input);
      if (placed !== undefined) resources.set(input, refer(placed, takes));
      else if (takes.required) this.#say(path, `${input} is missing: ${RESOURCE}`);
    }
    for (const [, placed] of given) this.#noteOutputs(placed, edges);
    const dependsOn = option("dependsOn");
    const provider = option("provider");
    this.#resources.set(key, {
      path,
      edges,
      declared: {
        ...{ key, type, name, path, inputs: given, resources, was: this.#was(own, type, path) },
        protect: this.#flag(option("protect")),
        retainOnDelete: this.#flag(option("retainOnDelete")),
        provider: provider === undefined ? undefined : this.#provider(provider, type),
        dependsOn: dependsOn === undefined ? [] : refer(dependsOn, { many: true, of: undefined }),
      },
    });
  }

  /** A value with its place. In a pattern `${name}` stands for the resource's name. */
  #placed(value: unknown, path: Path, name?: string): Placed {
    const filled = (one: unknown, at: Path): unknown => {
      if (Array.isArray(one)) return one.map((item, index) => filled(item, [...at, index]));
      if (isRecord(one))
        return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, filled(item, [...at, key])]));
      if (typeof one !== "string" || name === undefined) return one;
      const { text, unknown } = named(one, name);
      for (const reference of unknown)
        this.#once(at, `${reference} is not known in a pattern: allowed is \${name}, and $\${ for a plain \${`);
      return text;
    };
    return { value: filled(value, path), path };
  }

  /** What is wrong with a default is said once, not for each resource. */
  #once(path: Path, message: string): void {
    const problem = this.source.problem(path, message);
    if (!this.#problems.some((one) => one.path === problem.path && one.message === message))
      this.#problems.push(problem);
  }

  #flag(placed: Placed | undefined): boolean | undefined {
    if (placed === undefined || typeof placed.value === "boolean") return placed?.value as boolean | undefined;
    this.#once(placed.path, `is ${found(placed.value)}: allowed is true or false`);
    return undefined;
  }

  #provider({ value, path }: Placed, type: StackType): string | undefined {
    const known = [...this.#providers.values()]
      .filter((one) => one.type.system === type.kind.system)
      .map(({ name }) => name);
    if (type.resources.of !== undefined)
      this.#once(path, "a Retirement has the provider instance of what it is about: allowed is none");
    else if (typeof value !== "string" || !known.includes(value)) {
      const near = typeof value === "string" ? nearest(value, known) : undefined;
      this.#once(
        path,
        `is ${found(value)}: allowed is ${known.length === 0 ? `the name of a provider of ${type.kind.system}, and there is none under providers` : known.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
      );
    } else return value;
    return undefined;
  }

  #was(own: Records, type: StackType, path: Path): string[] {
    if (!Object.hasOwn(own, "was")) return [];
    const list: readonly unknown[] = Array.isArray(own.was) ? own.was : [own.was];
    return list.flatMap((name, index) => {
      const at = [...path, "was", ...(Array.isArray(own.was) ? [index] : [])];
      if (typeof name !== "string" || !isName(name)) {
        this.#say(at, `is ${found(name)}: allowed is the former name, or a list of former names; ${NAME}`);
        return [];
      }
      const key = `${type.name}/${name.normalize("NFC")}`;
      const before = this.#former.find((one) => one.key === key);
      if (before === undefined) this.#former.push({ key, path: at });
      else this.#say(at, `${key} is a former name already, of ${pathText(before.path)}: allowed is each one once`);
      return before === undefined ? [name] : [];
    });
  }
  readonly #former: { readonly key: string; readonly path: Path }[] = [];

  /** Resources that an input or option takes. */
  #references(
    { value, path }: Placed,
    many: boolean,
    of: readonly string[] | undefined,
    edges: { to: string; path: Path }[],
  ): string[] {
    const list: readonly unknown[] = many && Array.isArray(value) ? value : [value];
    if (many && !Array.isArray(value)) {
      this.#once(path, `is ${found(value)}: allowed is a list; each item: ${RESOURCE}`);
      return [];
    }
    return list.flatMap((one, index) => {
      const at = many ? [...path, index] : path;
      const form = formOf(one);
      if (typeof form !== "object" || form.kind !== "from" || form.output !== undefined) {
        const output = typeof form === "object" && form.kind === "from" ? ", without an output" : "";
        this.#once(at, `${typeof form === "string" ? form : `is ${found(one)}`}: ${RESOURCE}${output}`);
        return [];
      }
      edges.push({ to: form.of, path: at });
      const type = typeOf(form.of);
      if (of !== undefined && type !== undefined && !of.includes(type.name))
        this.#say(at, `is a ${type.name}: allowed is one of ${of.join(", ")}`);
      return [form.of];
    });
  }

  /** References to outputs in an input. */
  #noteOutputs({ value, path }: Placed, edges: { to: string; path: Path }[]): void {
    mapForms(value, path, (form, at) => {
      if (typeof form === "string" || form.kind !== "from") return undefined;
      edges.push({ to: form.of, path: at });
      const type = typeOf(form.of);
      if (form.output === undefined) this.#once(at, `output is missing: ${FROM}`);
      else if (type !== undefined) {
        const [output = ""] = form.output.split(".");
        const known = [
          "id",
          ...type.kind.fields.filter((field) => !field.startsWith("__")),
          ...type.kind.secretOutputs,
        ];
        if (!known.includes(output)) {
          const near = nearest(output, known);
          this.#once(
            [...at, "output"],
            `${output} is not an output of ${type.name}: allowed is ${known.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
          );
        }
      }
      return undefined;
    });
  }

  /** What a `check` of the resource would say, as far as its values are known without a run. */
  #check({ key, type, inputs, resources }: Declared): void {
    const path = this.#resources.get(key)?.path ?? [];
    const raw: Record<string, unknown> = {};
    for (const [input, takes] of Object.entries(type.resources))
      if (takes.required || resources.has(input)) Object.assign(raw, unknownOf(takes));
    const wrong = new Set<string>();
    for (const [input, placed] of inputs) {
      if (placed.value === null || placed.value === undefined)
        this.#once(placed.path, "is empty: allowed is a value, or no such key");
      const value = this.#value(placed, type.base64.includes(input));
      if (placed.value === null || placed.value === undefined || value === WRONG) {
        wrong.add(input);
        raw[input] = UNKNOWN;
      } else raw[input] = holdsUnknown(value) ? UNKNOWN : value;
    }
    for (const { property, reason } of type.kind.problems(raw)) {
      const [first = ""] = reason.split(" ");
      const [field = "", ...deeper] =
        inputs.has(property) && !first.startsWith(property) ? [property] : first.split(".");
      if (wrong.has(field)) continue;
      const placed = inputs.get(field);
      if (placed === undefined) this.#say(path, reason);
      else this.#once([...placed.path, ...deeper], holdsFile(placed) ? withoutContent(reason, field) : reason);
    }
  }

  /** A value as far as it is known without a run. */
  #value({ value, path }: Placed, base64: boolean): unknown {
    const wrong = new Set<string>();
    const plain = mapForms(
      value,
      path,
      (form, at) => {
        const got = this.#formValue(form, at, base64);
        if (got === WRONG) wrong.add(pathText(at));
        return got;
      },
      (one, at) => {
        if (typeof one === "string" && /^\d{4}-\d/.test(one) && this.source.spoilsTime(at)) {
          this.#once(at, "is a date without quotes, of which Pulumi makes another text: allowed is the same in quotes");
          wrong.add(pathText(at));
        }
        return one instanceof Secret ? UNKNOWN : one;
      },
    );
    return wrong.size > 0 ? WRONG : plain;
  }

  #formValue(form: Form | string, path: Path, base64: boolean): unknown {
    if (typeof form === "string") {
      this.#once(path, form);
      return WRONG;
    }
    if (form.kind === "from") return UNKNOWN;
    if (form.kind === "file") {
      try {
        return contentOf(this.source, form.file, base64);
      } catch (error) {
        this.#once(
          [...path, "file"],
          `is ${JSON.stringify(form.file)}, which cannot be read (${reasonOf(error)}): allowed is a file, relative to ${this.source.file}`,
        );
        return WRONG;
      }
    }
    const configured = this.configured(form.key);
    if (configured === undefined) {
      this.#once(
        [...path, "config"],
        `${form.key} is not set: run "pulumi config set ${form.key}", with --secret for a secret`,
      );
      return WRONG;
    }
    return configured === "unknown" || configured.secret ? UNKNOWN : configured.value;
  }

  #readProviders(value: unknown, given: boolean): void {
    if (!given) return;
    const record = this.#record(["providers"], value, undefined, "a map of provider instances by name, or {}");
    const variables = new Map<string, string>();
    for (const [name, one] of Object.entries(record ?? {})) {
      const path = ["providers", name];
      const systems = PROVIDER_TYPES.map(({ system }) => system);
      if (!isRecord(one)) {
        this.#say(path, `is ${found(one)}: allowed is a map with system (${systems.join(", ")}) and its settings`);
        continue;
      }
      const type = PROVIDER_TYPES.find(({ system }) => system === one.system);
      if (type === undefined) {
        const near = typeof one.system === "string" ? nearest(one.system, systems) : undefined;
        this.#say(
          Object.hasOwn(one, "system") ? [...path, "system"] : path,
          `system is ${Object.hasOwn(one, "system") ? found(one.system) : "missing"}: allowed is ${systems.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
        );
        continue;
      }
      const variable = variableOf(`${type.system}:apiKey`, name);
      const other = variables.get(variable);
      if (other !== undefined)
        this.#say(
          path,
          `would read the environment variables of ${other}, ${variable} for instance: allowed is another name`,
        );
      variables.set(variable, name);
      const settings = this.#settings(type, path, one);
      this.#providers.set(name, { name, type, settings });
    }
  }

  #settings(type: ProviderType, path: Path, given: Records): Map<string, Placed> {
    const known = Object.keys(type.settings);
    const settings = new Map<string, Placed>();
    for (const [key, value] of Object.entries(given)) {
      if (key === "system") continue;
      const at = [...path, key];
      const schema = type.settings[key];
      if (schema === undefined) {
        this.#unknownKey(at, key, ["system", ...known]);
        continue;
      }
      const placed = this.#placed(value, at);
      settings.set(key, placed);
      const form = formOf(value);
      if (typeof form === "object" && form.kind === "from") {
        this.#say(at, "is an output of a resource: allowed is a value, { file: <path> } or { config: <key> }");
        continue;
      }
      const plain = this.#value(placed, false);
      if (plain === WRONG || plain === UNKNOWN) continue;
      if ((SECRET_SETTINGS[type.system] ?? []).includes(key)) {
        this.#say(
          at,
          `is a credential in clear: allowed is secure: (pulumi config set --secret --path '${KEY}.providers.….${key}'), or { config: <key> } of a secret`,
        );
        continue;
      }
      const result = z.safeParse(schema, plain);
      if (!result.success)
        this.#say(
          at,
          `is ${holdsFile(placed) ? "the content of a file" : found(plain)}: ${result.error.issues[0]?.message ?? "not allowed"}`,
        );
    }
    return settings;
  }

  /** Resources, each after all that it refers to. Says which references lead nowhere, and which in a circle. */
  #sorted(): Declared[] {
    for (const { key, path } of this.#former)
      if (this.#resources.has(key))
        this.#say(path, `${key} is declared, too: allowed is a name that the file no longer has`);
    const keys = [...this.#resources.keys()];
    const sorted: Declared[] = [];
    const done = new Set<string>();
    for (const start of keys) {
      // Without recursion: a chain may be as long as the list.
      const trail: { key: string; next: number }[] = done.has(start) ? [] : [{ key: start, next: 0 }];
      const open = new Set(trail.map(({ key }) => key));
      for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
        const one = this.#resources.get(top.key);
        const edge = one?.edges[top.next++];
        if (edge === undefined) {
          trail.pop();
          open.delete(top.key);
          done.add(top.key);
          if (one !== undefined) sorted.push(one.declared);
        } else if (!this.#resources.has(edge.to)) {
          const near = nearest(edge.to, keys);
          this.#once(
            edge.path,
            `there is no ${edge.to} in this file: allowed is <type>/<name> of one${near === undefined ? "" : `; did you mean ${near}?`}`,
          );
        } else if (open.has(edge.to)) {
          const circle = [...trail.slice(trail.findIndex(({ key }) => key === edge.to)).map(({ key }) => key), edge.to];
          this.#once(edge.path, `a circle of references: ${circle.join(" -> ")}`);
        } else if (!done.has(edge.to)) {
          trail.push({ key: edge.to, next: 0 });
          open.add(edge.to);
        }
      }
    }
    return sorted;
  }
}

const NAME = 'allowed is a text without "::", control characters and blanks at its ends';
const isName = (name: string): boolean =>
  name !== "" && !name.includes("::") && name.trim() === name && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name);

/** Whether a value is, or holds, the content of a file. */
const holdsFile = ({ value, path }: Placed): boolean => {
  let holds = false;
  mapForms(value, path, (form) => {
    holds ||= typeof form === "object" && form.kind === "file";
    return undefined;
  });
  return holds;
};

/** A reason that does not repeat what was found: it is the content of a file. */
const withoutContent = (reason: string, field: string): string => {
  const allowed = reason.lastIndexOf(": allowed");
  return `${field} is not allowed as it is in the file${allowed < 0 ? "" : reason.slice(allowed)}`;
};

/** A value that cannot be had; why is said already. */
const WRONG = Symbol("wrong");

const MOST_BYTES = 1_000_000;

/** The content of a file: text, or its bytes in Base64. @throws Error when it cannot be read. */
export function contentOf({ folder }: Source, file: string, base64: boolean): string {
  const path = resolve(folder, file);
  const stat = statSync(path);
  if (!stat.isFile()) throw new Error("it is no file");
  const { size } = stat;
  if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, more than a certificate`);
  const bytes = readFileSync(path);
  return base64 ? bytes.toString("base64") : bytes.toString("utf8");
}

/** The type in `<type>/<name>`. */
const typeOf = (reference: string): StackType | undefined => typeNamed(reference.split("/")[0] ?? "");

const reasonOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code;
  return code === "ENOENT"
    ? "there is no such file"
    : error instanceof Error
      ? (error.message.split(",")[0] ?? "")
      : String(error);
};

function holdsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return value === UNKNOWN || (isRecord(value) && Object.values(value).some(holdsUnknown));
}

/** A value in words. Lists and maps are not repeated: something in them may be secret. */
function found(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (typeof value === "symbol" || value instanceof Secret) return "a secret";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
