import { setTimeout as delay } from "node:timers/promises";
import { driftInWords, type Drift, type DriftKind } from "../core/drift.js";
import { Fault } from "../core/fault.js";
import type { Lifecycle } from "../core/lifecycle.js";
import { host } from "./host.js";
import type { Plan } from "../core/plan.js";
import { nameOf } from "./urn.js";
import { textsOf, type Properties } from "./wire.js";

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
 * What has not been told before. That time has ended something is seen by every read from then on: outputs keep that it was told,
 * and a plan or its remark says it from then on.
 *
 * @param byClock what is found where nothing has changed.
 */
export function untold(
  outputs: Properties,
  found: readonly Drift[],
  byClock: readonly Drift[],
): { readonly drifts: readonly Drift[]; readonly keeps: { readonly __expired?: readonly string[] } } {
  const told = toldOf(outputs).__expired ?? [];
  const isTold = (one: Drift): boolean => one.kind === "expired" && told.includes(driftInWords(one));
  const expired = byClock.filter(({ kind }) => kind === "expired").map(driftInWords);
  return {
    drifts: found.filter((one) => !isTold(one)),
    keeps: expired.length === 0 ? {} : { __expired: expired },
  };
}

/** What outputs keep of what was told. */
export function toldOf({ __expired }: Properties): { readonly __expired?: readonly string[] } {
  const told = textsOf(__expired);
  return told.length === 0 ? {} : { __expired: told };
}

/** Whether a plan is only what everybody has been told: a refresh that has found nothing says nothing. */
export const isQuiet = ({ operations, refusal }: Plan): boolean =>
  refusal === undefined && operations.every(({ certainty }) => certainty.kind === "due");

/** What of a kind tells whether one of its resources is not there any more. */
type Missing<State> = Pick<Lifecycle<never, never, never>, "kind" | "system"> & {
  readonly vanishes?: (before: State, after: State) => boolean;
  readonly isMissing?: (state: State) => boolean;
};

/**
 * Several resources of a system that vanish at once are most likely one account that is wrong, or somebody's mistake: also where
 * an earlier refresh has stored the first of them as missing, and nobody has answered that. What stays missing is no error.
 *
 * @returns whether a resource vanishes, and no other one does.
 * @throws Fault when others do: its state is left as it was.
 */
export async function vanishesAlone<State>(
  lifecycle: Missing<State>,
  urn: string,
  before: State,
  after: State,
): Promise<boolean> {
  const { kind, system } = lifecycle;
  const own = `${system} ${urn}`;
  const others = (): string[] =>
    [...host.run.begins("vanished", [])].filter((one) => one !== own && one.startsWith(`${system} `));
  const vanishes = lifecycle.vanishes?.(before, after) === true;
  if (vanishes || lifecycle.isMissing?.(after) === true) host.run.begins("vanished", [own]);
  if (!vanishes) return false;
  // Others are read at the same time.
  for (let waited = 0; waited < SIBLINGS && others().length === 0; waited += 100) await delay(100);
  const also = others();
  if (also.length === 0) return true;
  throw new Fault({
    action: `refresh ${kind} ${nameOf(urn)}`,
    resource: nameOf(urn),
    system: "pulumi-clm",
    cameBack: `it and ${also.map((one) => nameOf(one)).join(", ")} are not there any more, and several resources that vanish at once are taken for a mistake, also where an earlier refresh has seen the first of them`,
    known:
      "no service was changed, and its state is left as it was; another one that was read before it may be stored as missing",
    next: "check the account, the project and who has deleted them; if it is meant, refresh each by itself with --target, or remove them from the program",
    outcome: "not executed",
  });
}
