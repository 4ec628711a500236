import { nearest } from "../../provider/core/inputs.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { RESOURCE } from "./forms.js";
import { isName, NAME, sameName } from "./names.js";
import { found, Problems, type Records } from "./problems.js";
import { readProviders, type DeclaredProvider } from "./providers.js";
import { References, type Edge } from "./references.js";
import { StackFileError, type Source } from "./source.js";
import { typeNamed, TYPES, unknownOf, type ResourceInput, type StackType } from "./types.js";
import { holdsFile, holdsUnknown, Values, withoutContent, WRONG, type Configured, type Placed } from "./values.js";
import { isRecord, pathText, type Path } from "./yaml.js";

/** Last item of `groups`: without it a file that was cut off at the end of a line would be a smaller list. */
export const END = "end";

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

/** What a stack file says, without a problem. */
export interface Model {
  readonly source: Source;
  /** Each after all that it refers to. */
  readonly resources: readonly Declared[];
  readonly providers: readonly DeclaredProvider[];
  /** Types of which there is a group, perhaps an empty one. */
  readonly types: ReadonlySet<string>;
}

/** @throws StackFileError with all problems at once. */
export function readModel(source: Source, configured: Configured = () => "unknown"): Model {
  return new Reader(source, configured).read();
}

const OPTIONS = ["protect", "retainOnDelete", "provider", "dependsOn"];

interface Node {
  readonly declared: Declared;
  readonly path: Path;
  readonly edges: readonly Edge[];
}

class Reader {
  readonly #problems: Problems;
  readonly #values: Values;
  readonly #references: References;
  readonly #resources = new Map<string, Node>();
  /** Resources whose name another one has. */
  readonly #doubles: Node[] = [];
  readonly #former: { readonly key: string; readonly path: Path }[] = [];
  readonly #types = new Set<string>();
  #providers: readonly DeclaredProvider[] = [];

  constructor(
    readonly source: Source,
    configured: Configured,
  ) {
    this.#problems = new Problems(source);
    this.#values = new Values(this.#problems, configured);
    this.#references = new References(this.#problems);
  }

