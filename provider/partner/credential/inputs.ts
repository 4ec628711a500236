import { z } from "zod";
import { count, id, oneOf, whenEndedOutside } from "../../core/fields.js";
import { checkInputs, type Checked } from "../../core/inputs.js";

const CONTRACT = "allowed is the acme_contract_id of a contract, or the id of an AcmeContract";
const contractId = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^[1-9]\d{0,9}$/)
        .transform(Number),
    ],
    { error: CONTRACT },
  )
  .pipe(id("an acme_contract_id", CONTRACT));

const URL = "allowed is an https address, for instance the directoryUrl of an AcmeContract";

/** Inputs of an ACME credential (section 2). None is secret. */
export const credentialInputs = z.object({
  /** Identity: on another contract it is another credential. The id of a contract stays known while it is changed. */
  contractId,
  /** ACME directory of the contract, for outputs where the service's answer does not name it. */
  contractDirectoryUrl: z
    .string({ error: URL })
    .regex(/^https?:\/\/[^\s"'\\{}]+$/, { error: URL })
    .optional(),
  /** Any new text mints a new credential; the old one stays active, as a previous one. */
  trigger: z.string({ error: "allowed is a text; any change of it rotates" }).optional(),
  /** Age, in UTC days, at which the credential is rotated by the clock. */
  rotateAfterDays: count(1, 3650, "days").optional(),
  /** Any new text REVOKES EVERY credential of the contract, and mints one afresh. */
  emergency: z
    .string({ error: "allowed is a text; any new one revokes all credentials of the contract and mints one afresh" })
    .optional(),
  /** Credentials of the contract that nobody needs, for instance of a run that was killed: revoked by the next up. */
  revokeAlso: z
    .array(id("a credential_id"), { error: "allowed is a list of credential ids" })
    .transform((ids) => [...new Set(ids)])
    .optional(),
  /** What a plan does with a credential that was revoked outside. */
  whenEndedOutside,
  onDelete: oneOf(["revoke", "revokeAll", "retain"]).default("revoke"),
  /** credential_id of an existing credential to take over. Its secret cannot be read (section 2): a new trigger mints another. */
  adopt: id("a credential_id of the contract").optional(),
});

export type CredentialInputs = z.output<typeof credentialInputs>;

/** Checks inputs and writes the defaults out. Pure. */
export const normalize = (raw: Readonly<Record<string, unknown>>): Checked<CredentialInputs> =>
  checkInputs(credentialInputs, raw);
