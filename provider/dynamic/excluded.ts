import { argumentsOf, commandPid } from "./run.js";

/**
 * What `--exclude` of this run leaves out. The engine tells no provider, and the inventory would name and demand ends that are
 * not made; so the command is asked how it was called. Where it cannot be read everything is taken for included: what is then
 * demanded in vain stops the run, and what was left out here by mistake is an end that nobody has named, which is refused.
 */

/** Patterns of a command line, as the engine reads them: URNs, `*` for one part, `**` for anything. */
export function patternsOf(args: readonly string[]): string[] {
  return args.flatMap((arg, at) => {
    if (arg === "--exclude" || arg === "-x") return args[at + 1] ?? [];
    return arg.startsWith("--exclude=") ? arg.slice("--exclude=".length) : [];
  });
}

/** Whether one of the patterns is of a URN. */
export const isExcluded = (urn: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => {
    const parts = pattern.split(/(\*\*|\*)/).map((part) => WILD[part] ?? part.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&"));
    return new RegExp(`^${parts.join("")}$`).test(urn);
  });

const WILD: Readonly<Record<string, string>> = { "*": "[^:]*", "**": ".*" };

let patterns: string[] | undefined;

/** Those that this run does not leave out by name. */
export function included<One extends { readonly urn: string }>(all: readonly One[]): One[] {
  patterns ??= patternsOf(argumentsOf(commandPid()));
  const out = patterns;
  return all.filter(({ urn }) => !isExcluded(urn, out));
}
