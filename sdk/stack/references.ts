import { nearest } from "../../provider/core/inputs.js";
import { formOf, FROM, mapForms, RESOURCE } from "./forms.js";
import { memberOf } from "./members.js";
import { sameName } from "./names.js";
import { found, type Problems } from "./problems.js";
import { typeNamed, type StackType } from "./types.js";
import type { Placed } from "./values.js";
import type { Path } from "./yaml.js";

/** A reference to a resource, where it stands. */
export interface Edge {
  readonly to: string;
  readonly path: Path;
}

/** Of references that lead nowhere: where there are more, something else is wrong than their spelling. */
const MOST_GUESSES = 20;

/** References of a stack file's resources to each other. */
export class References {
  readonly #problems: Problems;
  readonly #outputs: { readonly to: string; readonly output: string; readonly path: Path }[] = [];

  readonly #ofNoType = new Set<string>();
  #guesses = 0;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** A resource of a group whose type nobody knows: what refers to its name may be right. */
  ofNoType(name: string): void {
    this.#ofNoType.add(sameName(name));
  }

  /** Resources that an input or option takes. */
  resources({ value, path }: Placed, many: boolean, of: readonly string[] | undefined, edges: Edge[]): string[] {
    const list: readonly unknown[] = many && Array.isArray(value) ? value : [value];
    if (many && !Array.isArray(value)) {
      this.#problems.once(path, `is ${found(value)}: allowed is a list; each item: ${RESOURCE}`);
      return [];
    }
    return list.flatMap((one, index) => {
      const at = many ? [...path, index] : path;
      const form = formOf(one);
      if (typeof form !== "object" || form.kind !== "from" || form.output !== undefined) {
        const output = typeof form === "object" && form.kind === "from" ? ", without an output" : "";
        this.#problems.once(at, `${typeof form === "string" ? form : `is ${found(one)}`}: ${RESOURCE}${output}`);
        return [];
      }
      edges.push({ to: form.of, path: at });
      const type = typeOf(form.of);
      if (of !== undefined && type !== undefined && !of.includes(type.name))
        this.#problems.say(at, `is a ${type.name}: allowed is one of ${of.join(", ")}`);
      return [form.of];
    });
  }

  /** References to outputs in an input. */
  outputs({ value, path }: Placed, edges: Edge[]): void {
    mapForms(value, path, (form, at) => {
      if (typeof form === "string" || form.kind !== "from") return undefined;
      edges.push({ to: form.of, path: at });
      const type = typeOf(form.of);
      if (form.output === undefined) this.#problems.once(at, `output is missing: ${FROM}`);
      else if (type !== undefined) {
        const { wrong } = memberOf(type.kind, form.output);
        if (wrong !== undefined) {
          const { name, of, known } = wrong;
          const near = nearest(name, known);
          this.#problems.once(
            [...at, "output"],
            known.length === 0
              ? `${name} is not there, ${of} has no parts: allowed is ${form.output.split(".")[0] ?? ""}, or a part of an output that has some`
              : `${name} is not an output of ${of}: allowed is ${known.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
          );
        } else this.#outputs.push({ to: form.of, output: form.output, path: [...at, "output"] });
      }
      return undefined;
    });
  }

  /** An input is an output only where it is given. @param given whether a resource has an input; undefined for no resource. */
  unset(given: (key: string, input: string) => boolean | undefined): void {
    for (const { to, output, path } of this.#outputs) {
      const [input = ""] = output.split(".");
      const kind = typeOf(to)?.kind;
      if (kind === undefined || input === "onDelete" || !Object.hasOwn(kind.inputs.shape, input)) continue;
      if (given(to, input) === false)
        this.#problems.once(
          path,
          `${input} is an input of ${to} that is not set there: allowed is one that is, or ${kind.outputsOnly.filter((one) => !one.startsWith("__")).join(", ")}`,
        );
    }
  }

  /** Resources by their keys, each after all that it refers to. Says which references lead nowhere, and which in a circle. */
  sorted<Node extends { readonly edges: readonly Edge[] }>(
    nodes: ReadonlyMap<string, Node>,
    others: readonly Node[],
  ): Node[] {
    const keys = [...nodes.keys()];
    for (const edge of others.flatMap(({ edges }) => edges)) if (!nodes.has(edge.to)) this.#nowhere(edge, keys);
    const sorted: Node[] = [];
    const done = new Set<string>();
    for (const start of keys) {
      // Without recursion: a chain may be as long as the list.
      const trail: { key: string; next: number }[] = done.has(start) ? [] : [{ key: start, next: 0 }];
      const open = new Set(trail.map(({ key }) => key));
      for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
        const one = nodes.get(top.key);
        const edge = one?.edges[top.next++];
        if (edge === undefined) {
          trail.pop();
          open.delete(top.key);
          done.add(top.key);
          if (one !== undefined) sorted.push(one);
        } else if (!nodes.has(edge.to)) {
          this.#nowhere(edge, keys);
        } else if (open.has(edge.to)) {
          const circle = [...trail.slice(trail.findIndex(({ key }) => key === edge.to)).map(({ key }) => key), edge.to];
          this.#problems.once(edge.path, `a circle of references: ${circle.join(" -> ")}`);
        } else if (!done.has(edge.to)) {
          trail.push({ key: edge.to, next: 0 });
          open.add(edge.to);
        }
      }
    }
    return sorted;
  }

  #nowhere({ to, path }: Edge, keys: readonly string[]): void {
    if (this.#ofNoType.has(to.slice(to.indexOf("/") + 1))) return;
    // Each guess looks at all names.
    const near = this.#guesses++ < MOST_GUESSES ? nearest(to, keys) : undefined;
    this.#problems.once(
      path,
      `there is no ${to} in this file: allowed is <type>/<name> of one${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
}

/** The type in `<type>/<name>`. */
const typeOf = (reference: string): StackType | undefined => typeNamed(reference.split("/")[0] ?? "");
