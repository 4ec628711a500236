import { z } from "zod";
import { flag, id, oneOf, whenEndedOutside } from "../core/fields.js";

/** Fields that the inputs of several kinds share, with what is allowed in words. */

/** Hash names as the REST pages spell them (ecgrid.md 5, which notes that the WSDL spells them otherwise). */
export const HASHES = ["SHA1", "SHA256", "SHA384", "SHA512"] as const;
export type Hash = (typeof HASHES)[number];
/** The hash that an answer means, which spells it freely (ecgrid.md 2.2, 5); undefined where it does not say which: `sha2`. */
export function hashMeant(word: string | undefined): Hash | undefined {
  const bits = /sha-?(1|256|384|512)(?!\d)/i.exec(word ?? "")?.[1];
  return HASHES.find((hash) => hash === `SHA${bits ?? ""}`);
}
/** What the create page names; `SSL` is not among them (ecgrid.md 1.3). */
export const USAGES = ["Encryption", "Signature", "EncryptionAndSignature"] as const;

/** 16-bit in the older interface: a hard ceiling (ecgrid.md 1.4). */
export const MOST_DAYS = 32_767;
/** The interface has 16 bits here, too, but an X.509 validity ends with the year 9999 (RFC 5280 section 4.1.2.5). */
export const MOST_YEARS = 7000;

/** SHA-1 of the DER form, hex; colons, spaces and small letters are taken. */
export const thumbprint = z
  .string({ error: "allowed is the SHA-1 thumbprint of the successor: 40 hex digits" })
  .transform((text) => text.replace(/[\s:]/g, "").toUpperCase())
  .refine((text) => /^[0-9A-F]{40}$/.test(text), {
    error: "allowed is the SHA-1 thumbprint of the successor: 40 hex digits",
  });

/** What all certificate resources of a comm are told. */
export const commonShape = {
  /** The comm that carries the certificate. Identity: another comm means another certificate. */
  commId: id("an existing comm"),
  /** What removing the resource does to its certificates. */
  onDelete: oneOf(["terminate", "retain"]).default("terminate"),
  whenEndedOutside,
  /** Consent to a termination that leaves the comm without an active certificate of the same role. */
  allowLastTermination: flag.optional(),
  /** certKeyId of an existing certificate of the comm to take over, without any remote call. */
  adopt: id("a certificate of the comm").optional(),
  /** certKeyIds on the comm that are not this resource's, although they look as if they were. */
  createAnother: z.array(id("a certificate of the comm"), { error: "allowed is a list of certKeyIds" }).optional(),
};

/** Thumbprint of the successor that the partner has accepted; a termination is refused while it names no active one. */
export const partnerAccepted = thumbprint.optional();

/** Why an input cannot change: ends the sentence of `fixedProblems`. */
export const FIXED_FOR_LIFE =
  "it is fixed for the life of a certificate, ECGrid has no call that changes it. Allowed: the old value, or a second resource with the new one, after which this one can be removed";

/** What these settings are used for, in the words of a preview. */
export const AT_THE_END = {
  whenEndedOutside: "decides what a termination outside leads to",
  onDelete: "used when the resource is removed",
  partnerAccepted: "used when a certificate is ended",
  allowLastTermination: "used when a certificate is ended",
};
