import { z } from "zod";
import { certificateInputs, type CertificateInputs } from "./inputs.js";
import type { Certificate, Comm } from "./wire.js";

const text = z.string().optional();

/** A certificate as it is kept. Nothing in it is secret. */
const kept = z.object({
  certKeyId: z.number().int(),
  usage: z.string(),
  /** The service's word, or `Vanished` when the comm is readable and no longer lists it. */
  status: z.string(),
  hasPrivateKey: z.boolean(),
  secureHashAlgorithm: text,
  serialNumber: text,
  thumbprint: text,
  subject: text,
  issuer: text,
  partnerId: text,
  partnerUrl: text,
  type: z.string(),
  keyId: text,
  userId: text,
  publicDigest: text,
  beginUsage: z.string(),
  endUsage: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  pem: text,
});

/** A renewal that was sent and whose certificate was not found yet. */
const pendingRenewal = z.object({
  certKeyId: z.number().int(),
  /** `done`: the service said yes. `unknown`: no trustworthy answer came. */
  outcome: z.enum(["done", "unknown"]),
  /** certKeyIds on the comm before the call. */
  before: z.array(z.number().int()),
  /** The trigger that was asked for, when there was one. */
  trigger: text,
});

/** What every certificate resource of a comm keeps besides its inputs. No output depends on the clock. */
export const heldShape = {
  /** The comm's fields of the answer. */
  comm: z.object({
    networkId: z.number().optional(),
    mailboxId: z.number().optional(),
    commType: text,
    identifier: text,
    status: text,
    useType: text,
    privateKeyRequired: z.boolean().optional(),
    withCerts: z.boolean().optional(),
  }),
  /** The certificate in charge. */
  current: kept,
  /** Older ones that this resource made and that are not known to have ended before the last change, newest first. */
  previous: z.array(kept.omit({ pem: true }).extend({ replacedOn: z.string() })),
};

/** A certificate resource of a comm, as far as its end and its succession need to know it. */
export interface Held {
  readonly commId: number;
  readonly comm: z.output<(typeof heldShape)["comm"]>;
  readonly current: z.output<typeof kept>;
  readonly previous: z.output<(typeof heldShape)["previous"]>;
  readonly onDelete: "terminate" | "retain";
  readonly partnerAccepted?: string | undefined;
  readonly allowLastTermination?: boolean | undefined;
}

/**
 * State of a generated certificate: the inputs that made it, what is there, and what is still open. Version 1; see
 * DESIGN.md "State".
 */
export const certificateState = z.object({
  ...certificateInputs.shape,
  ...heldShape,
  /**
   * Certificates that appeared on the comm and look like a renewal of `current` that this state knows nothing of.
   * `linked`: the windows of the two fit together, so it is one and not only looks like one.
   */
  found: z.array(z.object({ certKeyId: z.number().int(), linked: z.boolean() })),
  pendingRenewal: pendingRenewal.optional(),
  /** All certKeyIds on the comm at the last change: what is not among them is new. */
  __seen: z.array(z.number().int()),
});

export type CertificateState = z.output<typeof certificateState>;
export type KeptCertificate = CertificateState["current"];
/** `replacedOn` is the UTC day on which another one took its place, `YYYY-MM-DD`. */
export type PreviousCertificate = CertificateState["previous"][number];

export const withoutPem = ({ pem, ...rest }: KeptCertificate): Omit<KeptCertificate, "pem"> => rest;

export function keptComm({ commId, ...rest }: Comm): CertificateState["comm"] {
  return rest;
}

export const keptCertificate = (certificate: Certificate): KeptCertificate => ({ ...certificate });

/** The inputs that a state echoes. */
export function inputsOf(state: CertificateState): CertificateInputs {
  const inputs = certificateInputs
    .keyof()
    .options.flatMap((key) => (state[key] === undefined ? [] : [[key, state[key]] as const]));
  return Object.fromEntries(inputs) as unknown as CertificateInputs;
}

export const VANISHED = "Vanished";

/** Ended by its status: it cannot be used any more, and nothing brings it back (ecgrid.md 1.5). */
export const hasEnded = ({ status }: Pick<KeptCertificate, "status">): boolean =>
  status === "Terminated" || status === VANISHED;

/** End of use: the earlier of the two windows. */
export const validUntil = ({ endUsage, notAfter }: Pick<KeptCertificate, "endUsage" | "notAfter">): Date =>
  new Date(Math.min(new Date(endUsage).getTime(), new Date(notAfter).getTime()));
