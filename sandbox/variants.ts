import { APINIZER_ANSWERS } from "./apinizer/answerVariants.js";
import { APINIZER_WRITES } from "./apinizer/variants.js";
import { PARTNER_VARIANTS } from "./partner/variants.js";

/**
 * Switches for what the documentation leaves open or says in two ways. The first value of each is the default: the
 * reading that the documentation supports best.
 */
export interface Variant {
  readonly name: string;
  /** Section of the API document. */
  readonly section: string;
  /** What is open. */
  readonly says: string;
  readonly values: readonly [string, ...string[]];
}

/** A switch with its default spelled out, for lists. */
export interface ListedVariant extends Variant {
  readonly default: string;
}

const table = [
  {
    name: "certificatesInComm",
    section: "ecgrid.md 2.1, 10.1",
    says: "whether GET /v2/comms/{id} shows certificates",
    values: ["present", "missing", "null", "empty"],
  },
  {
    name: "keyCasing",
    section: "ecgrid.md 2.2, 10.1",
    says: "casing of the keys of comms and certificates",
    values: ["camel", "upper-id", "pascal"],
  },
  {
    name: "labels",
    section: "ecgrid.md 2.2, 10.1",
    says: "whether keyId and userId of an upload come back on read",
    values: ["kept", "dropped"],
  },
  {
    name: "newId",
    section: "ecgrid.md 2.4, 10.2",
    says: "where answers of create, renew and add-* show the new certKeyId",
    values: ["none", "top-level", "certificates"],
  },
  {
    name: "withCerts",
    section: "ecgrid.md 2.1, 10.3",
    says: "whether withCerts of the comm list includes certificates or filters comms",
    values: ["include", "filter"],
  },
  {
    name: "hashOnRead",
    section: "ecgrid.md 2.2, 10.4",
    says: "spelling of the signature hash on read, a free text",
    values: ["SHA256", "sha2", "sha256RSA"],
  },
  {
    name: "hashOnWrite",
    section: "ecgrid.md 5, 10.4",
    says: "spelling of the signature hash that requests may use",
    values: ["rest", "soap"],
  },
  {
    name: "overlap",
    section: "ecgrid.md 1.4, 10.5",
    says: "what overlapDays does to the old and the new certificate",
    values: ["rest", "soap", "parallel"],
  },
  {
    name: "createSsl",
    section: "ecgrid.md 1.3",
    says: "whether create takes the usage SSL, which its page does not name",
    values: ["400", "accepted"],
  },
  {
    name: "renewAgain",
    section: "ecgrid.md 1.4",
    says: "whether a certificate that was renewed can be renewed once more",
    values: ["accepted", "400"],
  },
  {
    name: "renewExpired",
    section: "ecgrid.md 1.4",
    says: "whether an expired certificate can be renewed",
    values: ["accepted", "400"],
  },
  {
    name: "renewUploaded",
    section: "ecgrid.md 1.4",
    says: "whether an uploaded private certificate can be renewed",
    values: ["400", "accepted"],
  },
  {
    name: "duplicateUpload",
    section: "ecgrid.md 7",
    says: "whether a comm takes the same file twice, as a second certificate",
    values: ["accepted", "refused"],
  },
  {
    name: "terminatedOnRead",
    section: "ecgrid.md 1.5, 10.6",
    says: "whether a terminated certificate is still listed",
    values: ["listed", "hidden"],
  },
  {
    name: "repeatTerminate",
    section: "ecgrid.md 1.5, 10.6",
    says: "the answer to a second terminate",
    values: ["false", "404", "400", "true"],
  },
  {
    name: "terminateUnknown",
    section: "ecgrid.md 1.5, 10.6",
    says: "the answer to terminate for an id that the comm does not have",
    values: ["404", "400", "false"],
  },
  {
    name: "errorBody",
    section: "ecgrid.md 7, 10.7",
    says: "error body A (envelope) or B (problem JSON)",
    values: ["envelope", "problem"],
  },
  {
    name: "failureStatus",
    section: "ecgrid.md 7, 10.7",
    says: "whether a refusal comes with its HTTP status or as success:false under 200",
    values: ["http", "200"],
  },
  {
    name: "envelopeExtras",
    section: "ecgrid.md 7",
    says: "errorCode and message of a success",
    values: ["missing", "null", "present"],
  },
  {
    name: "defaults",
    section: "ecgrid.md 1, 10.8",
    says: "defaults of optional fields that requests leave out",
    values: ["usual", "unusual"],
  },
  {
    name: "rateLimit",
    section: "ecgrid.md 8, 10.9",
    says: "how many requests are answered in a minute; 100 is said of another host",
    values: ["none", "100-per-minute"],
  },
  {
    name: "rateLimitHeader",
    section: "ecgrid.md 8, 10.9",
    says: "form of Retry-After",
    values: ["seconds", "date", "missing"],
  },
  {
    name: "neededAuthLevel",
    section: "ecgrid.md 6, 10.9",
    says: "AuthLevel that the certificate endpoints ask of the key's user",
    values: ["any", "NetworkAdmin"],
  },
  {
    name: "privateMaterial",
    section: "ecgrid.md 2.2, 10.10",
    says: "whether reads carry private material and HTTP credentials",
    values: ["sent", "withheld"],
  },
  { name: "dates", section: "ecgrid.md 4", says: "form of times", values: ["zulu", "no-zone", "seven-digits"] },
  {
    name: "expiresPrecision",
    section: "ecgrid.md 1.3",
    says: "what becomes of the time of day of expires",
    values: ["exact", "day", "ignored"],
  },
  {
    name: "visibility",
    section: "ecgrid.md 8, 10.9",
    says: "whether a new certificate is listed at once",
    values: ["at-once", "second-read"],
  },
  {
    name: "publicCertificate",
    section: "ecgrid.md 1.2, 2.2",
    says: "form of publicCertificate",
    values: ["der-base64", "pem-base64", "absent"],
  },
  {
    name: "otherTenant",
    section: "ecgrid.md 6",
    says: "the answer for a comm of another tenant",
    values: ["404", "403"],
  },
  { name: "commTypeKey", section: "ecgrid.md 2.3", says: "key of the comm's type", values: ["commType", "type"] },
  {
    name: "commFields",
    section: "ecgrid.md 1.6, 2.3",
    says: "whether a comm shows the fields of the REST sample or the whole CommIDInfo as well",
    values: ["sample", "full"],
  },
  {
    name: "privateKeyFilter",
    section: "ecgrid.md 3",
    says: "what privateKeyRequired keeps in the comm list: comms that require a key, or that have one",
    values: ["requires", "has"],
  },
  {
    name: "additions",
    section: "ecgrid.md 5, 10",
    says: "fields and enum values that the vendor may add at any time",
    values: ["none", "present"],
  },
  {
    name: "ccOrderCsr",
    section: "digicert-certcentral.md 4",
    says: "whether order info shows the CSR",
    values: ["present", "missing"],
  },
  {
    name: "ccOrderRequests",
    section: "digicert-certcentral.md 4, 8",
    says: "whether order info shows requests[]",
    values: ["present", "missing"],
  },
  {
    name: "ccOrderValidTill",
    section: "digicert-certcentral.md 4",
    says: "whether order info shows order_valid_till",
    values: ["present", "missing"],
  },
  {
    name: "ccRenewedOrderId",
    section: "digicert-certcentral.md 6",
    says: "whether an order shows the order that renews it",
    values: ["present", "missing"],
  },
  {
    name: "ccIsRenewedAt",
    section: "digicert-certcentral.md 6, 14",
    says: "when an order is flagged as renewed: its renewal placed, or issued",
    values: ["placed", "issued"],
  },
  {
    name: "ccRenewAgain",
    section: "digicert-certcentral.md 1, 6",
    says: "whether an order that is renewed already can be renewed once more",
    values: ["accepted", "refused"],
  },
  {
    name: "ccReissueResponse",
    section: "digicert-certcentral.md 7",
    says: "whether the answer to a reissue that is issued at once shows the certificate",
    values: ["certificate", "request"],
  },
  {
    name: "ccReissueSameCsr",
    section: "digicert-certcentral.md 7",
    says: "whether a reissue takes the CSR of the certificate before",
    values: ["accepted", "refused"],
  },
  {
    name: "ccReissueListRevoked",
    section: "digicert-certcentral.md 7",
    says: "how the list of reissues shows revoked certificates",
    values: ["revoked", "issued", "hidden"],
  },
  {
    name: "ccServerPlatform",
    section: "digicert-certcentral.md 3",
    says: "whether a server platform has to be sent",
    values: ["optional", "required"],
  },
  {
    name: "ccValidityFields",
    section: "digicert-certcentral.md 3",
    says: "spelling of the order's validity in requests",
    values: ["nested", "root"],
  },
  {
    name: "ccCertificateCap",
    section: "digicert-certcentral.md 3.1",
    says: "longest validity of one certificate, days",
    values: ["397", "199"],
  },
  {
    name: "ccCertificateStatus",
    section: "digicert-certcentral.md 4",
    says: "certificate.status of a plain issued certificate",
    values: ["absent", "empty"],
  },
  {
    name: "ccDnsNames",
    section: "digicert-certcentral.md 4",
    says: "how order info shows that there are no further names",
    values: ["list", "blank"],
  },
  {
    name: "ccExpired",
    section: "digicert-certcentral.md 5",
    says: "whether an order that has ended is shown as expired",
    values: ["expired", "issued"],
  },
  {
    name: "ccCancelCase",
    section: "digicert-certcentral.md 12",
    says: "whether the older spelling CANCELED is taken",
    values: ["exact", "any"],
  },
  {
    name: "ccCancelOther",
    section: "digicert-certcentral.md 5",
    says: "what a cancel in any other state answers",
    values: ["error", "204"],
  },
  {
    name: "ccSilentSkip",
    section: "digicert-certcentral.md 8, 14",
    says: "skip_approval with a key that lacks the right",
    values: ["403", "request"],
  },
  {
    name: "ccRevokedRepeat",
    section: "digicert-certcentral.md 8, 14",
    says: "what a revocation of what is revoked answers",
    values: ["error", "204", "201"],
  },
  {
    name: "ccSecondRevoke",
    section: "digicert-certcentral.md 8, 14",
    says: "what a revocation answers while another one waits",
    values: ["another", "error", "same"],
  },
  {
    name: "ccRevoke204",
    section: "digicert-certcentral.md 8, 14",
    says: "whether 204 means done, or only handed over",
    values: ["done", "later"],
  },
  {
    name: "ccRevokeRequestStatus",
    section: "digicert-certcentral.md 8",
    says: "status of a revocation request that waits",
    values: ["pending", "submitted"],
  },
  {
    name: "ccRevokeExpired",
    section: "digicert-certcentral.md 8",
    says: "whether an expired order can be revoked",
    values: ["accepted", "error"],
  },
  {
    name: "ccListedNeedsApproval",
    section: "digicert-certcentral.md 10",
    says: "whether the unfiltered list shows orders that wait for approval",
    values: ["listed", "hidden"],
  },
  {
    name: "ccListLimit",
    section: "digicert-certcentral.md 10, 14",
    says: "largest page of a list",
    values: ["1000", "100"],
  },
  {
    name: "ccStatusChangesEmpty",
    section: "digicert-certcentral.md 10",
    says: "the answer of status-changes when nothing changed",
    values: ["list", "object"],
  },
  {
    name: "ccDownload",
    section: "digicert-certcentral.md 11",
    says: "whether certificates can be downloaded by order, or only by the chain of a certificate",
    values: ["order", "chain"],
  },
  {
    name: "ccErrorsShape",
    section: "digicert-certcentral.md 12",
    says: "errors as an array, or as a single object",
    values: ["array", "object"],
  },
  {
    name: "ccIdTypes",
    section: "digicert-certcentral.md 12",
    says: "ids in the validation status",
    values: ["int", "string"],
  },
  {
    name: "ccFlagTypes",
    section: "digicert-certcentral.md 12",
    says: "flags of order info",
    values: ["number", "boolean"],
  },
  {
    name: "ccRequestStale",
    section: "digicert-certcentral.md 9",
    says: "whether the order in a request is out of date",
    values: ["fresh", "stale"],
  },
  {
    name: "ccRateLimit",
    section: "digicert-certcentral.md 12",
    says: "whether the rate limits are enforced",
    values: ["none", "documented"],
  },
  ...PARTNER_VARIANTS,
  ...APINIZER_ANSWERS,
  ...APINIZER_WRITES,
] as const satisfies readonly Variant[];

