/** `urn:pulumi:<stack>::<project>::<parents' types$type>::<name>`; a name may hold the separator. */
const partsOf = (urn: string): string[] => urn.split("::");

/** The resource's name in the program. */
export const nameOf = (urn: string): string => partsOf(urn).slice(3).join("::") || "resource without a URN";

/** The resource's own type token, without those of its parents. */
export const typeOf = (urn: string): string => partsOf(urn)[2]?.split("$").at(-1) ?? "";

/** `project/stack`. */
export function stackOf(urn: string): string {
  const [stack = "", project = ""] = partsOf(urn.replace(/^urn:pulumi:/, ""));
  return `${project}/${stack}`;
}
