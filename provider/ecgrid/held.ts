import { z } from "zod";
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

export type KeptCertificate = Held["current"];
/** `replacedOn` is the UTC day on which another one took its place, `YYYY-MM-DD`. */
export type PreviousCertificate = Held["previous"][number];

export const withoutPem = ({ pem, ...rest }: KeptCertificate): Omit<KeptCertificate, "pem"> => rest;

export function keptComm({ commId, ...rest }: Comm): Held["comm"] {
  return rest;
}

export const keptCertificate = (certificate: Certificate): KeptCertificate => ({ ...certificate });

export const VANISHED = "Vanished";

/** Ended by its status: it cannot be used any more, and nothing brings it back (ecgrid.md 1.5). */
export const hasEnded = ({ status }: Pick<KeptCertificate, "status">): boolean =>
  status === "Terminated" || status === VANISHED;

/** How one has ended, in words. */
export const endedInWords = ({ status }: Pick<KeptCertificate, "status">): string =>
  status === "Terminated" ? "was terminated outside" : "is no longer listed on its comm";

/** End of use: the earlier of the two windows. */
export const validUntil = ({ endUsage, notAfter }: Pick<KeptCertificate, "endUsage" | "notAfter">): Date =>
  new Date(Math.min(new Date(endUsage).getTime(), new Date(notAfter).getTime()));

/** Begin of use: the later of the two windows. */
export const validFrom = ({ beginUsage, notBefore }: Pick<KeptCertificate, "beginUsage" | "notBefore">): Date =>
  new Date(Math.max(new Date(beginUsage).getTime(), new Date(notBefore).getTime()));
