import { Fault } from "../core/fault.js";
import type { Operation } from "../core/operation.js";
import { cameBackOf, fault, type Step } from "./step.js";
import { isActive, type ListedCredential } from "./wire.js";

/**
 * Performs a planned revocation, of one credential or of all, and settles it by the list: 204 says nothing, and what a
 * repeated one answers is not documented (section 2). A credential that the list no longer has, has ended.
 * @returns the credentials of the contract afterwards.
 * @throws Fault when one of them is still active.
 */
export async function revoked(
  contractId: number,
  operation: Operation,
  context: Step,
): Promise<readonly ListedCredential[]> {
  const { api, resource } = context;
  const { credentialId } = operation.target;
  const action =
    credentialId === undefined
      ? `revoke all credentials of contract ${contractId}`
      : `revoke credential ${credentialId} of contract ${contractId}`;
  const left = (list: readonly ListedCredential[]): readonly ListedCredential[] =>
    list.filter((one) => isActive(one) && (credentialId === undefined || String(one.credentialId) === credentialId));
  const reply = await api.ask(context.perform, operation);
  const told = (cameBack: string, known: string): Fault =>
    fault(context, {
      action,
      ...cameBackOf(reply),
      cameBack,
      known: `${known}; the resource stays in the state`,
      next: "run again: every credential is named again, and one that has ended is settled by the list",
    });
  if (reply.outcome === "not executed") throw told(cameBackOf(reply).cameBack, "nothing was revoked by this call");
  try {
    const { result, seen } = await api.await(
      () => api.credentials(contractId, resource),
      (list) => (left(list).length === 0 ? list : undefined),
      reply.outcome !== "refused",
    );
    if (result !== undefined) return result;
    throw told(
      `${cameBackOf(reply).cameBack}, and the list still has ${left(seen)
        .map((one) => one.credentialId)
        .join(", ")} as active`,
      "it is not revoked",
    );
  } catch (error) {
    if (!(error instanceof Fault) || error.parts.action === action) throw error;
    throw told(
      `${cameBackOf(reply).cameBack}; reading the list failed: ${error.parts.cameBack}`,
      "whether it is revoked is not known",
    );
  }
}
