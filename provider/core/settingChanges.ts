import { isDeepStrictEqual } from "node:util";
import type { Plan } from "./plan.js";
import { UNKNOWN } from "./unknown.js";

/** Which inputs changed, and how previews say it of those that cause no call. */

type Fields = Readonly<Record<string, unknown>>;

/** Those of `fields` that differ from what the state echoes, in the order of their names. */
export const changedFields = (fields: readonly string[], before: object, after: object): string[] =>
  fields
    .filter((field) => {
      const value = (after as Fields)[field];
      return value === UNKNOWN || !isDeepStrictEqual(value, (before as Fields)[field]);
    })
    .sort();

/**
 * Those that are known to change, and in words which others may: what is not known yet can turn out to be the same, and then
 * a change that cannot go on without a person stops after calls of others were made. An unknown of `standing` stands for
 * something new.
 */
export function knownChanges(
  fields: readonly string[],
  before: object,
  after: object,
  standing: readonly string[] = [],
): { readonly changed: readonly string[]; readonly unless: string } {
  const isOpen = (field: string): boolean => (after as Fields)[field] === UNKNOWN && !standing.includes(field);
  const all = changedFields(fields, before, after);
  const open = all.filter(isOpen);
  return {
    changed: all.filter((field) => !isOpen(field)),
    unless:
      open.length === 0
        ? ""
        : ` (it stops unless ${open.join(" or ")}, not known yet, turns out to change, which is stored then)`,
  };
}

/** What of a changed field is for people; `meaning` says what it is used for, if that needs saying. */
export const settingRemark = (field: string, meaning: string | undefined, before: object, after: object): string =>
  `${field} changes from ${show((before as Fields)[field])} to ${show((after as Fields)[field])}: ${meaning === undefined ? "" : `${meaning}, `}no remote call for it`;

const show = (value: unknown): string =>
  value === UNKNOWN ? "a value that is not known yet" : value === undefined ? "nothing" : JSON.stringify(value);

/** Adds to a plan that changed settings are stored; `meaning` says what one that causes no call is used for. */
export function withSettings(
  decided: Plan,
  changed: readonly string[],
  meaning: (field: string) => string | undefined,
  before: object,
  after: object,
  /** Fields whose change an operation says, or the reason why there is none. */
  saidOtherwise: readonly string[] = [],
): Plan {
  if (decided.replaces.length > 0) return decided;
  return {
    ...decided,
    changes: decided.changes || changed.length > 0,
    remarks: [
      ...decided.remarks,
      ...changed
        .filter((field) => !saidOtherwise.includes(field))
        .map((field) => settingRemark(field, meaning(field), before, after)),
    ],
  };
}
