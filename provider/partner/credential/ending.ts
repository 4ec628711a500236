import { nameOf, revokeAll } from "../operations.js";
import { revoked } from "../revoking.js";
import { fault, type Step } from "../step.js";
import { isActive, type ListedCredential } from "../wire.js";
import type { CredentialState } from "./state.js";

/** A deletion: revokes what the plan names, each settled by the list. */
export async function end(state: CredentialState, context: Step): Promise<void> {
  for (const operation of context.plan.operations) {
    if (operation.name === revokeAll.name)
      demandNamed(state, await context.api.credentials(state.contractId, context.resource), context);
    await revoked(state.contractId, operation, context);
  }
}

/** Refuses a revocation of all while one is active that no preview has named. Nothing has been sent when it throws. */
export function demandNamed(
  { contractId, active }: CredentialState,
  list: readonly ListedCredential[],
  context: Step,
): void {
  const named = new Set(active.map(({ credentialId }) => credentialId));
  const others = list.filter((one) => isActive(one) && !named.has(one.credentialId));
  if (others.length === 0) return;
  throw fault(context, {
    action: `revoke all credentials of contract ${contractId}`,
    cameBack: `credential ${others.map(nameOf).join(", ")} is active, which the preview has not named`,
    known: "nothing was sent by this call, and the resource stays in the state",
    next: "run pulumi refresh, look at the preview again, which names it then, and run again",
    outcome: "not executed",
  });
}
