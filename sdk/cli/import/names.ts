import type { Found } from "./found.js";

/**
 * Names of resources: what an object is called, and, of several that would be called the same, each with its identity. The
 * same objects get the same names in every run, whatever their order. Case does not tell them apart: files are named so, too.
 */
export function namesOf(found: readonly Found[]): Map<Found, string> {
  const same = (of: (one: Found) => string): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const one of found) counts.set(of(one), (counts.get(of(one)) ?? 0) + 1);
    return counts;
  };
  const shortName = (one: Found): string => plain(one.name);
  const longName = (one: Found): string => plain(`${one.name}-${one.key}`);
  const identity = (of: (one: Found) => string) => (one: Found) => `${one.kind} ${of(one).toLowerCase()}`;
  const [short, long] = [same(identity(shortName)), same(identity(longName))];
  const isShort = (one: Found): boolean => short.get(identity(shortName)(one)) === 1;
  // What another one is called with its identity must not be what this one is called without.
  const taken = new Set(found.filter((one) => !isShort(one)).map(identity(longName)));
  return new Map(
    found.map((one) => {
      if (isShort(one) && !taken.has(identity(shortName)(one))) return [one, shortName(one)];
      return [one, long.get(identity(longName)(one)) === 1 ? longName(one) : plain(`${one.name}-${one.id}`)];
    }),
  );
}

/** Two colons separate the parts of a URN. */
const plain = (name: string): string => name.replace(/\s+/g, " ").replace(/:{2,}/g, ":").trim();
