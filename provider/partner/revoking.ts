import { cameBackOf } from "../http/jsonReply.js";
import type { Fault } from "../core/fault.js";
import type { Operation } from "../core/operation.js";
import { causeOf, fault, type Step } from "./step.js";
import { isActive, type ListedCredential } from "./wire.js";

/**
 * Performs a planned revocation, of one credential or of all, and settles it by the list: 204 says nothing, and what a
 * repeated one answers is not documented (section 2). One that the list no longer has, has ended when the service said
 * yes, or when it was in a list before (`earlier`): a list that lags behind proves nothing of a new one.
 * @returns the credentials of the contract afterwards.
 * @throws Fault when one of them is not known to have ended.
 */
export async function revoked(
  contractId: number,
  operation: Operation,
  context: Step,
  earlier: readonly { readonly credentialId: number }[] = [],
): Promise<readonly ListedCredential[]> {
  const { api, resource } = context;
  const { credentialId } = operation.target;
  const action =
    credentialId === undefined
      ? `revoke all credentials of contract ${contractId}`
      : `revoke credential ${credentialId} of contract ${contractId}`;
  const reply = await api.ask(context.perform, operation);
  const wasListed = earlier.some((one) => String(one.credentialId) === credentialId);
  const open = (list: readonly ListedCredential[]): string | undefined => {
    if (credentialId === undefined) {
      const left = list.filter(isActive);
      return left.length === 0
        ? undefined
        : `the list still has ${left.map((one) => one.credentialId).join(", ")} as active`;
    }
    const found = list.find((one) => String(one.credentialId) === credentialId);
    if (found !== undefined) return isActive(found) ? "the list still has it as active" : undefined;
    return wasListed || reply.outcome === "done" ? undefined : "the list has never shown it";
  };
  const told = (cameBack: string, known: string): Fault =>
    fault(context, {
      action,
      ...cameBackOf(reply),
      cameBack,
      known: `${known}; the resource stays in the state`,
      next: "run again: every credential is named again, and one that has ended is settled by the list",
    });
  if (reply.outcome === "not executed") throw told(cameBackOf(reply).cameBack, "nothing was revoked by this call");
  let read: { readonly result: readonly ListedCredential[] | undefined; readonly seen: readonly ListedCredential[] };
  try {
    read = await api.await(
      () => api.credentials(contractId, resource),
      (list) => (open(list) === undefined ? list : undefined),
      reply.outcome !== "refused",
    );
  } catch (error) {
    throw told(
      `${cameBackOf(reply).cameBack}; reading the list failed: ${causeOf(error)}`,
      "whether it is revoked is not known",
    );
  }
  if (read.result !== undefined) return read.result;
  throw told(`${cameBackOf(reply).cameBack}, and ${open(read.seen) ?? ""}`, "it is not known to be revoked");
}
