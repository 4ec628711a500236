import { nearest } from "../../provider/core/inputs.js";
import { sameName } from "./names.js";
import { isRecord, type Path } from "./yaml.js";

/**
 * Values that stand for others: `{ from: <type>/<name>, output: <path> }` is an output of a resource, `{ file: <path> }` the
 * content of a file, `{ config: <key> }` another configuration value of the stack.
 */
export type Form =
  | { readonly kind: "from"; readonly of: string; readonly output: string | undefined }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "config"; readonly key: string };

/** A map with one of these keys is a form: no input of any kind has a key of these names. */
export const FORM_KEYS = ["from", "file", "config", "secure"] as const;

/** How forms are written, for problems. */
export const FROM = "allowed is { from: <type>/<name>, output: <output> }";
export const RESOURCE = "allowed is { from: <type>/<name> }";

/** @returns undefined for a value that stands for itself; a text is what is wrong with it. */
export function formOf(value: unknown): Form | string | undefined {
  if (!isRecord(value)) return undefined;
  const key = FORM_KEYS.find((one) => Object.hasOwn(value, one));
  if (key === undefined) return undefined;
  if (key === "secure")
    return "secure is decrypted by Pulumi alone, in Pulumi.<stack>.yaml: allowed here is { config: <key> } of a secret that stands there";
  const known: readonly string[] = key === "from" ? ["from", "output"] : [key];
  const other = Object.keys(value).find((one) => !known.includes(one));
  if (other !== undefined) {
    const near = nearest(other, known);
    return `has the key ${other} beside ${key}: allowed is ${known.join(" and ")}${near === undefined ? "" : `; did you mean ${near}?`}`;
  }
  for (const [name, one] of Object.entries(value))
    if (typeof one !== "string" || one === "")
      return `has ${name}: ${JSON.stringify(one)}; allowed is a text that is not empty`;
  const text = value as Readonly<Record<string, string>>;
  if (key === "from") return { kind: "from", of: sameName(text.from ?? ""), output: text.output };
  return key === "file" ? { kind: "file", file: text.file ?? "" } : { kind: "config", key: text.config ?? "" };
}

/** Puts something in the place of each form in a value, at any depth; what is no form stays, unless `plain` says otherwise. */
export function mapForms(
  value: unknown,
  path: Path,
  form: (form: Form | string, path: Path) => unknown,
  plain: (value: unknown, path: Path) => unknown = (one) => one,
): unknown {
  const found = formOf(value);
  if (found !== undefined) return form(found, path);
  if (Array.isArray(value))
    return plain(
      value.map((one, index) => mapForms(one, [...path, index], form, plain)),
      path,
    );
  if (!isRecord(value)) return plain(value, path);
  const entries = Object.entries(value).map(([key, one]) => [key, mapForms(one, [...path, key], form, plain)] as const);
  return plain(Object.fromEntries(entries), path);
}

/**
 * Puts the resource's name in the place of `${name}` in the texts of a pattern; `$${` is a plain `${`. @returns the other
 * `${...}` as well, which nothing stands for.
 */
export function named(pattern: string, name: string): { readonly text: string; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const text = pattern.replace(/\$\$\{|\$\{[^}]*\}?/g, (whole: string) => {
    if (whole === "$${") return "${";
    if (whole === "${name}") return name;
    unknown.push(whole);
    return whole;
  });
  return { text, unknown };
}