export const VARIANTS: readonly ListedVariant[] = table.map((variant) => ({ ...variant, default: variant.values[0] }));

export type VariantSettings = {
  [Name in (typeof table)[number]["name"]]: Extract<(typeof table)[number], { name: Name }>["values"][number];
};

/** Settings with the defaults, to be assigned to at any time: a name or value that the table lacks throws. */
export function variantSettings(chosen: Partial<VariantSettings> = {}): VariantSettings {
  const defaults = Object.fromEntries(VARIANTS.map((variant) => [variant.name, variant.default]));
  const settings = new Proxy(defaults, {
    set(target, name, value) {
      const { name: known } = allowed(String(name), String(value));
      target[known] = String(value);
      return true;
    },
  });
  return Object.assign(settings as unknown as VariantSettings, chosen);
}

/** Sets a switch by name. @throws Error that lists what is allowed. */
export function setVariant(settings: VariantSettings, name: string, value: string): void {
  Object.assign(settings, { [allowed(name, value).name]: value });
}

function allowed(name: string, value: string): Variant {
  const variant = VARIANTS.find((one) => one.name === name);
  if (variant === undefined)
    throw new Error(`There is no variant "${name}". Allowed: ${VARIANTS.map((one) => one.name).join(", ")}.`);
  if (!variant.values.includes(value))
    throw new Error(`${name} cannot be "${value}". Allowed: ${variant.values.join(", ")}.`);
  return variant;
}
