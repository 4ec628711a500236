import { Fields, required } from "./refusal.js";
import type { ContractRecord, Organization, PartnerStore } from "./store.js";

/** Organizations of OV and EV contracts, and what becomes of their validation (sections 1.1, 1.3). */

/** Changing these is harmless (section 1.3). */
const CONTACTS = ["organization_contact", "technical_contact", "verified_contacts"];
const PERSON = ["first_name", "last_name", "email", "telephone", "job_title"];
/** Of the sample, those that look optional are left out. */
const SAMPLE = ["name", "address", "city", "state", "zip", "country", "telephone"];
const TEXTS = [...SAMPLE, "assumed_name", "address2"];

export type Level = "dv" | "ov" | "ev";

/** The organization of a body, held to the documented types; DV has none. @returns undefined when there is none. */
export function organizationOf(store: PartnerStore, fields: Fields, level: Level): Organization | undefined {
  const part = fields.part("organization");
  if (part === undefined) return undefined;
  checked(store, part);
  if (level !== "ev") return level === "dv" ? undefined : part.body;
  const holder = store.variants.paVerifiedContacts === "top" ? fields : part;
  if (people(holder, "verified_contacts").length === 0) throw required(holder.name("verified_contacts"));
  return { ...part.body, verified_contacts: holder.body.verified_contacts };
}

/** What a PATCH makes of the organization that was there. */
export function patched(
  store: PartnerStore,
  before: Organization | undefined,
  fields: Fields,
  level: Level,
): Organization | undefined {
  const { paPatchOrganization, paVerifiedContacts } = store.variants;
  const contacts = paVerifiedContacts === "top" && fields.has("verified_contacts");
  const part = fields.part("organization");
  if (part === undefined && !contacts) return before;
  const kept =
    part === undefined || paPatchOrganization === "merged" ? before : { verified_contacts: before?.verified_contacts };
  const organization: Organization = {
    ...kept,
    ...part?.body,
    ...(contacts ? { verified_contacts: fields.body.verified_contacts } : {}),
  };
  return organizationOf(store, new Fields({ organization, verified_contacts: organization.verified_contacts }), level);
}

function checked(store: PartnerStore, part: Fields): void {
  const sample = store.variants.paOrganizationFields === "sample";
  for (const field of sample ? SAMPLE : ["name"]) part.needText(field);
  for (const field of TEXTS) part.text(field);
  if (sample && part.part("organization_contact") === undefined) throw required(part.name("organization_contact"));
  for (const field of ["organization_contact", "technical_contact"]) person(part.part(field));
  people(part, "verified_contacts");
}

function people(fields: Fields, field: string): Fields[] {
  const parts = fields.parts(field);
  parts.forEach(person);
  return parts;
}

function person(fields: Fields | undefined): void {
  for (const field of PERSON) fields?.text(field);
}

/** What makes an organization itself: all but the contacts. */
const identity = (organization: Organization | undefined): string =>
  JSON.stringify(
    Object.entries(organization ?? {})
      .filter(([field]) => !CONTACTS.includes(field))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Contracts of an account that use the same organization. */
export function sharing(
  store: PartnerStore,
  { account, organization }: Pick<ContractRecord, "account" | "organization">,
) {
  if (organization === undefined) return [];
  return store
    .all("contract")
    .filter(
      (one) =>
        one.account === account &&
        one.organization !== undefined &&
        identity(one.organization) === identity(organization),
    );
}

/** Sets whether an organization is validated, for every contract of its account that uses it. */
export function setValidated(store: PartnerStore, contract: ContractRecord, organizationValidated: boolean): void {
  for (const one of sharing(store, contract)) store.save("contract", { ...one, organizationValidated });
}

/**
 * Gives a contract another organization. A change of anything but contacts voids the validation, for every contract of the
 * account that used the same one (section 1.3).
 */
export function reorganize(
  store: PartnerStore,
  contract: ContractRecord,
  organization: Organization | undefined,
): ContractRecord {
  if (identity(contract.organization) === identity(organization)) return { ...contract, organization };
  setValidated(store, contract, false);
  return { ...contract, organization, organizationValidated: false };
}
