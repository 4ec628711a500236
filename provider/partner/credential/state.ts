import { z } from "zod";
import { echo } from "../../core/echo.js";
import { bindingShape, keptCredential } from "../binding.js";
import { credentialInputs, type CredentialInputs } from "./inputs.js";

/** An active credential of the contract as of the last read. */
const sibling = keptCredential.extend({
  /** Who minted it, as far as this stack can tell. */
  mintedBy: z.enum(["this resource", "this stack", "others"]),
});
export type Sibling = z.output<typeof sibling>;

/**
 * State of an ACME credential: its inputs, the one in charge with its secrets, older ones, and what a lost answer left
 * open.
 */
export const credentialState = z.object({
  ...credentialInputs.shape,
  /** The credential in charge; missing while the first one is still owed, or its id is not known. */
  current: keptCredential.extend({ /** UTC day, by the decision clock. */ mintedOn: z.string() }).optional(),
  ...bindingShape,
  /** Older ones, newest first, as long as they are active. */
  previous: z.array(keptCredential.extend({ /** UTC day. */ replacedOn: z.string() })),
  /** Credentials of this resource whose secret was lost with an answer: nobody can use them. */
  strays: z.array(keptCredential),
  /** Every active credential of the contract as of the last read. */
  active: z.array(sibling),
  /** Why a new one is still owed: the answer to a regenerate was lost, or an emergency has revoked all. */
  owed: z.enum(["lost", "emergency"]).optional(),
  /** credential_ids before a regenerate whose answer was lost, while its stray was not found: until the next one. */
  unsettled: z.array(z.number().int()).optional(),
  /** credential_ids before the regenerate that gave the secrets in charge, while its id was not found. */
  unidentified: z.array(z.number().int()).optional(),
});

export type CredentialState = z.output<typeof credentialState>;
export type PreviousCredential = CredentialState["previous"][number];

export const { inputsOf, withInputs } = echo<CredentialInputs, CredentialState>(credentialInputs);

/** Without older ones and strays that have ended. */
export const withoutEnded = (state: CredentialState): CredentialState => ({
  ...state,
  previous: state.previous.filter(({ status }) => status === "active"),
  strays: state.strays.filter(({ status }) => status === "active"),
});
