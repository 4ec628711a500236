import { kindOf } from "../../../provider/dynamic/kinds.js";
import { typeOf } from "../../../provider/dynamic/urn.js";
import { INVENTORY } from "./changes.js";
import type { PreviewDocument, ResourceState } from "./document.js";

/** What hangs on a resource of the stack, as far as the steps show it. Pure. */
export class Dependents {
  /** URNs of those that name a resource, by its URN. */
  readonly #by = new Map<string, Set<string>>();

  constructor({ steps }: PreviewDocument) {
    for (const { oldState, newState } of steps)
      for (const state of [oldState, newState]) if (state != null && state.type !== INVENTORY) this.#add(state);
  }

  #add(state: ResourceState): void {
    for (const urn of namedBy(state)) {
      const known = this.#by.get(urn);
      if (known === undefined) this.#by.set(urn, new Set([state.urn]));
      else known.add(state.urn);
    }
  }

  /** URNs of all that depend on a resource, directly or through others, sorted. */
  of(urn: string): string[] {
    const found = new Set<string>();
    const open = [urn];
    for (let next = open.pop(); next !== undefined; next = open.pop())
      for (const dependent of this.#by.get(next) ?? [])
        if (dependent !== urn && !found.has(dependent)) {
          found.add(dependent);
          open.push(dependent);
        }
    return [...found].sort();
  }
}

/** A component or the stack is the parent of its resources without being used by them. */
const namedBy = ({ dependencies, propertyDependencies, parent, deletedWith }: ResourceState): string[] => [
  ...(dependencies ?? []),
  ...Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []),
  ...(deletedWith == null || deletedWith === "" ? [] : [deletedWith]),
  ...(parent == null || kindOf(typeOf(parent)) === undefined ? [] : [parent]),
];
