import { UNKNOWN } from "./unknown.js";

/** Which inputs changed, and how previews say it of those that cause no call. */

type Fields = Readonly<Record<string, unknown>>;

/** Those of `fields` that differ from what the state echoes, in the order of their names. */
export const changedFields = (fields: readonly string[], before: object, after: object): string[] =>
  fields
    .filter((field) => {
      const value = (after as Fields)[field];
      return value === UNKNOWN || JSON.stringify(value) !== JSON.stringify((before as Fields)[field]);
    })
    .sort();

/** What of a changed field is for people; `meaning` says what it is used for, if that needs saying. */
export const settingRemark = (field: string, meaning: string | undefined, before: object, after: object): string =>
  `${field} changes from ${show((before as Fields)[field])} to ${show((after as Fields)[field])}: ${meaning === undefined ? "" : `${meaning}, `}no remote call for it`;

const show = (value: unknown): string =>
  value === UNKNOWN ? "a value that is not known yet" : value === undefined ? "nothing" : JSON.stringify(value);
