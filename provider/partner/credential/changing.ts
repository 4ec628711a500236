import { isoDay } from "../../core/clock.js";
import { Fault, PartialFault } from "../../core/fault.js";
import type { Made } from "../../core/lifecycle.js";
import type { Operation } from "../../core/operation.js";
import { keep } from "../binding.js";
import { clientsFor } from "../clients.js";
import { nameOf, regenerate, revokeAll } from "../operations.js";
import { revoked } from "../revoking.js";
import { holding } from "../scope.js";
import { fault, partial, refusePlanned, type Step } from "../step.js";
import { isActive, type ListedCredential } from "../wire.js";
import { demandNamed } from "./ending.js";
import type { CredentialInputs } from "./inputs.js";
import { mint, tellOfOthers, type Seen } from "./minting.js";
import { identified, listed } from "./reading.js";
import { withInputs, withoutEnded, type CredentialState } from "./state.js";

/** Mints the first credential of a resource, and ends what `revokeAlso` names. */
export async function make(inputs: CredentialInputs, context: Step): Promise<Made<CredentialState>> {
  refusePlanned(context);
  const list = await listBefore(inputs.contractId, context);
  const { revokeAlso, ...own } = inputs;
  const empty = listed(
    { ...own, ...adopted(inputs, list, context), previous: [], strays: [], active: [] },
    list,
    context,
  );
  const { state } = await performed(empty, { state: empty, list }, inputs, context);
  const id = `${inputs.contractId}/${state.current?.credentialId ?? ""}`;
  return { id, state: withDirectory(state, inputs) };
}

/** The credential that `adopt` names. @throws Fault when it cannot be taken over. */
function adopted(
  { adopt, contractId, revokeAlso = [] }: CredentialInputs,
  list: readonly ListedCredential[],
  context: Step,
): Pick<CredentialState, "current"> {
  if (adopt === undefined) return {};
  const found = list.find(({ credentialId }) => credentialId === adopt);
  const wrong =
    found === undefined
      ? `the contract lists ${list.map(({ credentialId }) => credentialId).join(", ")} and not ${adopt}`
      : [
          ...(isActive(found) ? [] : [`it is ${found.status}`]),
          ...(context.heldByOthers().has(holding(contractId, adopt))
            ? ["another resource of this stack holds it"]
            : []),
          ...(revokeAlso.includes(adopt) ? ["revokeAlso names it"] : []),
        ].join(", ");
  if (found === undefined || wrong !== "")
    throw fault(context, {
      action: `adopt credential ${adopt} of contract ${contractId}`,
      cameBack: wrong,
      known: "nothing was sent and nothing is kept",
      next: "set adopt to an active credential of the contract, or remove adopt to have one minted",
      outcome: "not executed",
    });
  const kept = keep(found);
  return { current: { ...kept, mintedOn: kept.createdAt?.slice(0, 10) ?? isoDay(context.now) } };
}

/** Performs what the plan holds, one by one; what was done is kept when a later one fails. */
export async function change(
  before: CredentialState,
  inputs: CredentialInputs,
  context: Step,
): Promise<CredentialState> {
  const { plan } = context;
  refusePlanned(context);
  if (plan.operations.length === 0 && before.unidentified === undefined) return withDirectory(before, inputs);
  const list = await listBefore(before.contractId, context);
  const found = listed(identified(before, list, context), list, context);
  if (plan.operations.length === 0) {
    if (found.unidentified !== undefined)
      throw partial(context, found, {
        action: `find the credential that contract ${before.contractId} has issued`,
        cameBack: "the list still shows none, or several, that are new and fit the hint of the key id",
        known: "nothing was sent, its secrets are kept in the state",
        next: "run again later; or change trigger to have another one minted, and look in the outputs for the one that nobody holds",
        outcome: "not executed",
      });
    // The plan was made without its id: what else the program asks for is planned by the next preview.
    return withDirectory(found, kept(before, inputs));
  }
  const seen = await performed(before, { state: found, list }, inputs, context);
  return withDirectory(withoutEnded(seen.state), inputs);
}

/** Inputs whose wishes were not part of the plan stay as they were. */
function kept(before: CredentialState, inputs: CredentialInputs): CredentialInputs {
  const { trigger, emergency, revokeAlso, ...others } = inputs;
  return {
    ...others,
    ...(before.trigger === undefined ? {} : { trigger: before.trigger }),
    ...(before.emergency === undefined ? {} : { emergency: before.emergency }),
    ...(before.revokeAlso === undefined ? {} : { revokeAlso: before.revokeAlso }),
  };
}

