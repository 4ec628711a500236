/** A value that the engine does not know yet: an output of a resource that is still to be made or changed. */
export const UNKNOWN: unique symbol = Symbol("not known before the run");
export type Unknown = typeof UNKNOWN;

/** Inputs as a preview has them: any field may be unknown. */
export type Planned<Inputs> = { readonly [Key in keyof Inputs]: Inputs[Key] | Unknown };

/** The value when it is known. */
export function known<T>(value: T | Unknown): T | undefined {
  return value === UNKNOWN ? undefined : value;
}

/** Narrows planned inputs to known ones; the fields that are still unknown otherwise. */
export function allKnown<Inputs extends object>(planned: Planned<Inputs>): planned is Inputs & Planned<Inputs> {
  return unknownFields(planned).length === 0;
}

export function unknownFields(planned: object): string[] {
  return Object.entries(planned).flatMap(([key, value]) => (value === UNKNOWN ? [key] : []));
}
