import { isoDay } from "../../core/clock.js";
import { Fault } from "../../core/fault.js";
import { plannedOperation } from "../../core/planned.js";
import { bindingOutputs, keep, ownAmong } from "../binding.js";
import { nameOf, regenerate } from "../operations.js";
import { holding } from "../scope.js";
import { cameBackOf, fault, partial, type Step } from "../step.js";
import { readIssued, type Binding, type ListedCredential } from "../wire.js";
import type { CredentialInputs } from "./inputs.js";
import { listed, newSince, settled } from "./reading.js";
import { withInputs, type CredentialState } from "./state.js";

/** A state and the list that it was last compared with. */
export interface Seen {
  readonly state: CredentialState;
  readonly list: readonly ListedCredential[];
}

/** The contract's credentials before a step changes them. @throws Fault when the contract is canceled. */
export async function listBefore(
  contractId: number,
  { api, resource, ...context }: Step,
): Promise<readonly ListedCredential[]> {
  const { canceledAt } = await api.contract(contractId, resource);
  if (canceledAt === undefined) return api.credentials(contractId, resource);
  throw fault(
    { api, resource, ...context },
    {
      action: `mint a credential on contract ${contractId}`,
      cameBack: `the contract was canceled (${canceledAt})`,
      known: "nothing was sent, the state is left as it was",
      next: "give contractId a contract that is in force",
      outcome: "not executed",
    },
  );
}

/** People decide about credentials that nobody in the stack has minted: they are never revoked by guess. */
export function tellOfOthers({ contractId, active }: CredentialState, { tell }: Step): void {
  const others = active.filter(({ mintedBy }) => mintedBy === "others");
  if (others.length > 0)
    tell(
      `contract ${contractId} has active credentials that this stack does not hold: ${others.map(nameOf).join(", ")}. Name in revokeAlso those that nobody uses`,
    );
}

/**
 * Performs the planned regenerate. The secrets are in its answer and nowhere else: once it is there, every fault keeps
 * them in the state; when it is lost, its stray is looked for in the list.
 */
export async function mint({ state, list }: Seen, inputs: CredentialInputs, context: Step): Promise<Seen> {
  const { api, resource } = context;
  const { contractId } = state;
  const ids = list.map(({ credentialId }) => credentialId);
  const reply = await api.ask(context.perform, plannedOperation(context.plan, regenerate.name));
  const action = `mint a credential on contract ${contractId}`;
  if (reply.outcome === "refused" || reply.outcome === "not executed")
    throw fault(context, {
      action,
      ...cameBackOf(reply),
      known: "nothing was minted, and what is in the state stays",
      next: "mend what the answer names, then run again",
    });
  const lostId = `${contractId}/lost ${reply.traceId}`;
  const binding = reply.outcome === "done" ? readIssued(reply.data).binding : undefined;
  if (binding === undefined) {
    const lost = await strayOf({ ...state, owed: true, unsettled: ids }, list, context);
    const stray = lost.strays.at(-1);
    const found = stray !== undefined && lost.unsettled === undefined;
    throw partial(
      context,
      lost,
      {
        action,
        ...cameBackOf(reply),
        ...(reply.outcome === "done"
          ? { cameBack: "the service said yes, and its answer holds no key id and HMAC key that can be recognized" }
          : {}),
        known: found
          ? `credential ${nameOf(stray)} was minted and its secret is lost; what was in charge stays so, and that one is owed is kept in the state`
          : "whether one was minted is not known, the list shows none yet; what was in charge stays so, and that one is owed is kept in the state",
        next: found
          ? "run again: the preview names the stray, revokes it and mints again"
          : "run again: a stray is looked for in the list and never guessed, and one is minted again",
      },
      lostId,
    );
  }
  const { current, directoryUrl, keyId, hmacKey, clients, unsettled, unidentified, ...rest } = state;
  const minted: CredentialState = withInputs(
    {
      ...rest,
      ...bindingOutputs(binding, inputs.contractDirectoryUrl),
      owed: false,
      previous:
        current?.status === "active"
          ? [{ ...keep(current), replacedOn: isoDay(context.now) }, ...state.previous]
          : state.previous,
    },
    { ...inputs, ...(state.revokeAlso === undefined ? {} : { revokeAlso: state.revokeAlso }) },
  );
  const unidentifiedFault = (cameBack: string): Fault =>
    partial(
      context,
      { ...minted, unidentified: ids },
      {
        action: `find the credential that contract ${contractId} has issued`,
        cameBack,
        known: "it was minted, and its secrets are kept in the state; only its id is not known",
        next: "run again: the list is read again, and nothing is minted",
        outcome: "done",
        traceId: reply.traceId,
      },
      lostId,
    );
  try {
    const { result, seen } = await api.await(
      () => api.credentials(contractId, resource),
      (now) => ownAmong(binding, newSince(ids, minted, now, context)),
    );
    const own = result ?? answered(binding);
    if (own === undefined)
      throw unidentifiedFault("the list shows none, or several, that are new and fit the hint of the key id");
    const state = { ...minted, current: { ...keep(own), mintedOn: isoDay(context.now) } };
    context.claim([holding(contractId, own.credentialId)]);
    return { state: result === undefined ? state : listed(state, seen, context), list: seen };
  } catch (error) {
    if (!(error instanceof Fault) || "state" in error) throw error;
    const own = answered(binding);
    if (own === undefined) throw unidentifiedFault(error.parts.cameBack);
    return { state: { ...minted, current: { ...own, mintedOn: isoDay(context.now) } }, list };
  }
}

/** The credential by the answer alone. */
const answered = ({ credentialId }: Binding): { credentialId: number; status: string } | undefined =>
  credentialId === undefined ? undefined : { credentialId, status: "active" };

/** Looks for the credential whose answer was lost, as long as a new one may take to be listed. */
async function strayOf(
  lost: CredentialState,
  list: readonly ListedCredential[],
  context: Step,
): Promise<CredentialState> {
  const { api, resource } = context;
  try {
    const { seen } = await api.await(
      () => api.credentials(lost.contractId, resource),
      (now) => (newSince(lost.unsettled ?? [], lost, now, context).length > 0 ? now : undefined),
    );
    return listed(settled(lost, seen, context), seen, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return listed(lost, list, context); // the next read looks for it
  }
}
