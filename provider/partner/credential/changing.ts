import { Fault, PartialFault } from "../../core/fault.js";
import type { Made } from "../../core/lifecycle.js";
import { clientsFor } from "../clients.js";
import { regenerate, revokeAll } from "../operations.js";
import { revoked } from "../revoking.js";
import { partial, refusePlanned, type Step } from "../step.js";
import { demandNamed } from "./ending.js";
import type { CredentialInputs } from "./inputs.js";
import { listBefore, mint, tellOfOthers, type Seen } from "./minting.js";
import { listed, settled } from "./reading.js";
import { withInputs, withoutEnded, type CredentialState } from "./state.js";

/** Mints the first credential of a resource. */
export async function make(inputs: CredentialInputs, context: Step): Promise<Made<CredentialState>> {
  const list = await listBefore(inputs.contractId, context);
  const empty = listed({ ...inputs, previous: [], strays: [], active: [], owed: false }, list, context);
  tellOfOthers(empty, context);
  const { state } = await mint({ state: empty, list }, inputs, context);
  return { id: `${inputs.contractId}/${state.current?.credentialId ?? ""}`, state };
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
  const found = settled(before, list, context);
  if (found.unidentified !== undefined)
    throw partial(context, listed(found, list, context), {
      action: `find the credential that contract ${before.contractId} has issued`,
      cameBack: "the list still shows none, or several, that are new and fit the hint of the key id",
      known: "nothing was sent, its secrets are kept in the state",
      next: "run again later; or name it in revokeAlso of another resource, and change trigger of this one",
      outcome: "not executed",
    });
  // A stray that this list has shown is named by the next preview: this plan does not hold its end.
  let seen: Seen = { state: listed(found, list, context), list };
  for (const [at, operation] of plan.operations.entries()) {
    try {
      seen =
        operation.name === regenerate.name
          ? await rotate(seen, inputs, context)
          : await ended(before, seen, operation, inputs, context);
    } catch (error) {
      if (!(error instanceof Fault) || error instanceof PartialFault || at === 0) throw error;
      throw partial(context, seen.state, {
        ...error.parts,
        known: `${error.parts.known}; what this run did before it is kept in the state`,
      });
    }
  }
  return withDirectory(withoutEnded(seen.state), inputs);
}

async function rotate(seen: Seen, inputs: CredentialInputs, context: Step): Promise<Seen> {
  tellOfOthers(seen.state, context);
  return mint(seen, inputs, context);
}

async function ended(
  before: CredentialState,
  seen: Seen,
  operation: Step["plan"]["operations"][number],
  inputs: CredentialInputs,
  context: Step,
): Promise<Seen> {
  const all = operation.name === revokeAll.name;
  if (all) demandNamed(before, seen.list, context);
  const list = await revoked(before.contractId, operation, context);
  const state = withoutEnded(listed(seen.state, list, context));
  // After all are revoked a fresh one is owed, whatever happens to its answer.
  return { list, state: all ? { ...state, owed: true, emergency: inputs.emergency } : state };
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
