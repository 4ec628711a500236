import { z } from "zod";
import { count, day, dnsName, flag, id, oneOf, text, trigger, whenEndedOutside } from "../../core/fields.js";
import { checkInputs, type Checked, type Problem } from "../../core/inputs.js";
import { renewalWindow } from "../../core/renewalWindow.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import { isOneBlock, isPrivateKey, readCsr } from "./csr.js";

/** Revocation reasons, camelCase (section 8). */
export const REASONS = [
  "unspecified",
  "keyCompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
] as const;

const VALIDITY = "allowed is exactly one of { years }, { days } and { customExpirationDate: YYYY-MM-DD }";
/** A validity, in whichever of the three ways (section 3). */
const validity = z.union(
  [
    z.strictObject({ years: count(1, 100, "years") }),
    z.strictObject({ days: count(1, 36_500, "days") }),
    z.strictObject({ customExpirationDate: day }),
  ],
  { error: VALIDITY },
);
export type Validity = z.output<typeof validity>;

const person = {
  firstName: text(128).optional(),
  lastName: text(128).optional(),
  jobTitle: text(128).optional(),
  telephone: text(64).optional(),
  email: text(255).optional(),
};

/** Inputs of a CertCentral order: the whole table of section 3, then what this resource does with them. None is secret. */
export const orderInputs = z.object({
  /** `product_name_id`, for instance `ssl_basic`. Identity: another product is another order. */
  productNameId: z
    .string({ error: "allowed is a product's name id, for instance ssl_basic" })
    .regex(/^[a-z0-9_]+$/, { error: "allowed is a product's name id, for instance ssl_basic" }),
  /** Printed in labels: without blanks and brackets. */
  commonName: z
    .string({ error: "allowed is a common name of 1 to 255 characters, without blanks, brackets and semicolons" })
    .regex(/^[^\s[\];]{1,255}$/, {
      error: "allowed is a common name of 1 to 255 characters, without blanks, brackets and semicolons",
    }),
  /** Further names. Removing or changing a name revokes every certificate of the order (section 7). */
  dnsNames: z.array(dnsName, { error: "allowed is a list of DNS names" }).default([]),
  /** PEM. A changed one gives a new certificate. Never a private key. */
  csr: z.string({ error: "allowed is a certificate signing request, PEM" }),
  signatureHash: oneOf(["sha256", "sha384", "sha512"]).default("sha256"),
  /** -1 is OTHER (section 3). Always sent: a reissue without it was once refused. */
  serverPlatformId: z
    .number({ error: "allowed is the id of a server platform, or -1 for other" })
    .int({ error: "allowed is the id of a server platform, or -1 for other" })
    .min(-1, { error: "allowed is the id of a server platform, or -1 for other" })
    .default(-1),
  organizationUnits: z.array(text(64), { error: "allowed is a list of texts" }).optional(),
  /** Validity of each certificate, inside that of the order. */
  certValidity: validity.optional(),
  orderValidity: validity,
  caCertId: text(64).optional(),
  profileOption: text(128).optional(),
  organizationId: id("an organization of the account").optional(),
  contacts: z
    .array(
      z.strictObject({
        contactType: oneOf(["organization_contact", "technical_contact"]),
        userId: id("a user of the account").optional(),
        ...person,
      }),
      { error: "allowed is a list of contacts" },
    )
    .optional(),
  /** The older place of a technical contact. */
  technicalContact: z.strictObject(person).optional(),
  dcvMethod: oneOf(["email", "dns-txt-token", "dns-cname-token", "http-token"]).optional(),
  dcvEmails: z
    .array(z.strictObject({ dnsName, emailDomain: text(255).optional(), email: text(255).optional() }), {
      error: "allowed is a list of { dnsName, emailDomain, email }",
    })
    .optional(),
  containerId: id("a division of the account").optional(),
  customFields: z
    .array(z.strictObject({ metadataId: id("a custom field of the account"), value: text(10_000) }), {
      error: "allowed is a list of { metadataId, value }",
    })
    .optional(),
  paymentMethod: oneOf(["balance", "card", "profile", "wire_transfer"]).optional(),
  /** For the approver. */
  comments: text(10_000).optional(),
  skipApproval: flag.default(false),
  autoRenew: flag.optional(),
  autoReissue: flag.optional(),
  customRenewalMessage: text(10_000).optional(),
  disableRenewalNotifications: flag.optional(),
  locale: text(16).optional(),
  disableCt: flag.optional(),

  /** When to ask for a new certificate by the clock. Not together with autoRenew. */
  renewalWindow: renewalWindow.optional(),
  /** Consent to ask for new certificates by the clock with the CSR that the current one has. */
  reuseCsr: flag.default(false),
  trigger: trigger.optional(),
  /** What a plan does about an order, or a certificate in charge, that was revoked outside. */
  whenEndedOutside,
  /** Names whose removal is consented to, although it revokes every earlier certificate of the order. */
  allowRemovedNames: z.array(text(255), { error: "allowed is a list of names" }).optional(),
  /** Minutes that an `up` waits for the certificate; 0 goes on at once with an order that waits. */
  waitMinutes: count(0, 1440, "minutes").default(0),
  /** What removing the resource does to orders that are issued; waiting ones are canceled or rejected. */
  onDelete: oneOf(["revokeOrder", "revokeCertificate", "retain"]).default("revokeOrder"),
  revocationReason: oneOf(REASONS).optional(),
  revocationComments: text(10_000).optional(),
  revocationSkipApproval: flag.default(false),
  /** What a removal does when its revocation waits for an approver: fail, or let the resource go. */
  whenRevocationWaits: oneOf(["fail", "letGo"]).default("fail"),
  /** Ids of revocation requests that were rejected, and after which another one is to be filed. */
  rejectedRevocations: z.array(id("a request"), { error: "allowed is a list of request ids" }).optional(),
  /** Whether a Retirement may revoke earlier certificates of the order that is in charge. */
  retireReissued: flag.default(false),
  /** Id of an existing order to take over, without a call that changes anything. */
  adopt: id("an order of the account").optional(),
  /** Ids of orders that are not this resource's although they look so. */
  orderAnother: z.array(id("an order of the account"), { error: "allowed is a list of order ids" }).optional(),
});

