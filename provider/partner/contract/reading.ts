import { keep, lookedUp, ownAmong } from "../binding.js";
import { fault, type Reading } from "../step.js";
import type { ContractInfo, ListedCredential } from "../wire.js";
import { keptContract, type ContractState, type KeptContract } from "./state.js";

/** The state as the service has it now. A contract is never gone: one that is not found is an error (section 1.2). */
export async function reread(before: ContractState, { api, resource }: Reading): Promise<ContractState> {
  if (before.contract === undefined) return before;
  const { id } = before.contract;
  const info = await api.contract(id, resource);
  demandSameAccount(before.contract, info, { action: `read contract ${id}`, resource });
  return withCredentials(withContract(before, info), await api.sharedCredentials(id, resource));
}

/** @throws Fault when a contract of the same id is another account's. */
export function demandSameAccount(
  { id, accountId }: Pick<KeptContract, "id" | "accountId">,
  info: ContractInfo,
  { action, resource }: { readonly action: string; readonly resource: string },
): void {
  if (accountId === undefined || info.accountId === undefined || info.accountId === accountId) return;
  throw fault(
    { resource },
    {
      action,
      cameBack: `contract ${id} belongs to account ${info.accountId}, and the state knows it of account ${accountId}`,
      known: "nothing was sent, the state is left as it was",
      next: "check partner:apiKey and partner:url: they may belong to another account or service",
      outcome: "not executed",
    },
  );
}

/** What differs from the inputs is echoed as it is, so that the next preview shows what brings it back. */
export function withContract(before: ContractState, info: ContractInfo): ContractState {
  const actual = new Set(info.sans);
  const same = actual.size === before.sans.length && before.sans.every((name) => actual.has(name));
  return {
    ...before,
    contract: {
      ...(before.contract?.accountId === undefined ? {} : { accountId: before.contract.accountId }),
      ...keptContract(info),
    },
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
