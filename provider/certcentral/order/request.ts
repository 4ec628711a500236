import { known, type Planned } from "../../core/unknown.js";
import type { Asked } from "../operations.js";
import type { OrderInputs, Validity } from "./inputs.js";

/** Bodies of orders and reissues (sections 3 and 7). What is not known yet is left out. */

const validityBody = (given: Validity | undefined): Record<string, unknown> | undefined => {
  if (given === undefined) return undefined;
  return "customExpirationDate" in given ? { custom_expiration_date: given.customExpirationDate } : { ...given };
};

const number = (flag: boolean | undefined): 0 | 1 | undefined => (flag === undefined ? undefined : flag ? 1 : 0);

/** The order body, with everything that section 3 knows. */
export function orderBody(after: Planned<OrderInputs>): Record<string, unknown> {
  const organizationId = known(after.organizationId);
  const container = known(after.containerId);
  return given({
    certificate: { ...certificateBody(after), ...given({ cert_validity: validityBody(known(after.certValidity)) }) },
    organization:
      organizationId === undefined && after.contacts === undefined
        ? undefined
        : given({ id: organizationId, contacts: known(after.contacts)?.map(contactBody) }),
    order_validity: validityBody(known(after.orderValidity)),
    comments: known(after.comments),
    skip_approval: known(after.skipApproval),
    auto_renew: number(known(after.autoRenew)),
    auto_reissue: number(known(after.autoReissue)),
    custom_renewal_message: known(after.customRenewalMessage),
    disable_renewal_notifications: known(after.disableRenewalNotifications),
    payment_method: known(after.paymentMethod),
    dcv_method: known(after.dcvMethod),
    dcv_emails: known(after.dcvEmails)?.map(({ dnsName, emailDomain, email }) =>
      given({ dns_name: dnsName, email_domain: emailDomain, email }),
    ),
    container: container === undefined ? undefined : { id: container },
    custom_fields: known(after.customFields)?.map(({ metadataId, value }) => ({ metadata_id: metadataId, value })),
    locale: known(after.locale),
    technical_contact: personBody(known(after.technicalContact)),
    disable_ct: known(after.disableCt),
  });
}

/** The reissue body (section 7). */
export const reissueBody = (after: Planned<OrderInputs>): Record<string, unknown> =>
  given({ certificate: certificateBody(after), skip_approval: known(after.skipApproval) });

function certificateBody(after: Planned<OrderInputs>): Record<string, unknown> {
  const platform = known(after.serverPlatformId);
  return given({
    common_name: known(after.commonName),
    dns_names: known(after.dnsNames),
    csr: known(after.csr),
    signature_hash: known(after.signatureHash),
    server_platform: platform === undefined ? undefined : { id: platform },
    organization_units: known(after.organizationUnits),
    ca_cert_id: known(after.caCertId),
    profile_option: known(after.profileOption),
  });
}

type Contact = NonNullable<OrderInputs["contacts"]>[number];

const contactBody = ({ contactType, userId, ...person }: Contact): Record<string, unknown> =>
  given({ contact_type: contactType, user_id: userId, ...personBody(person) });

const personBody = (person: OrderInputs["technicalContact"]): Record<string, unknown> | undefined =>
  person === undefined
    ? undefined
    : given({
        first_name: person.firstName,
        last_name: person.lastName,
        job_title: person.jobTitle,
        telephone: person.telephone,
        email: person.email,
      });

/** Names as they are asked for: the common name first, each once. */
export const namesOf = ({ commonName, dnsNames }: Pick<OrderInputs, "commonName" | "dnsNames">): string[] => [
  ...new Set([commonName, ...dnsNames].map((name) => name.toLowerCase())),
];

/** What is asked for, as the catalogue takes it. */
export function asked(after: Planned<OrderInputs>, body: Record<string, unknown>, why: readonly string[]): Asked {
  const [commonName, dnsNames, order] = [known(after.commonName), known(after.dnsNames), known(after.orderValidity)];
  const names = commonName === undefined ? undefined : namesOf({ commonName, dnsNames: dnsNames ?? [] }).join(", ");
  return {
    product: known(after.productNameId),
    commonName,
    body,
    what: `${names ?? "names that are not known yet"} (${known(after.signatureHash) ?? "hash not known yet"}, order of ${order === undefined ? "a validity that is not known yet" : inWords(order)})`,
    why: why.join(" and "),
  };
}

const inWords = (validity: Validity): string =>
  "years" in validity
    ? `${validity.years} year(s)`
    : "days" in validity
      ? `${validity.days} day(s)`
      : `until ${validity.customExpirationDate}`;

const given = (body: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
