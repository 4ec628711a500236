import { z } from "zod";
import { dnsName, flag, id, oneOf, text, whenEndedOutside } from "../../core/fields.js";
import { checkInputs, type Checked, type Problem } from "../../core/inputs.js";
import { UNKNOWN } from "../../core/unknown.js";

/** Most names of a contract (section 1.5). */
export const MOST_SANS = 250;

const person = z.strictObject({
  firstName: text(128),
  lastName: text(128),
  email: text(255),
  telephone: text(64).optional(),
  jobTitle: text(128).optional(),
});

/** Which fields are optional is not documented (section 1.1): the address, the name and the country are asked for. */
const organization = z.strictObject(
  {
    name: text(255),
    assumedName: text(255).optional(),
    address: text(255),
    address2: text(255).optional(),
    city: text(128),
    state: text(128).optional(),
    zip: text(40).optional(),
    country: z
      .string({ error: "allowed is a country code of two letters, for instance US" })
      .regex(/^[A-Za-z]{2}$/, { error: "allowed is a country code of two letters, for instance US" })
      .transform((code) => code.toUpperCase()),
    telephone: text(64).optional(),
    organizationContact: person.optional(),
    technicalContact: person.optional(),
    /** Of EV contracts. */
    verifiedContacts: z.array(person, { error: "allowed is a list of persons" }).optional(),
  },
  { error: "allowed is an organization with name, address, city and country" },
);
export type Organization = z.output<typeof organization>;

const SANS = `allowed is a list of 1 to ${MOST_SANS} DNS names`;

/** Inputs of an ACME contract (sections 1.1, 1.3). None is secret. */
export const contractInputs = z.object({
  /** `product_name_id`. Identity: another product is another contract. */
  productNameId: z
    .string({ error: "allowed is a product's name id, for instance ssl_dv_rapidssl" })
    .regex(/^[a-z0-9_]+$/, { error: "allowed is a product's name id, for instance ssl_dv_rapidssl" }),
  sans: z
    .array(
      dnsName.transform((name) => name.toLowerCase()),
      { error: SANS },
    )
    .min(1, { error: SANS })
    .max(MOST_SANS, { error: SANS })
    .transform((names) => [...new Set(names)]),
  /** Left out: the account's setting at the creation, and as it is later (section 1.1). */
  autoRenew: flag.optional(),
  organization: organization.optional(),
  /** What the removal of the resource does. */
  onDelete: oneOf(["expire", "cancel", "retain"]).default("expire"),
  /** What becomes of the credential that the contract was made with: it lives with it, is revoked on removal, or now. */
  firstCredential: oneOf(["keep", "revokeOnDelete", "revoke"]).default("keep"),
  /** Any new text makes a new contract in place of one that was canceled outside. */
  trigger: z
    .string({ error: "allowed is a text; a new one makes a new contract when this one was canceled" })
    .optional(),
  /** What a plan does when the contract was canceled outside. */
  whenEndedOutside,
  /** Id of an existing contract to take over. Its secrets cannot be read (section 2). */
  adopt: id("the acme_contract_id of an existing contract").optional(),
  /** Trace id of a creation whose answer was lost and that made nothing: allows another one. */
  createAnother: z.string({ error: "allowed is the trace id of a creation whose answer was lost" }).optional(),
});

export type ContractInputs = z.output<typeof contractInputs>;

/** Products that are known to need an organization (section 1.1). */
const WITH_ORGANIZATION = /^ssl_(?:basic|ev_basic)$/;

/** Checks inputs and writes the defaults out. Pure. */
export function normalize(raw: Readonly<Record<string, unknown>>): Checked<ContractInputs> {
  const checked = checkInputs(contractInputs, raw);
  if (!checked.ok) return checked;
  const { productNameId, organization: given, adopt } = checked.inputs;
  const problems: Problem[] = [];
  const known = productNameId !== UNKNOWN && given !== UNKNOWN;
  if (known && adopt === undefined && WITH_ORGANIZATION.test(productNameId) && given === undefined)
    problems.push({
      property: "organization",
      reason: `organization is missing: ${productNameId} is validated for one, so allowed is its name, address, city and country`,
    });
  if (
    known &&
    productNameId.startsWith("ssl_ev_") &&
    given !== undefined &&
    (given.verifiedContacts ?? []).length === 0
  )
    problems.push({
      property: "organization",
      reason: `organization.verifiedContacts is missing: ${productNameId} needs a verified contact`,
    });
  return problems.length > 0 ? { ok: false, problems } : checked;
}
