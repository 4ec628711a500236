import { UNKNOWN } from "./unknown.js";

/** What follows from `adopt` for the end of a resource: what was there before this stack is not ended with it by default. */

type Inputs = Readonly<Record<string, unknown>>;

const isGiven = ({ adopt }: Inputs): boolean => adopt === UNKNOWN || typeof adopt === "number" || adopt === true;

/**
 * Whether a resource is an adopted one: `adopt` is given, or was before. It stays so when `adopt` is taken out of the program.
 *
 * @param marked whether it was one before.
 */
export const isAdopted = (inputs: Inputs, before: Inputs | undefined, marked: boolean): boolean =>
  marked || isGiven(inputs) || (before !== undefined && isGiven(before));

/** Inputs with the default that an adopted resource has for `onDelete`, where the program does not say it. */
export const retainedByDefault = (inputs: Inputs, adopted: boolean): Inputs =>
  adopted && inputs.onDelete === undefined ? { ...inputs, onDelete: "retain" } : inputs;
