/**
 * Remote objects are named within one account: those of an explicit provider instance are other ones, even where their
 * names are the same.
 */
const SEPARATOR = "\u0000";

/** A name as it is known beyond its provider instance. */
export const ofInstance = (name: string, instance: unknown): string =>
  typeof instance === "string" ? `${instance}${SEPARATOR}${name}` : name;

/** The name within an instance; none when it is another one's. */
export function withinInstance(name: string, instance: unknown): string[] {
  const at = name.indexOf(SEPARATOR);
  const owner = at < 0 ? undefined : name.slice(0, at);
  return owner === (typeof instance === "string" ? instance : undefined) ? [name.slice(at + 1)] : [];
}

/**
 * What tells the object of a resource from all others, as far as the engine's ids do: an id is of its kind and of one
 * account. The one way to say which object is meant.
 */
export const identityOf = ({ kind, id, instance }: { kind: string; id: string; instance?: unknown }): string =>
  ofInstance(`${kind} ${id}`, instance);
