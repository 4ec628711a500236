import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { END } from "../../stack/model.js";
import { InFile, type Files } from "./files.js";
import type { Resource } from "./resources.js";

/** A stack file that declares what was imported: a group for each type, with what all of it has in common as defaults. */
export function stackFile(resources: readonly Resource[], files: Files): string {
  const types = [...new Set(resources.map(({ kind }) => kind.kind))];
  const groups = types.map((type) => {
    const of = resources.filter(({ kind }) => kind.kind === type);
    const inputs = of.map(({ name, program }) => files.of(name, program));
    const defaults = inCommon(inputs);
    return {
      type,
      ...(Object.keys(defaults).length === 0 ? {} : { defaults: plain(defaults) }),
      resources: Object.fromEntries(
        of.map(({ name }, at) => [
          name,
          plain(
            Object.fromEntries(Object.entries(inputs[at] ?? {}).filter(([field]) => !Object.hasOwn(defaults, field))),
          ),
        ]),
      ),
    };
  });
  return `# What \`clm import\` has found. The first preview after \`pulumi import\` changes nothing.\n${stringify(
    { groups: [...groups, END] },
    // A text is a text: not a date, a number or a flag that looks so.
    {
      ...{ defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0, aliasDuplicateObjects: false },
      doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER, // texts over several lines are refused
    },
  )}`;
}

/** Inputs that all resources of a group have alike. */
function inCommon([first = {}, ...others]: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  if (others.length === 0) return {};
  return Object.fromEntries(
    Object.entries(first).filter(([field, value]) => others.every((other) => isDeepStrictEqual(other[field], value))),
  );
}

/** What a stack file reads as this value: every text of an input is a pattern there. */
function plain(value: unknown): unknown {
  if (value instanceof InFile) return { file: value.file };
  if (typeof value === "string") return value.replaceAll("${", () => "$${");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
