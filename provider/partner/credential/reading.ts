import { isoDay } from "../../core/clock.js";
import { keep, lookedUp, ownAmong } from "../binding.js";
import { holding } from "../scope.js";
import type { Reading } from "../step.js";
import { isActive, type ListedCredential } from "../wire.js";
import type { CredentialState, Sibling } from "./state.js";

/** The state as the contract's list has it now. The contract itself is not asked: a list of it proves that it is there. */
export async function reread(before: CredentialState, context: Reading): Promise<CredentialState> {
  // Before the list is awaited: credentials of the stack that are read together know of each other.
  context.claim(holdsOf(before));
  const list = await context.api.sharedCredentials(before.contractId, context.resource);
  return listed(identified(before, list, context), list, context);
}

/** Names of the credentials of a resource, as other resources know them. */
export const holdsOf = ({ contractId, current, previous, strays }: CredentialState): string[] =>
  [...(current === undefined ? [] : [current]), ...previous, ...strays].map(({ credentialId }) =>
    holding(contractId, credentialId),
  );

/** Active credentials that were not there before a call, and that no other resource of the stack holds. */
export function newSince(
  before: readonly number[],
  { contractId, current, previous, strays }: CredentialState,
  list: readonly ListedCredential[],
  { heldByOthers }: Pick<Reading, "heldByOthers">,
): readonly ListedCredential[] {
  const held = heldByOthers();
  const own = [current, ...previous, ...strays].map((one) => one?.credentialId);
  return list.filter(
    (one) =>
      isActive(one) &&
      !before.includes(one.credentialId) &&
      !own.includes(one.credentialId) &&
      !held.has(holding(contractId, one.credentialId)),
  );
}

/** With the id of the credential in charge, where only its secrets were known so far. */
export function identified(
  state: CredentialState,
  list: readonly ListedCredential[],
  context: Pick<Reading, "heldByOthers" | "now">,
): CredentialState {
  const { unidentified, keyId } = state;
  if (unidentified === undefined || keyId === undefined) return state;
  const own = ownAmong({ keyId }, newSince(unidentified, state, list, context));
  if (own === undefined) return state;
  const { unidentified: found, ...rest } = state;
  return { ...rest, current: { ...keep(own), mintedOn: isoDay(context.now) } };
}

/**
 * With the stray of an answer that was lost just now: the only credential that is new since right before the call. Later
 * lists prove nothing, because others mint, too: what they show is told, and revoked only where the program names it.
 */
export function withStray(
  lost: CredentialState,
  list: readonly ListedCredential[],
  context: Pick<Reading, "heldByOthers">,
): CredentialState {
  const { unsettled, ...rest } = lost;
  const candidates = unsettled === undefined ? [] : newSince(unsettled, lost, list, context);
  const [stray] = candidates;
  return stray === undefined || candidates.length > 1 ? lost : { ...rest, strays: [...lost.strays, keep(stray)] };
}

/** Statuses as the list has them, and everybody who is active. What has ended of the older ones is dropped by updates. */
export function listed(
  state: CredentialState,
  list: readonly ListedCredential[],
  { heldByOthers }: Pick<Reading, "heldByOthers">,
): CredentialState {
  const { contractId, current, previous, strays } = state;
  const own = new Set([current, ...previous, ...strays].map((one) => one?.credentialId));
  const held = heldByOthers();
  // What another resource of the stack holds is told by its own step, which may come after this one.
  const known = new Set(state.active.flatMap((one) => (one.mintedBy === "this stack" ? [one.credentialId] : [])));
  return {
    ...state,
    ...(current === undefined ? {} : { current: lookedUp(current, list) }),
    previous: previous.map((one) => lookedUp(one, list)),
    strays: strays.map((one) => lookedUp(one, list)),
    active: list
      .filter(isActive)
      .sort((a, b) => a.credentialId - b.credentialId)
      .map((one): Sibling => ({
        ...keep(one),
        mintedBy: own.has(one.credentialId)
          ? "this resource"
          : held.has(holding(contractId, one.credentialId)) || known.has(one.credentialId)
            ? "this stack"
            : "others",
      })),
  };
}
