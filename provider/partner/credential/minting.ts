import { cameBackOf } from "../../http/jsonReply.js";
import { isoDay } from "../../core/clock.js";
import { Fault, PartialFault } from "../../core/fault.js";
import { plannedOperation } from "../../core/planned.js";
import { bindingOutputs, keep, ownAmong } from "../binding.js";
import { nameOf, regenerate } from "../operations.js";
import { holding } from "../scope.js";
import { causeOf, fault, partial, type Step } from "../step.js";
import { readIssued, type Binding, type ListedCredential } from "../wire.js";
import type { CredentialInputs } from "./inputs.js";
import { listed, newSince, withStray } from "./reading.js";
import { withInputs, type CredentialState } from "./state.js";

/** A state and the list that it was last compared with. */
export interface Seen {
  readonly state: CredentialState;
  readonly list: readonly ListedCredential[];
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
 * them in the state; when it is lost, its stray is looked for in the list, now and not later.
 */
export async function mint({ state, list }: Seen, inputs: CredentialInputs, context: Step): Promise<Seen> {
  const reply = await context.api.ask(context.perform, plannedOperation(context.plan, regenerate.name));
  const action = `mint a credential on contract ${state.contractId}`;
  if (reply.outcome === "refused" || reply.outcome === "not executed")
    throw fault(context, {
      action,
      ...cameBackOf(reply),
      known: "nothing was minted, and what is in the state stays",
      next: "mend what the answer names, then run again",
    });
  const id = `${state.contractId}/lost ${reply.traceId}`;
  const binding = reply.outcome === "done" ? readIssued(reply.data).binding : undefined;
  if (binding !== undefined) return identify(binding, { state, list }, inputs, id, context);
  const ids = list.map(({ credentialId }) => credentialId);
  const lost = await lookForStray({ ...state, owed: "lost", unsettled: ids }, list, context);
  const stray = lost.unsettled === undefined ? lost.strays.at(-1) : undefined;
  throw partial(
    context,
    lost,
    {
      action,
      ...cameBackOf(reply),
      ...(reply.outcome === "done"
        ? { cameBack: "the service said yes, and its answer holds no key id and HMAC key that can be recognized" }
        : {}),
      known:
        stray === undefined
          ? "whether one was minted is not known, the list does not tell; what was in charge stays so, and that one is owed is kept in the state"
          : `credential ${nameOf(stray)} was minted and its secret is lost; what was in charge stays so, and that one is owed is kept in the state`,
      next:
        stray === undefined
          ? "run again: one is minted again; a credential that nobody uses is told, and revoked where revokeAlso names it"
          : "run again: the preview names the stray, revokes it and mints again",
    },
    id,
  );
}

/** The state with the new secrets in charge, and their credential as the list has it. */
async function identify(
  binding: Binding,
  { state, list }: Seen,
  inputs: CredentialInputs,
  id: string,
  context: Step,
): Promise<Seen> {
  const { contractId } = state;
  const ids = list.map(({ credentialId }) => credentialId);
  const minted = withSecrets(binding, state, inputs, context);
  const charged = (own: { readonly credentialId: number; readonly status: string }): CredentialState => ({
    ...minted,
    current: { ...keep(own), mintedOn: isoDay(context.now) },
  });
  let cameBack = "the list shows none, or several, that are new and fit the hint of the key id";
  try {
    const { result, seen } = await context.api.await(
      () => context.api.credentials(contractId, context.resource),
      (now) => ownAmong(binding, newSince(ids, minted, now, context)),
    );
    const own = result ?? answered(binding);
    if (own !== undefined) {
      context.claim([holding(contractId, own.credentialId)]);
      return { state: result === undefined ? charged(own) : listed(charged(own), seen, context), list: seen };
    }
  } catch (error) {
    // Whatever it is, it must not take the secrets along.
    const own = answered(binding);
    if (own !== undefined) return { state: charged(own), list };
    cameBack = causeOf(error);
  }
  throw partial(
    context,
    { ...minted, unidentified: ids },
    {
      action: `find the credential that contract ${contractId} has issued`,
      cameBack,
      known: "it was minted, and its secrets are kept in the state; only its id is not known",
      next: "run again: the list is read again, and nothing is minted without a new trigger",
      outcome: "done",
    },
    id,
  );
}

/** The state with a binding in charge; what was in charge before becomes a previous one. */
function withSecrets(
  binding: Binding,
  state: CredentialState,
  inputs: CredentialInputs,
  { now }: Step,
): CredentialState {
  const { current, directoryUrl, keyId, hmacKey, clients, unsettled, unidentified, owed, ...rest } = state;
  // What revokeAlso names is ended by calls of its own, which may still fail.
  const { revokeAlso, ...others } = inputs;
  const stored = state.revokeAlso === undefined ? others : { ...others, revokeAlso: state.revokeAlso };
  return withInputs(
    {
      ...rest,
      ...bindingOutputs(binding, inputs.contractDirectoryUrl),
      previous:
        current?.status === "active"
          ? [{ ...keep(current), replacedOn: isoDay(now) }, ...state.previous]
          : state.previous,
    },
    stored,
  );
}

/** The credential by the answer alone. */
const answered = ({ credentialId }: Binding): { credentialId: number; status: string } | undefined =>
  credentialId === undefined ? undefined : { credentialId, status: "active" };

/** Looks for the credential whose answer was lost, as long as a new one may take to be listed. */
async function lookForStray(
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
    return listed(withStray(lost, seen, context), seen, context);
  } catch (error) {
    if (error instanceof PartialFault || !(error instanceof Fault)) throw error;
    return listed(lost, list, context); // told by the next preview as far as its list shows it
  }
}
