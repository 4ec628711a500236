import { ofInstance, withinInstance } from "../core/instances.js";
import { NOTHING, type Plan } from "../core/plan.js";
import type { Kind } from "./kinds.js";
import { nameOf } from "./urn.js";

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

/** What stays beside a resource that ends. */
export interface Holders {
  /** Names of the remote objects. */
  readonly objects: ReadonlySet<string>;
  /** Another resource that holds an object, in words. */
  readonly holderOf: (object: string) => string | undefined;
}

/** Objects of others, of which nothing else is known. */
export function heldBySome(names: Iterable<string>): Holders {
  const objects = new Set(names);
  return { objects, holderOf: (object) => (objects.has(object) ? "another resource" : undefined) };
}

export const NOBODY = heldBySome([]);

/** What stays beside a replaced resource whose end is late: others, and what the resource holds that the stack has in its place. */
export function orInItsPlace(others: Holders, names: Iterable<string>): Holders {
  const held = new Set(names);
  return {
    objects: others.objects,
    holderOf: (object) => (held.has(object) ? "what the stack has in its place" : others.holderOf(object)),
  };
}

/**
 * Remote objects that stay when others end: of what stays in the stack, and of what leaves it and is kept (`onDelete` or the
 * option). Nothing may end them on the way.
 *
 * @returns what stays beside a resource.
 */
export function staying(
  resources: readonly Neighbour[],
  now: Date,
): (resource: Pick<Neighbour, "urn" | "instance">) => Holders {
  const names = resources.flatMap(({ urn, kind, state, instance, stays, retained }) => {
    if (state === undefined) return [];
    const kept = stays || retained || kind.describe(state, { urn, instance }, now, NOBODY).plan.operations.length === 0;
    return kept ? kind.holds(state).map((name) => ({ urn, name: ofInstance(name, instance) })) : [];
  });
  const byInstance = new Map<unknown, ReadonlyMap<string, readonly string[]>>();
  const within = (instance: unknown): ReadonlyMap<string, readonly string[]> => {
    const known = byInstance.get(instance);
    if (known !== undefined) return known;
    const holders = new Map<string, string[]>();
    for (const one of names)
      for (const name of withinInstance(one.name, instance)) holders.set(name, [...(holders.get(name) ?? []), one.urn]);
    byInstance.set(instance, holders);
    return holders;
  };
  const objects = new Map<unknown, ReadonlySet<string>>();
  return ({ urn, instance }) => {
    const holders = within(instance);
    const all = objects.get(instance) ?? new Set(holders.keys());
    objects.set(instance, all);
    return {
      objects: all,
      holderOf: (object) => {
        const other = holders.get(object)?.find((one) => one !== urn);
        return other === undefined ? undefined : `resource ${nameOf(other)}`;
      },
    };
  };
}

/**
 * The end of a resource as it may be: what another one holds, too, is not ended for it, and neither is what it has besides,
 * since nobody can say what of that the other one needs.
 */
export function unlessShared(plan: Plan, what: string, holds: readonly string[], others: Holders): Plan {
  const by = plan.operations.length === 0 ? [] : holds.flatMap((name) => others.holderOf(name) ?? []);
  if (by.length === 0) return plan;
  return {
    ...NOTHING,
    changes: true,
    remarks: [
      `KEEP ${what}: ${[...new Set(by)].join(" and ")} holds it, too, so nothing of it is ended: no remote call`,
    ],
    shared: true,
    replaces: plan.replaces,
  };
}
