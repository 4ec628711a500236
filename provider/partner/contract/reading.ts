import { keep, lookedUp, ownAmong } from "../binding.js";
import type { Reading } from "../step.js";
import type { ContractInfo, ListedCredential } from "../wire.js";
import { keptContract, type ContractState } from "./state.js";

/** The state as the service has it now. A contract is never gone: one that is not found is an error (section 1.2). */
export async function reread(before: ContractState, { api, resource }: Reading): Promise<ContractState> {
  if (before.contract === undefined) return before;
  const { id } = before.contract;
  const info = await api.contract(id, resource);
  return withCredentials(withContract(before, info), await api.sharedCredentials(id, resource));
}

/** What differs from the inputs is echoed as it is, so that the next preview shows what brings it back. */
export function withContract(before: ContractState, info: ContractInfo): ContractState {
  const actual = new Set(info.sans);
  const same = actual.size === before.sans.length && before.sans.every((name) => actual.has(name));
  return {
    ...before,
    contract: keptContract(info),
    ...(same ? {} : { sans: [...info.sans] }),
    ...(before.autoRenew === undefined || info.autoRenew === undefined ? {} : { autoRenew: info.autoRenew }),
  };
}

/** With the first credential's status; with its id, where the creation could not learn it. */
function withCredentials(before: ContractState, list: readonly ListedCredential[]): ContractState {
  const { credential, keyId } = before;
  if (credential !== undefined) return { ...before, credential: lookedUp(credential, list) };
  const own = keyId === undefined ? undefined : ownAmong({ keyId }, list);
  return own === undefined ? before : { ...before, credential: keep(own) };
}
