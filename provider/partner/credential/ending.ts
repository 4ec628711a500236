import { nameOf, revokeAll } from "../operations.js";
import { revoked } from "../revoking.js";
import { fault, type Step } from "../step.js";
import { isActive, type ListedCredential } from "../wire.js";
import type { CredentialState } from "./state.js";

/** A deletion: revokes what the plan names, each settled by the list. */
export async function end(state: CredentialState, context: Step): Promise<void> {
  const { api, plan, resource } = context;
  if (plan.operations.length === 0) return;
  const { canceledAt } = await api.contract(state.contractId, resource);
  for (const operation of plan.operations) {
    if (canceledAt !== undefined) {
      // Its directory is dead, so nobody can use a credential of it, whatever the call answers (section 1.4).
      const { outcome } = await api.ask(context.perform, operation);
      context.tell(
        `contract ${state.contractId} was canceled (${canceledAt}): its credentials are dead with it; the call was ${outcome}`,
      );
      continue;
    }
    const list = await api.credentials(state.contractId, resource);
    if (operation.name === revokeAll.name) demandNamed(state, list, context);
    await revoked(state.contractId, operation, context, [...list, ...listedBefore(state)]);
  }
}

/** Credentials of a state that a list has shown: what is of them alone in lists. */
const listedBefore = ({ current, previous, strays }: CredentialState): readonly { readonly credentialId: number }[] =>
  [current, ...previous, ...strays].filter(
    (one) => one !== undefined && (one.kidHint !== undefined || one.createdAt !== undefined),
  ) as { readonly credentialId: number }[];

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
