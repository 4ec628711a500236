import { z } from "zod";
import { echo } from "../../core/echo.js";
import { orderInputs, type OrderInputs } from "./inputs.js";

const text = z.string().optional();

/** A certificate as it is kept. Nothing in it is secret. Days are `YYYY-MM-DD`, times ISO 8601, UTC; hex is upper case. */
const certificate = z.object({
  orderId: z.number().int(),
  certificateId: z.number().int(),
  /** `issued`, `revoked`, or DigiCert's word. */
  status: z.string(),
  serialNumber: text,
  /** SHA-1. */
  thumbprint: text,
  commonName: z.string(),
  dnsNames: z.array(z.string()),
  signatureHash: text,
  validFrom: text,
  validTill: text,
  /** SHA-256 of the CSR that it was made for, hex, where DigiCert shows it. */
  csrDigest: text,
  /** SHA-256 of its public key (SubjectPublicKeyInfo), hex. */
  keyDigest: text,
  /** The certificate. */
  pem: text,
  /** The certificate and its intermediates, leaf first, without the root: what servers present. */
  chainPem: text,
});
export type KeptCertificate = z.output<typeof certificate>;

const previous = certificate.omit({ pem: true, chainPem: true }).extend({
  /** UTC day on which another one took its place. */
  replacedOn: z.string(),
  by: z.enum(["reissue", "renewal", "order"]),
  /** When DigiCert revokes it at the latest, because a reissue has removed or changed a name (section 7). */
  revokedBy: text,
});
export type PreviousCertificate = z.output<typeof previous>;

const request = z.object({
  id: z.number().int(),
  type: z.string(),
  status: z.string(),
  date: text,
  requester: text,
});
export type KeptRequest = z.output<typeof request>;

const order = z.object({
  id: z.number().int(),
  /** DigiCert's word (section 5). */
  status: z.string(),
  dateCreated: text,
  /** End of the order, where DigiCert shows it. */
  validTill: text,
  isRenewed: z.boolean(),
  /** Whether DigiCert renews it by itself. */
  autoRenew: z.boolean().optional(),
  hasDuplicates: z.boolean(),
});
export type KeptOrder = z.output<typeof order>;

const next = z.object({
  kind: z.enum(["reissue", "renewal", "order"]),
  orderId: z.number().int(),
  status: z.string(),
  requestId: z.number().int().optional(),
});

const lost = z.object({
  operation: z.enum(["place", "renew", "reissue"]),
  /** Orders for the common name, and requests of the order, that were there before the call. */
  before: z.array(z.number().int()),
  trigger: text,
});

const listed = z.object({
  certificateId: z.number().int(),
  serialNumber: text,
  status: z.string(),
  validTill: text,
});

/** State of an order: the inputs that made it, what is there, and what is still open. Version 1. */
export const orderState = z.object({
  ...orderInputs.shape,
  /** The order in charge. */
  order,
  /** The certificate in charge; missing until the first one is issued. Stays until the next one is issued. */
  current: certificate.optional(),
  /** What was asked for and waits: a reissue of the order, or the order that takes its place. */
  next: next.optional(),
  /** A call whose answer was lost. */
  lost: lost.optional(),
  /** Requests of the order in charge and of the next one, as far as they are shown. */
  requests: z.array(request),
  /** What has to be published while names wait for their validation. Not secret. */
  validation: z
    .object({
      randomValue: text,
      domains: z.array(z.object({ name: z.string(), method: text, status: text, token: text, expires: text })),
    })
    .optional(),
  /** Older certificates that this resource had in charge, newest first. */
  previous: z.array(previous),
  /** Reissues and duplicates of the order in charge, as DigiCert lists them. */
  reissues: z.array(listed),
  duplicates: z.array(listed),
  /** Orders that look like a renewal of the one in charge and that this state knows nothing of. */
  found: z.array(z.object({ orderId: z.number().int(), linked: z.boolean() })),
});

export type OrderState = z.output<typeof orderState>;

export const { inputsOf, withInputs } = echo<OrderInputs, OrderState>(orderInputs);

/** In words: which certificate, until when. */
export const nameOf = ({
  certificateId,
  serialNumber,
  validTill,
}: Pick<KeptCertificate, "certificateId" | "serialNumber" | "validTill">): string =>
  `certificate ${certificateId}, serial ${serialNumber ?? "not shown"}, valid till ${validTill ?? "a day that is not shown"}`;

/** Orders that a state holds: in charge, next and previous. */
export const ordersOf = ({ order: { id }, next: waiting, previous: older }: OrderState): number[] => [
  ...new Set([id, ...(waiting === undefined ? [] : [waiting.orderId]), ...older.map(({ orderId }) => orderId)]),
];

/** Every certificate that a state keeps. */
export const certificatesIn = ({
  current,
  previous,
}: OrderState): Pick<KeptCertificate, "commonName" | "dnsNames">[] => [
  ...(current === undefined ? [] : [current]),
  ...previous,
];

/**
 * Certificates of the order in charge that are still good, in words: the current one first, then earlier ones, then reissues
 * and duplicates that others had it issue.
 */
export function certificatesOf({ order: { id }, current, previous, reissues, duplicates }: OrderState): string[] {
  const held = [...(current?.orderId === id ? [current] : []), ...previous.filter(({ orderId }) => orderId === id)];
  const ids = new Set(held.map(({ certificateId }) => certificateId));
  const listed = (all: OrderState["reissues"], kind: string): string[] =>
    all
      .filter(({ certificateId, status }) => !ids.has(certificateId) && status === "issued")
      .map((one) => `${kind} ${nameOf(one)}`);
  return [
    ...held.filter(({ status }) => status !== "revoked").map(nameOf),
    ...listed(reissues, "reissued"),
    ...listed(duplicates, "duplicate"),
  ];
}
