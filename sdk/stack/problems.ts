import { nearest } from "../../provider/core/inputs.js";
import type { Source, StackFileProblem } from "./source.js";
import { isRecord, Secret, type Path } from "./yaml.js";

export type Records = Readonly<Record<string, unknown>>;

/** More are not listed where something else than a map was found. */
const MOST_KEYS = 6;

/** What is wrong with a stack file, as far as it was found. */
export class Problems {
  readonly #all: StackFileProblem[];

  constructor(readonly source: Source) {
    this.#all = [...source.ambiguous];
  }

  get all(): readonly StackFileProblem[] {
    return this.#all;
  }

  say(path: Path, message: string): void {
    this.#all.push(this.source.problem(path, message));
  }

  /** A map with none but the known keys, as far as it is one. */
  record(path: Path, value: unknown, known: readonly string[] | undefined, what: string): Records | undefined {
    if (!isRecord(value)) {
      this.say(
        path,
        `is ${found(value)}: allowed is ${what}${known === undefined || known.length > MOST_KEYS ? "" : `, a map with ${known.join(", ")}`}`,
      );
      return undefined;
    }
    if (known !== undefined)
      for (const key of Object.keys(value)) if (!known.includes(key)) this.unknownKey([...path, key], key, known);
    return value;
  }

  unknownKey(path: Path, key: string, known: readonly string[]): void {
    const near = nearest(key, known);
    this.say(
      path,
      `the key ${key} is not known: allowed is ${known.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }

  /** What is wrong with a default is said once, not for each resource. */
  once(path: Path, message: string): void {
    const problem = this.source.problem(path, message);
    if (!this.#all.some((one) => one.path === problem.path && one.message === message)) this.#all.push(problem);
  }
}

/** A value in words. Lists and maps are not repeated: something in them may be secret. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (typeof value === "symbol" || value instanceof Secret) return "a secret";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return isRecord(value) ? "a map" : "a value with a tag";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