export type OrderInputs = z.output<typeof orderInputs>;

/** Longest validity of an order for public TLS, years (section 3.1). */
const LONGEST_PUBLIC = 3;
const isPublicTls = (product: string): boolean => /^(ssl|wildcard|cloud)_/.test(product);

/** The window in which the clock acts: 30 days before the end, unless DigiCert renews by itself. */
export const windowOf = ({ renewalWindow: window, autoRenew }: Pick<OrderInputs, "renewalWindow" | "autoRenew">) =>
  window ?? (autoRenew === true ? "never" : { days: 30 });

/** Checks inputs and writes the defaults out. Pure. */
export function normalize(raw: Readonly<Record<string, unknown>>): Checked<OrderInputs> {
  // A private key given by mistake must not be repeated in a message.
  const checked = checkInputs(orderInputs, raw, ["csr"]);
  if (!checked.ok) return checked;
  const { inputs } = checked;
  const problems = [...csrProblems(inputs), ...validityProblems(inputs), ...renewalProblems(inputs)];
  const { dcvEmails, dcvMethod } = inputs;
  if (dcvEmails !== undefined && dcvMethod !== "email" && dcvMethod !== UNKNOWN)
    problems.push({
      property: "dcvEmails",
      reason: 'dcvEmails is given: allowed is that together with dcvMethod "email"',
    });
  return problems.length > 0 ? { ok: false, problems } : checked;
}

function csrProblems({ csr }: Planned<OrderInputs>): Problem[] {
  if (csr === UNKNOWN) return [];
  const isRequest = readCsr(csr) !== undefined;
  if (isRequest && isOneBlock(csr)) return [];
  if (isRequest)
    return [
      {
        property: "",
        reason:
          "csr holds something besides a request: allowed is one certificate signing request, PEM, and nothing else",
      },
    ];
  const found = isPrivateKey(csr) ? "holds a private key, which must never leave its machine" : "cannot be read as one";
  return [{ property: "", reason: `csr ${found}: allowed is a certificate signing request, PEM` }];
}

function validityProblems({ orderValidity, certValidity, productNameId }: Planned<OrderInputs>): Problem[] {
  const order = known(orderValidity);
  const certificate = known(certValidity);
  const problems: Problem[] = [];
  if (
    order !== undefined &&
    "years" in order &&
    order.years > LONGEST_PUBLIC &&
    isPublicTls(known(productNameId) ?? "")
  )
    problems.push({
      property: "orderValidity",
      reason: `orderValidity is ${order.years} years: allowed is at most ${LONGEST_PUBLIC} years for public TLS`,
    });
  const [longer, shorter] = [measure(certificate), measure(order)];
  if (longer?.unit === shorter?.unit && longer !== undefined && shorter !== undefined && longer.value > shorter.value)
    problems.push({
      property: "certValidity",
      reason: `certValidity is ${JSON.stringify(certificate)}: allowed is at most orderValidity, ${JSON.stringify(order)}`,
    });
  return problems;
}

/** A validity that can be compared with another in the same unit. */
function measure(given: Validity | undefined): { unit: string; value: number } | undefined {
  if (given === undefined) return undefined;
  if ("years" in given) return { unit: "years", value: given.years };
  if ("days" in given) return { unit: "days", value: given.days };
  return { unit: "date", value: Date.parse(given.customExpirationDate) };
}

function renewalProblems({ autoRenew, renewalWindow: window, paymentMethod }: Planned<OrderInputs>): Problem[] {
  if (autoRenew !== true) return [];
  const problems: Problem[] = [];
  if (window !== undefined && window !== UNKNOWN && window !== "never")
    problems.push({
      property: "renewalWindow",
      reason: `renewalWindow is ${JSON.stringify(window)} and autoRenew is true, so DigiCert and this stack would both renew and both be billed: allowed is one of them`,
    });
  if (paymentMethod === "card")
    problems.push({
      property: "autoRenew",
      reason:
        "autoRenew is true and paymentMethod is card: DigiCert does not renew by itself for card payments. Allowed is another payment method, or a renewalWindow",
    });
  return problems;
}
