import type { HeldBefore } from "../stateBefore.js";
import type { Model } from "./model.js";
import { problemText } from "./source.js";
import { TYPES } from "./types.js";

const MOST_NAMES = 5;

/**
 * Why a file that is right by itself is refused: the stack has resources of a type of which the file has no group, so a part of
 * it is missing. An empty group says that none is wanted. `own`: types of which the program makes resources itself.
 */
export function refusalOf(
  { source, types }: Pick<Model, "source" | "types">,
  before: HeldBefore | undefined,
  own: ReadonlySet<string>,
): string | undefined {
  const missing = TYPES.filter(({ name }) => !types.has(name) && !own.has(name)).flatMap(({ name, kind }) => {
    const held = [...(before ?? [])]
      .filter(([, one]) => one.kind === kind)
      .map(([urn]) => urn.split("::").at(-1) ?? urn);
    if (held.length === 0) return [];
    const some = `${held.slice(0, MOST_NAMES).join(", ")}${held.length > MOST_NAMES ? ", ..." : ""}`;
    return source.problem(
      ["groups"],
      `there is no group of type ${name}, and the stack has ${held.length} (${some}): allowed is a group with them, or with "resources: {}" when all of them are to end`,
    );
  });
  return missing.length === 0 ? undefined : missing.map(problemText).join("\n");
}
