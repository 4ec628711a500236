import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { formOf, mapForms, named, type Form } from "./forms.js";
import type { Problems } from "./problems.js";
import type { Source } from "./source.js";
import { NotUtf8, utf8 } from "./utf8.js";
import { isRecord, pathText, Secret, type Path } from "./yaml.js";

/** A value where it stands: a resource's own one, or one of its group's defaults. */
export interface Placed {
  readonly value: unknown;
  readonly path: Path;
}

/** A configuration value of the stack; `"unknown"` where it cannot be told, undefined where there is none. */
export type Configured = (key: string) => { readonly value: string; readonly secret: boolean } | "unknown" | undefined;

/** A value that cannot be had; why is said already. */
export const WRONG = Symbol("wrong");

/** The values of a stack file, as far as they are known without a run. */
export class Values {
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #configured: Configured;

  constructor(problems: Problems, configured: Configured) {
    this.#source = problems.source;
    this.#problems = problems;
    this.#configured = configured;
  }

  /** A value with its place. In a pattern `${name}` stands for the resource's name. */
  placed(value: unknown, path: Path, name?: string): Placed {
    const filled = (one: unknown, at: Path): unknown => {
      if (Array.isArray(one)) return one.map((item, index) => filled(item, [...at, index]));
      if (isRecord(one))
        return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, filled(item, [...at, key])]));
      if (typeof one !== "string" || name === undefined) return one;
      const { text, unknown } = named(one, name);
      for (const reference of unknown)
        this.#problems.once(
          at,
          `${reference} is not known in a pattern: allowed is \${name}, and $\${ for a plain \${`,
        );
      return text;
    };
    return { value: filled(value, path), path };
  }

  /** A value as far as it is known without a run. */
  plain({ value, path }: Placed, base64: boolean): unknown {
    const wrong = new Set<string>();
    const plain = mapForms(
      value,
      path,
      (form, at) => {
        const got = this.#formValue(form, at, base64);
        if (got === WRONG) wrong.add(pathText(at));
        return got;
      },
      (one) => (one instanceof Secret ? UNKNOWN : one),
    );
    return wrong.size > 0 ? WRONG : plain;
  }

  /** What is secret must not stand in clear: the engine copies the configuration into the state. @returns whether it does. */
  isClear({ value, path }: Placed, input: string): boolean {
    const form = formOf(value);
    const configured = typeof form === "object" && form.kind === "config" ? this.#configured(form.key) : "unknown";
    const isText = form === undefined && !(value instanceof Secret) && value !== UNKNOWN;
    if (value === null || value === undefined) return false;
    if (isText)
      this.#problems.once(
        path,
        `is a secret in clear: allowed is secure: (pulumi config set --secret --path), { file: <path> }, or { config: <key> } of a secret; have what stood here changed`,
      );
    else if (configured !== "unknown" && configured?.secret === false)
      this.#problems.once(
        path,
        `${input} is secret, and the configuration value stands in clear: allowed is one that was set by "pulumi config set --secret"; have what stood there changed`,
      );
    else return false;
    return true;
  }

  /** The content of a file that is secret is taken to the last byte, and editors end it with a line break. @returns whether that is so. */
  endsLine(placed: Placed, value: unknown): boolean {
    if (!holdsFile(placed) || typeof value !== "string" || !/[\r\n]$/.test(value)) return false;
    this.#problems.once(
      [...placed.path, "file"],
      "ends with a line break, which would be a part of the secret: allowed is a file without one at its end",
    );
    return true;
  }

  #formValue(form: Form | string, path: Path, base64: boolean): unknown {
    if (typeof form === "string") {
      this.#problems.once(path, form);
      return WRONG;
    }
    if (form.kind === "from") return UNKNOWN;
    if (form.kind === "file") {
      try {
        return contentOf(this.#source, form.file, base64);
      } catch (error) {
        this.#problems.once(
          [...path, "file"],
          `is ${JSON.stringify(form.file)}, which cannot be read (${reasonOf(error)}): allowed is a file, relative to ${this.#source.file}`,
        );
        return WRONG;
      }
    }
    const configured = this.#configured(form.key);
    if (configured === undefined) {
      this.#problems.once(
        [...path, "config"],
        `${form.key} is not set: run "pulumi config set ${form.key}", with --secret for a secret`,
      );
      return WRONG;
    }
    return configured === "unknown" || configured.secret ? UNKNOWN : configured.value;
  }
}

/** Whether a value is, or holds, the content of a file. */
export const holdsFile = ({ value, path }: Placed): boolean => {
  let holds = false;
  mapForms(value, path, (form) => {
    holds ||= typeof form === "object" && form.kind === "file";
    return undefined;
  });
  return holds;
};

/** A reason that does not repeat what was found: it is the content of a file. */
export const withoutContent = (reason: string, field: string): string => {
  const allowed = reason.lastIndexOf(": allowed");
  return `${field} is not allowed as it is in the file${allowed < 0 ? "" : reason.slice(allowed)}`;
};

const MOST_BYTES = 1_000_000;

/** The content of a file: text, or its bytes in Base64. @throws Error when it cannot be read. */
export function contentOf({ folder }: Source, file: string, base64: boolean): string {
  const path = resolve(folder, file);
  const stat = statSync(path);
  if (!stat.isFile()) throw new Error("it is no file");
  const { size } = stat;
  if (size > MOST_BYTES) throw new Error(`it has ${size} bytes, more than a certificate`);
  const bytes = readFileSync(path);
  return base64 ? bytes.toString("base64") : utf8(bytes);
}

const reasonOf = (error: unknown): string => {
  if (error instanceof NotUtf8) return `line ${error.position.line}, column ${error.position.column} is no UTF-8`;
  const code = (error as { code?: unknown }).code;
  return code === "ENOENT"
    ? "there is no such file"
    : error instanceof Error
      ? (error.message.split(",")[0] ?? "")
      : String(error);
};

export function holdsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return value === UNKNOWN || (isRecord(value) && Object.values(value).some(holdsUnknown));
}
