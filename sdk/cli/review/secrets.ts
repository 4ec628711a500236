import { UNKNOWN_ON_THE_WIRE, withoutHidden, type Properties } from "../../../provider/dynamic/wire.js";

/** What Pulumi prints in place of a secret value. */
export const MASKED = "[secret]";

/** Whether a value holds a masked secret, at any depth. */
export function holdsSecret(value: unknown): boolean {
  if (value === MASKED) return true;
  if (Array.isArray(value)) return value.some(holdsSecret);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

/** Inputs in which a masked secret is a value that is not known yet: the plan then covers whatever it may be. */
export const secretsUnknown = (inputs: Properties): Properties =>
  Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, holdsSecret(value) ? UNKNOWN_ON_THE_WIRE : value]),
  );

/** Whether people's fields of stored outputs hold a masked secret, besides those that are always secret. */
export const secretState = (outputs: Properties, always: readonly string[]): boolean =>
  Object.entries(withoutHidden(outputs)).some(([key, value]) => !always.includes(key) && holdsSecret(value));
