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

const CONTACTS = ["organizationContact", "technicalContact", "verifiedContacts"] as const;

/**
 * Whether a change of an organization voids its validation: every field but its contacts does (section 1.3). Removing a
 * verified contact is not named among what is harmless.
 */
export function voidsValidation(before: Organization | undefined, after: Organization): boolean {
  if (before === undefined) return true;
  const core = (one: Organization): string =>
    JSON.stringify(
      Object.entries(one)
        .filter(([key]) => !(CONTACTS as readonly string[]).includes(key))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const contacts = new Set((after.verifiedContacts ?? []).map((one) => JSON.stringify(one)));
  const removed = (before.verifiedContacts ?? []).some((one) => !contacts.has(JSON.stringify(one)));
  return core(before) !== core(after) || removed;
}
