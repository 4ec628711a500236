import { printable } from "../../provider/core/printable.js";

/** What the name of a resource or of a provider instance is: the same to people, terminals and editors. */
export const NAME = 'allowed is a text without "::", control characters, what is invisible, and blanks at its ends';

export const isName = (name: string): boolean =>
  name !== "" && !name.includes("::") && name.trim() === name && printable(name) === name;

/** Written in two ways, it would be the same to people and to many editors. */
export const sameName = (name: string): string => name.normalize("NFC");
