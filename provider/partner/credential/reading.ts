import { keep, lookedUp, ownAmong } from "../binding.js";
import { holding } from "../scope.js";
import type { Reading } from "../step.js";
import { isActive, type ListedCredential } from "../wire.js";
import type { CredentialState, Sibling } from "./state.js";

/** The state as the contract's list has it now. The contract itself is not asked: a list of it proves that it is there. */
export async function reread(before: CredentialState, context: Reading): Promise<CredentialState> {
  const list = await context.api.sharedCredentials(before.contractId, context.resource);
  return listed(settled(before, list, context), list, context);
}

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

/** What lost answers left open, as far as the list settles it: never guessed where several could be it. */
export function settled(
  state: CredentialState,
  list: readonly ListedCredential[],
  context: Pick<Reading, "heldByOthers" | "now">,
): CredentialState {
  const { unidentified, unsettled, keyId, ...rest } = state;
  let after: CredentialState = state;
  if (unidentified !== undefined && keyId !== undefined) {
    const own = ownAmong({ keyId }, newSince(unidentified, state, list, context));
    if (own !== undefined)
      after = {
        ...rest,
        keyId,
        ...(unsettled === undefined ? {} : { unsettled }),
        current: { ...keep(own), mintedOn: context.now.toISOString().slice(0, 10) },
      };
  }
  if (unsettled !== undefined) {
    const candidates = newSince(unsettled, after, list, context);
    const [stray] = candidates;
    if (stray !== undefined && candidates.length === 1) {
      const { unsettled: found, ...without } = after;
      after = { ...without, strays: [...after.strays, keep(stray)] };
    }
  }
  return after;
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
