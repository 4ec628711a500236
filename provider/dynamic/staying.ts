import { ofInstance, withinInstance } from "./instances.js";
import type { Kind } from "./kinds.js";

/** A resource among those of which some end. */
export interface Neighbour {
  readonly urn: string;
  readonly kind: Kind;
  readonly state: object | undefined;
  /** Name of its explicit provider instance. */
  readonly instance: unknown;
  /** Whether it stays in the stack. */
  readonly stays: boolean;
  /** The option retainOnDelete. */
  readonly retained: boolean;
}

/**
 * Remote objects that stay when others end: of what stays in the stack, and of what leaves it and is kept (`onDelete` or the
 * option). Nothing may end them on the way.
 *
 * @returns what stays beside a resource of an instance.
 */
export function staying(resources: readonly Neighbour[], now: Date): (instance: unknown) => ReadonlySet<string> {
  const names = resources.flatMap(({ urn, kind, state, instance, stays, retained }) => {
    if (state === undefined) return [];
    const kept = stays || retained || kind.describe(state, urn, now, new Set()).plan.operations.length === 0;
    return kept ? kind.holds(state).map((name) => ofInstance(name, instance)) : [];
  });
  const byInstance = new Map<unknown, ReadonlySet<string>>();
  return (instance) => {
    const known = byInstance.get(instance) ?? new Set(names.flatMap((name) => withinInstance(name, instance)));
    byInstance.set(instance, known);
    return known;
  };
}
