import { cameBackOf } from "../../http/jsonReply.js";
import { wholeSeconds } from "../../core/clock.js";
import type { Made } from "../../core/lifecycle.js";
import type { Operation } from "../../core/operation.js";
import { plannedOperation } from "../../core/planned.js";
import { bindingOutputs, keep, ownAmong, type KeptCredential } from "../binding.js";
import { createContract } from "../operations.js";
import { holding, holdingContract } from "../scope.js";
import { causeOf, fault, oneWriter, partial, type Step } from "../step.js";
import { readIssued, type Binding, type ContractInfo } from "../wire.js";
import type { ContractInputs } from "./inputs.js";
import { driftOf } from "./request.js";
import { holdsOf, keptContract, type ContractState } from "./state.js";

/** A subaccount's key cannot list contracts (section 1). */
const LOOK_UP = (traceId: string): string =>
  `have it looked up in the report of the parent account (GET /account/reporting): nothing is created until adopt has the contract's id, or, when there is none, createAnother is "${traceId}"`;

/** Creates a contract, or takes over the one that `adopt` names. */
export async function make(inputs: ContractInputs, context: Step): Promise<Made<ContractState>> {
  const { adopt } = inputs;
  if (adopt !== undefined) return oneWriter(adopt, context, () => adopted(adopt, inputs, context));
  const action = `create a contract for ${inputs.sans.join(", ")}`;
  const operation = plannedOperation(context.plan, createContract.name);
  const begun = context.unkept(operation);
  if (begun !== undefined && begun.traceId !== inputs.createAnother)
    throw fault(context, {
      action,
      cameBack: `the receipts show that a run was killed while it created this contract (${begun.time}, trace id ${begun.traceId})`,
      known: "nothing was sent by this run; whether that one has made a contract, which is billed, no read can tell",
      next: LOOK_UP(begun.traceId),
      outcome: "not executed",
    });
  const reply = await context.api.ask(context.perform, operation);
  if (reply.outcome === "refused" || reply.outcome === "not executed")
    throw fault(context, {
      action,
      ...cameBackOf(reply),
      known: "no contract was made and nothing is kept",
      next: "mend what the answer names, then run again",
    });
  const { contractId, binding } = reply.outcome === "done" ? readIssued(reply.data) : {};
  const organizationSent = inputs.organization !== undefined;
  if (contractId === undefined) {
    const lost = { at: wholeSeconds(context.now), traceId: reply.traceId };
    context.keeps(operation, reply.traceId);
    throw partial(
      context,
      { ...inputs, organizationSent, lost } satisfies ContractState,
      {
        action,
        ...cameBackOf(reply),
        ...(reply.outcome === "done" ? { cameBack: "the service said yes, and its answer names no contract" } : {}),
        known:
          "whether a contract was made, and is billed, is not known, and a subaccount's key cannot list contracts; that it is open is kept in the state",
        next: LOOK_UP(reply.traceId),
      },
      `lost ${reply.traceId}`,
    );
  }
  const made: ContractState = {
    ...inputs,
    organizationSent,
    contract: { id: contractId, sans: inputs.sans },
    ...(binding === undefined ? {} : bindingOutputs(binding, undefined)),
  };
  return lookedAt(made, contractId, binding, { operation, traceId: reply.traceId }, context);
}

