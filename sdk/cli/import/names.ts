import { grouped } from "../review/grouped.js";
import type { Found } from "./found.js";

/**
 * Names of resources: what an object is called, and, of several that would be called the same, each with its identity. The
 * same objects get the same names in every run, whatever their order. Case does not tell them apart: files are named so, too;
 * nor does the way in which Unicode composes a letter: a stack file takes both for one name.
 *
 * @param used names that the stack has already.
 */
export function namesOf(
  found: readonly Found[],
  used: readonly { readonly kind: string; readonly name: string }[] = [],
): Map<Found, string> {
  const has = new Set(used.map(({ kind, name }) => identity(kind, name)));
  /** How much of its identity each of them needs in its name so far. */
  const needs = new Map(found.map((one) => [one, 0]));
  for (;;) {
    const groups = grouped(found, (one) => identity(one.kind, nameAt(one, needs.get(one) ?? 0)));
    const longer = [...groups].flatMap(([name, same]) => (has.has(name) ? [...same] : outOf(same, needs)));
    if (longer.length === 0) return new Map(found.map((one) => [one, nameAt(one, needs.get(one) ?? 0)]));
    for (const one of longer) needs.set(one, (needs.get(one) ?? 0) + 1);
  }
}

/** Of several that have the same name, those that need a longer one: what another is called with its identity, it keeps. */
function outOf(same: readonly Found[], needs: ReadonlyMap<Found, number>): Found[] {
  if (same.length === 1) return [];
  const least = Math.min(...same.map((one) => needs.get(one) ?? 0));
  const shortest = same.filter((one) => needs.get(one) === least);
  const isAlone = shortest.length < same.length;
  // With its whole identity only counting tells them apart.
  return least < WHOLE || isAlone ? shortest : [...shortest].sort(byCodeUnits).slice(1);
}

/** From so much on, a name holds the whole identity and a number. */
const WHOLE = 2;

function nameAt({ name, key, id }: Found, needs: number): string {
  if (needs === 0) return plain(name) || plain(key);
  if (needs === 1) return plain(`${name}-${key}`);
  return plain(`${name}-${id}${needs === WHOLE ? "" : `-${needs - 1}`}`);
}

const byCodeUnits = (one: Found, other: Found): number =>
  one.name < other.name || (one.name === other.name && one.id < other.id) ? -1 : 1;

const identity = (kind: string, name: string): string =>
  `${kind} ${name.normalize("NFC").toLowerCase().normalize("NFC")}`;

/** Two colons separate the parts of a URN; no program and no file should hold what a terminal obeys. */
const plain = (name: string): string =>
  name
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/:{2,}/g, ":")
    .trim();
