import { nameOf } from "../../provider/dynamic/urn.js";
import type { HeldBefore } from "../stateBefore.js";
import type { Model } from "./model.js";
import { problemText } from "./source.js";
import { TYPES } from "./types.js";

const MOST_NAMES = 5;

/**
 * Why a file that is right by itself is refused: the stack has resources of a type of which the file has no group, so a part of
 * it is missing; or a former name is none, while others of the type end, or is one of a resource that is there beside the one with
 * the new name, and would end. An empty group says that none is wanted.
 * @param before undefined where the engine has not told.
 * @param own URNs of resources that the program makes itself.
 */
export function refusalOf(
  { source, types, resources }: Pick<Model, "source" | "types" | "resources">,
  before: HeldBefore | undefined,
  own: ReadonlySet<string>,
): string | undefined {
  if (before === undefined)
    return problemText(
      source.problem(
        ["groups"],
        "the engine has not told what the stack has, so nobody can see whether a part is missing: run again, with a newer Pulumi CLI if it stays so",
      ),
    );
  const problems = TYPES.flatMap(({ name: type, kind }) => {
    const held = [...before].flatMap(([urn, one]) => (one.kind === kind && !own.has(urn) ? [nameOf(urn)] : []));
    if (held.length === 0) return [];
    if (!types.has(type))
      return [
        source.problem(
          ["groups"],
          `there is no group of type ${type}, and the stack has ${held.length} (${some(held)}): allowed is a group with them, or with "resources: {}" when all of them are to end`,
        ),
      ];
    const declared = resources.filter((one) => one.type.kind === kind);
    const kept = new Set(declared.flatMap(({ name, was }) => [name, ...was]));
    const leaving = held.filter((name) => !kept.has(name));
    const there = new Set(held);
    return declared.flatMap(({ name, was, path }) => {
      const at = [...path, "was"];
      const [first, ...others] = [name, ...was].filter((one) => there.has(one));
      if (first !== undefined && others.length > 0)
        return [
          source.problem(
            at,
            `is ${was.join(", ")}, and the stack has ${[first, ...others].join(" and ")}, of which ${some(others)} would end: allowed is a former name that the stack has in place of ${name}, or none`,
          ),
        ];
      const unknown = was.filter((one) => !there.has(one));
      // What has its new name keeps its former ones in the file.
      if (there.has(name) || unknown.length === 0 || leaving.length === 0) return [];
      return [
        source.problem(
          at,
          `is ${was.join(", ")}, and the stack has no ${type} of the name ${some(unknown)}, but ${some(leaving)}, which would end: allowed is a former name, or no was`,
        ),
      ];
    });
  });
  return problems.length === 0 ? undefined : problems.map(problemText).join("\n");
}

const some = (names: readonly string[]): string =>
  `${names.slice(0, MOST_NAMES).join(", ")}${names.length > MOST_NAMES ? ", ..." : ""}`;
