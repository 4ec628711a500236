import type { ContractInputs, Organization } from "./inputs.js";

/** What requests say of a contract, in the service's spelling (sections 1.1, 1.3). */

/** `organizationContact` is `organization_contact`, at any depth. */
function spelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : [[key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), spelled(item)]],
    ),
  );
}

export const organizationBody = (organization: Organization): unknown => spelled(organization);

/** The body of `POST /acme`. */
export const creationBody = ({
  productNameId,
  sans,
  autoRenew,
  organization,
}: Partial<Pick<ContractInputs, "productNameId" | "sans" | "autoRenew" | "organization">>): Record<
  string,
  unknown
> => ({
  product_name_id: productNameId,
  sans,
  ...(autoRenew === undefined ? {} : { auto_renew: autoRenew }),
  ...(organization === undefined ? {} : { organization: organizationBody(organization) }),
});

const CONTACTS = ["organizationContact", "technicalContact", "verifiedContacts"];

/** The fields of an organization without its contacts, in the service's spelling. */
const coreOf = (organization: Organization): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(spelled(organization) as object).filter(
      ([key]) => !CONTACTS.some((contacts) => contacts.toLowerCase() === key.replaceAll("_", "")),
    ),
  );

/** What the service is known to have of an organization. */
export interface KnownOrganization {
  /** As this resource has sent it last; undefined where it never has. */
  readonly sent: Organization | undefined;
  /** Without contacts, as far as it was read. */
  readonly read: Readonly<Record<string, string>> | undefined;
}

/** Fields without contacts that the service has otherwise than they are wanted, as far as it was read. */
export const driftOf = ({ read }: Pick<KnownOrganization, "read">, wanted: Organization): string[] => {
  const core = coreOf(wanted);
  return Object.entries(read ?? {}).flatMap(([field, value]) => ((core[field] ?? "") === value ? [] : [field]));
};

/**
 * Whether a change of an organization voids its validation: every field but its contacts does (section 1.3), and what
 * nobody knows may. Removing a verified contact is not named among what is harmless.
 */
export function voidsValidation({ sent, read }: KnownOrganization, after: Organization): boolean {
  if (sent === undefined || driftOf({ read }, after).length > 0) return true;
  const core = (one: Organization): string =>
    JSON.stringify(Object.entries(coreOf(one)).sort(([a], [b]) => (a < b ? -1 : 1)));
  const contacts = new Set((after.verifiedContacts ?? []).map((one) => JSON.stringify(one)));
  const removed = (sent.verifiedContacts ?? []).some((one) => !contacts.has(JSON.stringify(one)));
  return core(sent) !== core(after) || removed;
}
