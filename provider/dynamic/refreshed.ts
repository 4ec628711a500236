import { setTimeout as delay } from "node:timers/promises";
import type { Drift, DriftKind } from "../core/drift.js";
import { Fault } from "../core/fault.js";
import { host } from "./host.js";
import { nameOf } from "./urn.js";

/** What the resources of one refresh have to do with each other. */

/** What another resource of the stack may hold that the same refresh reads a moment later. */
const MAY_BE_A_SIBLING: readonly DriftKind[] = ["succeeded", "strays"];
/** How long others get to say what they hold, milliseconds. */
const SIBLINGS = 2000;

/**
 * Reads a resource, and again when others of this refresh say that they hold more: what looks like somebody else's object may be
 * theirs.
 */
export async function readBesideOthers<State>(
  urn: string,
  look: () => Promise<State>,
  found: (now: State) => readonly Drift[],
): Promise<State> {
  // Counted before the look: what is said while it goes on counts as new.
  let held = host.run.heldByOthers(urn).size;
  let state = await look();
  for (let waited = 0; waited < SIBLINGS; waited += 100) {
    if (!found(state).some(({ kind }) => MAY_BE_A_SIBLING.includes(kind))) break;
    await delay(100);
    const now = host.run.heldByOthers(urn).size;
    if (now === held) continue;
    held = now;
    state = await look();
  }
  return state;
}

/**
 * Several resources of a system that vanish at once are most likely one account that is wrong, or somebody's mistake.
 * @throws Fault for all but the first that is read, whose state says that it is missing: no state is lost by either.
 */
export function demandAlone({ kind, system }: { readonly kind: string; readonly system: string }, urn: string): void {
  const own = `${system} ${urn}`;
  const others = [...host.run.begins("vanished", [own])].filter((one) => one !== own && one.startsWith(`${system} `));
  if (others.length === 0) return;
  throw new Fault({
    action: `refresh ${kind} ${nameOf(urn)}`,
    resource: nameOf(urn),
    system: "pulumi-clm",
    cameBack: `it and ${others.map((one) => nameOf(one)).join(", ")} are not there any more, and several resources that vanish at once are taken for a mistake`,
    known: "nothing was changed, and its state is left as it was",
    next: "check the account, the project and who has deleted them; if it is meant, refresh each by itself with --target, or remove them from the program",
    outcome: "not executed",
  });
}