  read(): Model {
    const { source } = this;
    const list = this.#problems.record([], source.value, ["providers", "groups"], "the list of a stack file");
    if (list !== undefined) {
      if (Object.hasOwn(list, "providers"))
        this.#providers = readProviders(list.providers, this.#problems, this.#values);
      this.#readGroups(list);
    }
    for (const { declared } of [...this.#resources.values(), ...this.#doubles]) this.#check(declared);
    this.#references.unset((key, input) => {
      const declared = this.#resources.get(key)?.declared;
      return declared === undefined ? undefined : isGiven(declared, input);
    });
    for (const { key, path } of this.#former)
      if (this.#resources.has(key))
        this.#problems.say(path, `${key} is declared, too: allowed is a name that the file no longer has`);
    const resources = this.#references.sorted(this.#resources, this.#doubles).map(({ declared }) => declared);
    if (this.#problems.all.length > 0) throw new StackFileError(this.#problems.all);
    return { source, resources, providers: this.#providers, types: this.#types };
  }

  #readGroups(list: Records): void {
    const { groups } = list;
    if (!Array.isArray(groups) || groups.length === 0) {
      this.#problems.say(
        Object.hasOwn(list, "groups") ? ["groups"] : [],
        `groups ${Object.hasOwn(list, "groups") ? `is ${found(groups)}` : "is missing"}: allowed is a list of groups that closes with "- ${END}"`,
      );
      return;
    }
    const items: readonly unknown[] = groups;
    if (items.at(-1) !== END)
      this.#problems.say(
        ["groups", items.length - 1],
        `is the last item of groups, which must close with "- ${END}": a file that was cut off does not`,
      );
    items.forEach((group, index) => {
      const path = ["groups", index];
      if (group !== END) this.#readGroup(path, group);
      else if (index < items.length - 1)
        this.#problems.say(path, `${END} is the last item of groups, and others follow`);
    });
  }

  #readGroup(path: Path, value: unknown): void {
    const group = this.#problems.record(path, value, ["type", "defaults", "options", "resources"], "a group");
    if (group === undefined) return;
    const names = TYPES.map(({ name }) => name);
    const named = typeof group.type === "string" ? typeNamed(group.type) : undefined;
    const near = named === undefined && typeof group.type === "string" ? nearest(group.type, names) : undefined;
    if (named === undefined)
      this.#problems.say(
        Object.hasOwn(group, "type") ? [...path, "type"] : path,
        `type is ${Object.hasOwn(group, "type") ? found(group.type) : "missing"}: allowed is ${names.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
      );
    // Most likely meant: what else is wrong in the group is told as well.
    const type = named ?? (near === undefined ? undefined : typeNamed(near));
    if (type === undefined) {
      if (isRecord(group.resources)) for (const name of Object.keys(group.resources)) this.#references.ofNoType(name);
      return;
    }
    const inputs = [...Object.keys(type.values), ...Object.keys(type.resources)];
    const part = (key: string, known: readonly string[]): Records =>
      Object.hasOwn(group, key)
        ? (this.#problems.record([...path, key], group[key], known, `the ${key} of a group`) ?? {})
        : {};
    const defaults = part("defaults", inputs);
    const options = part("options", OPTIONS);
    this.#types.add(type.name);
    const at = [...path, "resources"];
    if (!Object.hasOwn(group, "resources")) {
      this.#problems.say(
        path,
        "resources is missing: allowed is a map of resources by name, or {} when none is wanted",
      );
      return;
    }
    const resources = this.#problems.record(
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
    const own = this.#problems.record(
      path,
      value,
      [...group.inputs, "was", "options"],
      `the inputs of ${type.name} ${name}, or {} for the defaults`,
    );
    if (own === undefined) return;
    if (!isName(name)) this.#problems.say(path, `the name is ${JSON.stringify(name)}: ${NAME}`);
    const key = `${type.name}/${sameName(name)}`;
    const other = this.#resources.get(key);
    if (other !== undefined) {
      const { position } = this.source.problem(other.path, "");
      this.#problems.say(
        path,
        `there is another ${type.name} of this name${position === undefined ? "" : ` in line ${position.line}`}: allowed is each name once for a type`,
      );
    }
    const given = new Map<string, Placed>();
    for (const input of group.inputs) {
      if (Object.hasOwn(own, input)) given.set(input, this.#values.placed(own[input], [...path, input], name));
      else if (Object.hasOwn(group.defaults, input))
        given.set(input, this.#values.placed(group.defaults[input], [...group.path, "defaults", input], name));
    }
    const option = (key: string): Placed | undefined => {
      const ownOptions = isRecord(own.options) ? own.options : {};
      if (Object.hasOwn(ownOptions, key)) return this.#values.placed(ownOptions[key], [...path, "options", key], name);
      return Object.hasOwn(group.options, key)
        ? this.#values.placed(group.options[key], [...group.path, "options", key], name)
        : undefined;
    };
    if (Object.hasOwn(own, "options"))
      this.#problems.record([...path, "options"], own.options, OPTIONS, "the options of a resource");
    const edges: Edge[] = [];
    const refer = (placed: Placed, { many, of }: Pick<ResourceInput, "many" | "of">): string[] =>
      this.#references.resources(placed, many, of, edges);
    const resources = new Map<string, readonly string[]>();
    for (const [input, takes] of Object.entries(type.resources)) {
      const placed = given.get(input);
      given.delete(input);
      if (placed !== undefined) resources.set(input, refer(placed, takes));
      else if (takes.required) this.#problems.say(path, `${input} is missing: ${RESOURCE}`);
    }
    for (const [, placed] of given) this.#references.outputs(placed, edges);
    const dependsOn = option("dependsOn");
    const provider = option("provider");
    const node = {
      path,
      edges,
      declared: {
        ...{ key, type, name, path, inputs: given, resources, was: this.#was(own, type, path) },
        protect: this.#flag(option("protect")),
        retainOnDelete: this.#flag(option("retainOnDelete")),
        provider: provider === undefined ? undefined : this.#provider(provider, type),
        dependsOn: dependsOn === undefined ? [] : refer(dependsOn, { many: true, of: undefined }),
      },
    };
    if (other === undefined) this.#resources.set(key, node);
    else this.#doubles.push(node);
  }

  #flag(placed: Placed | undefined): boolean | undefined {
    if (placed === undefined || typeof placed.value === "boolean") return placed?.value as boolean | undefined;
    this.#problems.once(placed.path, `is ${found(placed.value)}: allowed is true or false`);
    return undefined;
  }

  #provider({ value, path }: Placed, type: StackType): string | undefined {
    const known = this.#providers.filter((one) => one.type.system === type.kind.system).map(({ name }) => name);
    if (type.resources.of !== undefined)
      this.#problems.once(path, "a Retirement has the provider instance of what it is about: allowed is none");
    else if (typeof value !== "string" || !known.includes(value)) {
      const near = typeof value === "string" ? nearest(value, known) : undefined;
      this.#problems.once(
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
        this.#problems.say(at, `is ${found(name)}: allowed is the former name, or a list of former names; ${NAME}`);
        return [];
      }
      const key = `${type.name}/${sameName(name)}`;
      const before = this.#former.find((one) => one.key === key);
      if (before === undefined) this.#former.push({ key, path: at });
      else
        this.#problems.say(
          at,
          `${key} is a former name already, of ${pathText(before.path)}: allowed is each one once`,
        );
      return before === undefined ? [name] : [];
    });
  }

  /** What a `check` of the resource would say, as far as its values are known without a run. */
  #check({ type, path, inputs, resources }: Declared): void {
    const raw: Record<string, unknown> = {};
    for (const [input, takes] of Object.entries(type.resources))
      if (takes.required || resources.has(input)) Object.assign(raw, unknownOf(takes));
    const wrong = new Set<string>();
    for (const [input, placed] of inputs) {
      if (placed.value === null || placed.value === undefined)
        this.#problems.once(placed.path, "is empty: allowed is a value, or no such key");
      const isClear = type.kind.secretInputs.includes(input) && this.#values.isClear(placed, input);
      const value = isClear ? WRONG : this.#values.plain(placed, type.base64.includes(input));
      if (placed.value === null || placed.value === undefined || value === WRONG) {
        wrong.add(input);
        raw[input] = UNKNOWN;
      } else raw[input] = holdsUnknown(value) ? UNKNOWN : value;
      if (
        !type.base64.includes(input) &&
        type.kind.secretInputs.includes(input) &&
        this.#values.endsLine(placed, value)
      ) {
        wrong.add(input);
        raw[input] = UNKNOWN;
      }
    }
    for (const { property, reason } of type.kind.problems(raw)) {
      const [first = ""] = reason.split(" ");
      const [field = "", ...deeper] =
        inputs.has(property) && !first.startsWith(property) ? [property] : first.split(".");
      if (wrong.has(field)) continue;
      const placed = inputs.get(field);
      // A problem without a property repeats nothing of what was found.
      const repeats = property !== "" && placed !== undefined && holdsFile(placed);
      if (placed === undefined) this.#problems.say(path, reason);
      else this.#problems.once([...placed.path, ...deeper], repeats ? withoutContent(reason, field) : reason);
    }
  }
}

/** Whether a resource gets an input, from the file or from the SDK in place of a resource. */
const isGiven = ({ type, inputs, resources }: Declared, input: string): boolean =>
  inputs.has(input) || [...resources.keys()].some((one) => type.resources[one]?.makes.includes(input) === true);