/** The contract's credentials before a step changes them. @throws Fault when the contract is canceled. */
async function listBefore(contractId: number, context: Step): Promise<readonly ListedCredential[]> {
  const { canceledAt } = await context.api.contract(contractId, context.resource);
  if (canceledAt === undefined) return context.api.credentials(contractId, context.resource);
  throw fault(context, {
    action: `change the credentials of contract ${contractId}`,
    cameBack: `the contract was canceled (${canceledAt})`,
    known: "nothing was sent, the state is left as it was",
    next: "give contractId a contract that is in force, or remove the resource",
    outcome: "not executed",
  });
}

async function performed(before: CredentialState, start: Seen, inputs: CredentialInputs, context: Step): Promise<Seen> {
  let seen = start;
  for (const [at, operation] of context.plan.operations.entries()) {
    try {
      seen =
        operation.name === regenerate.name
          ? await rotate(before, seen, inputs, context)
          : await ended(before, seen, operation, inputs, context);
    } catch (error) {
      if (!(error instanceof Fault) || error instanceof PartialFault || at === 0) throw error;
      throw partial(
        context,
        seen.state,
        { ...error.parts, known: `${error.parts.known}; what this run did before it is kept in the state` },
        `${before.contractId}/${seen.state.current?.credentialId ?? `lost ${error.parts.traceId ?? ""}`}`,
      );
    }
  }
  return seen;
}

async function rotate(before: CredentialState, seen: Seen, inputs: CredentialInputs, context: Step): Promise<Seen> {
  const { current } = seen.state;
  const wished =
    inputs.trigger !== before.trigger || inputs.whenEndedOutside === "replace" || seen.state.owed === "emergency";
  if (before.current?.status === "active" && current?.status !== "active" && !wished)
    throw partial(context, seen.state, {
      action: `rotate credential ${nameOf(before.current)} of contract ${before.contractId}`,
      cameBack: `it was ${current?.status ?? "ended"} outside since the last read`,
      known: "nothing was sent: minting would undo what somebody did on purpose",
      next: 'change trigger to have a new one minted, or set whenEndedOutside to "replace"',
      outcome: "not executed",
    });
  tellOfOthers(seen.state, context);
  return mint(seen, inputs, context);
}

async function ended(
  before: CredentialState,
  { state, list }: Seen,
  operation: Operation,
  inputs: CredentialInputs,
  context: Step,
): Promise<Seen> {
  const { contractId } = before;
  if (operation.name === revokeAll.name) {
    demandNamed(before, list, context);
    const after = await revoked(contractId, operation, context);
    // The id of secrets that die with all others need not be found any more, and a fresh one is owed from now on.
    const { unidentified, unsettled, ...rest } = withoutEnded(listed(state, after, context));
    return {
      list: after,
      state: withInputs({ ...rest, owed: "emergency" }, { ...kept(before, inputs), emergency: inputs.emergency }),
    };
  }
  const id = Number(operation.target.credentialId);
  if (!state.strays.some(({ credentialId }) => credentialId === id)) demandOurs(contractId, id, list, context);
  const after = await revoked(contractId, operation, context, [...list, ...state.strays]);
  return { list: after, state: withoutEnded(listed(state, after, context)) };
}

/** Refuses the end of one that the contract never had, or that another resource holds. Nothing has been sent when it throws. */
function demandOurs(contractId: number, id: number, list: readonly ListedCredential[], context: Step): void {
  const cameBack = !list.some(({ credentialId }) => credentialId === id)
    ? `the contract lists ${list.map(({ credentialId }) => credentialId).join(", ")} and not ${id}`
    : context.heldByOthers().has(holding(contractId, id))
      ? `another resource of this stack holds ${id}`
      : undefined;
  if (cameBack === undefined) return;
  throw fault(context, {
    action: `revoke credential ${id} of contract ${contractId}`,
    cameBack,
    known: "nothing was sent by this call",
    next: "mend revokeAlso",
    outcome: "not executed",
  });
}

/** The state with its new inputs; the directory that they name stands in where the service has named none. */
function withDirectory(state: CredentialState, inputs: CredentialInputs): CredentialState {
  const { contractDirectoryUrl: url } = inputs;
  const { keyId, hmacKey, directoryUrl } = state;
  const after = withInputs(state, inputs);
  if (url === undefined || (directoryUrl !== undefined && directoryUrl !== state.contractDirectoryUrl)) return after;
  return {
    ...after,
    directoryUrl: url,
    ...(keyId === undefined || hmacKey === undefined
      ? {}
      : { clients: clientsFor({ directoryUrl: url, keyId, hmacKey }) }),
  };
}
