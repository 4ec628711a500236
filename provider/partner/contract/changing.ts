import type { Operation } from "../../core/operation.js";
import { Fault } from "../../core/fault.js";
import { cameBackOf, type Reply } from "../../http/jsonReply.js";
import { addSans, removeSans, revokeCredential, updateContract } from "../operations.js";
import { revoked } from "../revoking.js";
import { fault, partial, refusePlanned, type Step } from "../step.js";
import type { ContractInfo } from "../wire.js";
import type { ContractInputs } from "./inputs.js";
import { demandSameAccount, withContract } from "./reading.js";
import { withInputs, type ContractState } from "./state.js";

/** Performs what the plan holds, one by one, each settled by reading; what was done is kept when a later one fails. */
export async function change(state: ContractState, inputs: ContractInputs, context: Step): Promise<ContractState> {
  const { plan } = context;
  refusePlanned(context);
  const { contract } = state;
  if (contract?.accountId !== undefined && plan.operations.length > 0)
    demandSameAccount(contract, await context.api.contract(contract.id, context.resource), {
      action: `change contract ${contract.id}`,
      resource: context.resource,
    });
  let kept = state;
  for (const operation of plan.operations) {
    try {
      kept = await performed(operation, kept, inputs, context);
    } catch (error) {
      if (!(error instanceof Fault) || kept === state) throw error;
      throw partial(context, kept, {
        ...error.parts,
        known: `${error.parts.known}; what this run did before it is kept in the state`,
      });
    }
  }
  return withInputs(kept, inputs);
}

async function performed(
  operation: Operation,
  state: ContractState,
  inputs: ContractInputs,
  context: Step,
): Promise<ContractState> {
  const { contract, credential } = state;
  if (contract === undefined) throw new Error("a contract that is not known cannot be changed. Nothing was sent.");
  if (operation.name === revokeCredential.name && credential !== undefined) {
    await revoked(contract.id, operation, context, [credential]);
    return { ...state, credential: { ...credential, status: "revoked" } };
  }
  await demandHarmless(operation, state, context);
  const info = await settled(operation, contract.id, context);
  const organized = operation.call.body?.organization !== undefined;
  return {
    ...withContract(state, info),
    ...(organized ? { organization: inputs.organization, organizationSent: true } : {}),
  };
}

/** What was shown as a change of contacts must not void the validation because others have changed the rest meanwhile. */
async function demandHarmless(operation: Operation, { contract }: ContractState, context: Step): Promise<void> {
  const sent = operation.call.body?.organization as Readonly<Record<string, unknown>> | undefined;
  if (sent === undefined || operation.destructive || contract === undefined) return;
  const { organization } = await context.api.contract(contract.id, context.resource);
  const differs = Object.entries(organization ?? {}).filter(([field, value]) => (sent[field] ?? "") !== value);
  if (differs.length === 0) return;
  throw fault(context, {
    action: `change the contacts of contract ${contract.id}`,
    cameBack: `its organization was changed by others meanwhile (${differs.map(([field]) => field).join(", ")}), so this would void its validation`,
    known: "nothing was sent by this call, the resource stays in the state",
    next: "run pulumi refresh, and look at the preview, which names it then",
    outcome: "not executed",
  });
}

/** Performs an operation on a contract and reads it back. @throws Fault when the contract does not show it. */
export async function settled(operation: Operation, contractId: number, context: Step): Promise<ContractInfo> {
  const { api, resource } = context;
  const reply = await api.ask(context.perform, operation);
  const action = operation.sentence.split(":")[0]?.toLowerCase() ?? operation.name;
  if (reply.outcome === "not executed") throw unsettled(action, reply, "nothing was changed by this call", context);
  let info: ContractInfo;
  try {
    const read = await api.await(
      () => api.contract(contractId, resource),
      (seen) => (shows(operation, seen, reply) ? seen : undefined),
      reply.outcome !== "refused",
    );
    if (read.result !== undefined) return read.result;
    info = read.seen;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw unsettled(
      action,
      {
        ...cameBackOf(reply),
        codes: [],
        cameBack: `${cameBackOf(reply).cameBack}; reading it back failed: ${error.parts.cameBack}`,
      },
      "whether it took effect is not known",
      context,
    );
  }
  throw unsettled(
    action,
    reply,
    `the contract shows ${info.canceledAt === undefined ? "" : `that it is canceled, `}auto renew ${info.autoRenew === undefined ? "not at all" : info.autoRenew ? "on" : "off"} and the names ${info.sans.join(", ")}`,
    context,
  );
}

/** Whether a contract shows what an operation was to do. An organization's shape in an answer is not documented. */
function shows(operation: Operation, info: ContractInfo, reply: Reply): boolean {
  const { body } = operation.call;
  const sans = (body?.sans ?? []) as readonly string[];
  const there = new Set(info.sans);
  if (operation.name === addSans.name) return sans.every((name) => there.has(name));
  if (operation.name === removeSans.name) return sans.every((name) => !there.has(name));
  if (operation.name !== updateContract.name) return info.canceledAt !== undefined;
  const wanted = body?.auto_renew;
  const renews =
    wanted === undefined || (info.autoRenew === undefined ? reply.outcome === "done" : info.autoRenew === wanted);
  return renews && (body?.organization === undefined || reply.outcome === "done");
}

const unsettled = (action: string, reply: Reply, known: string, context: Step): Fault =>
  fault(context, {
    action,
    ...cameBackOf(reply),
    known: `${known}; the resource stays in the state`,
    next: "run again: the contract is compared with what is wanted, and what is still missing is named again",
  });