/** The new contract as the service has it. Whatever fails now must not take the contract and its secrets along. */
async function lookedAt(
  made: ContractState,
  contractId: number,
  binding: Binding | undefined,
  { operation, traceId }: { readonly operation: Operation; readonly traceId: string },
  context: Step,
): Promise<Made<ContractState>> {
  const id = String(contractId);
  let state = made;
  let cameBack: string | undefined;
  context.claim(holdsOf(made));
  try {
    const { credential, contract } = await look(contractId, binding, context);
    state = { ...made, contract: keptContract(contract), ...(credential === undefined ? {} : { credential }) };
    context.claim(holdsOf(state));
  } catch (error) {
    cameBack = causeOf(error);
  }
  context.keeps(operation, traceId);
  if (cameBack !== undefined)
    throw partial(
      context,
      state,
      {
        action: `read contract ${id} back`,
        cameBack,
        known: `contract ${id} is made and kept in the state, with its credential`,
        next: "run pulumi refresh, which reads the rest",
        outcome: "done",
        traceId,
      },
      id,
    );
  if (binding !== undefined) return { id, state };
  throw partial(
    context,
    state,
    {
      action: `keep the first credential of contract ${id}`,
      cameBack: "the service made the contract, and its answer holds no key id and HMAC key that can be recognized",
      known: `contract ${id} is made and kept in the state, its first credential has no secret there and cannot be used`,
      next: "mint one with partner.AcmeCredential, and set firstCredential to revoke",
      outcome: "done",
      traceId,
    },
    id,
  );
}

/** The contract and its first credential as the service has them after the creation. */
async function look(
  contractId: number,
  binding: Binding | undefined,
  { api, resource }: Step,
): Promise<{ readonly contract: ContractInfo; readonly credential: KeptCredential | undefined }> {
  const contract = await api.contract(contractId, resource);
  const { result } = await api.await(
    () => api.credentials(contractId, resource),
    (list) => (binding === undefined ? list.find(() => list.length === 1) : ownAmong(binding, list)),
  );
  return { contract, credential: result === undefined ? undefined : keep(result) };
}

/** Takes an existing contract into the stack. */
async function adopted(contractId: number, inputs: ContractInputs, context: Step): Promise<Made<ContractState>> {
  const info = await context.api.contract(contractId, context.resource);
  const lacking = inputs.sans.filter((name) => !info.sans.includes(name));
  const more = info.sans.filter((name) => !inputs.sans.includes(name));
  const held = context.heldByOthers();
  const wrong = [
    ...(held.has(holdingContract(contractId)) ? ["another resource of this stack holds it"] : []),
    ...(info.canceledAt === undefined ? [] : [`it was canceled (${info.canceledAt})`]),
    ...(info.validTill === undefined || new Date(info.validTill) > context.now
      ? []
      : [`its term ended on ${info.validTill.slice(0, 10)}`]),
    ...(info.product === undefined || info.product === inputs.productNameId
      ? []
      : [`its product is ${info.product}, not ${inputs.productNameId}`]),
    ...(lacking.length === 0 ? [] : [`it does not name ${lacking.join(", ")}`]),
    ...(more.length === 0 ? [] : [`it names ${more.join(", ")}, too`]),
    ...(info.autoRenew === undefined || inputs.autoRenew === undefined || info.autoRenew === inputs.autoRenew
      ? []
      : [`its auto renew is ${info.autoRenew ? "on" : "off"}`]),
    ...(inputs.organization === undefined ? [] : driftOf({ read: info.organization }, inputs.organization)).map(
      (field) => `its organization has ${field} ${JSON.stringify(info.organization?.[field])}`,
    ),
  ].join("; ");
  if (wrong !== "")
    throw fault(context, {
      action: `adopt contract ${contractId}`,
      cameBack: wrong,
      known: "nothing was sent and nothing is kept",
      next: "set adopt to a contract that is in force, give the inputs that it has and change them once it is adopted, or remove adopt to have one created",
      outcome: "not executed",
    });
  const list = await context.api.credentials(contractId, context.resource);
  // The only one that there is, is the one that the contract was made with; of several nobody can tell.
  const [only] = list.length === 1 ? list : [];
  const first = only === undefined || held.has(holding(contractId, only.credentialId)) ? undefined : only;
  const state: ContractState = {
    ...inputs,
    organizationSent: false,
    contract: keptContract(info),
    ...(first === undefined ? {} : { credential: keep(first) }),
  };
  context.claim(holdsOf(state));
  return { id: String(contractId), state };
}
