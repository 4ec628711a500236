import { Fault } from "../../core/fault.js";
import type { Operation } from "../../core/operation.js";
import { revokeCredential } from "../operations.js";
import { revoked } from "../revoking.js";
import type { Step } from "../step.js";
import type { ContractInfo } from "../wire.js";
import { settled } from "./changing.js";
import { demandSameAccount } from "./reading.js";
import type { ContractState } from "./state.js";

/** A deletion: expires or cancels the contract, as it was named; never the one in place of the other (section 1.4). */
export async function end({ contract, credential }: ContractState, context: Step): Promise<void> {
  if (contract === undefined) return;
  const { operations } = context.plan;
  const info = await context.api.contract(contract.id, context.resource);
  demandSameAccount(contract, info, { action: `end contract ${contract.id}`, resource: context.resource });
  for (const operation of operations) {
    // Canceled by others meanwhile: there is nothing left that the call could end, whatever it answers.
    if (info.canceledAt !== undefined) await context.api.ask(context.perform, operation);
    else if (operation.name === revokeCredential.name)
      await revoked(contract.id, operation, context, credential === undefined ? [] : [credential]);
    else await ended(operation, info, context);
  }
}

/**
 * Expires or cancels. What DigiCert says of a contract whose term is over is not documented: its no to switching auto renew
 * off leaves nothing that another run could do, so it is told and the resource goes.
 */
async function ended(
  operation: Operation,
  { contractId, validTill, autoRenew }: ContractInfo,
  context: Step,
): Promise<void> {
  try {
    await settled(operation, contractId, context);
  } catch (error) {
    const isOver = validTill !== undefined && Date.parse(validTill) <= context.now.getTime();
    if (!(error instanceof Fault) || error.outcome !== "refused" || !isOver) throw error;
    const renewed = autoRenew === true ? ". It shows auto renew on: look at DigiCert whether it was renewed" : "";
    context.tell(
      `the term of contract ${contractId} ended on ${validTill.slice(0, 10)}, and it is not changed any more: ${error.parts.cameBack}${renewed}`,
    );
  }
}
