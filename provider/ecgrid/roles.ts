import { hasEnded, validUntil, type Held } from "./held.js";
import type { Certificate } from "./wire.js";

/** What a usage covers: `EncryptionAndSignature` is both. */
function roles(usage: string): readonly string[] {
  return usage === "EncryptionAndSignature" ? ["Encryption", "Signature"] : [usage];
}

/** Active by status and inside both of its ends; a future begin counts, it was made to take over. */
export function isActive(certificate: Pick<Certificate, "status" | "endUsage" | "notAfter">, now: Date): boolean {
  return (
    !hasEnded(certificate) &&
    certificate.status === "Active" &&
    new Date(certificate.endUsage) > now &&
    new Date(certificate.notAfter) > now
  );
}

/** Whether a state holds a certificate that has not ended: its comm is not empty. */
export const holdsLive = ({ current, previous }: Pick<Held, "current" | "previous">, now: Date): boolean =>
  [current, ...previous].some((one) => !hasEnded(one) && validUntil(one) > now);

/** Usable from now on: active and already begun. */
export const inUse = (certificate: Certificate, now: Date): boolean =>
  isActive(certificate, now) && new Date(certificate.beginUsage) <= now && new Date(certificate.notBefore) <= now;

/** Roles of `ending` that none of `others` covers. Own keys and partners' public certificates never stand in for each other. */
export function uncovered(ending: Certificate, others: readonly Certificate[]): readonly string[] {
  const covered = new Set(
    others.filter((other) => other.hasPrivateKey === ending.hasPrivateKey).flatMap((other) => roles(other.usage)),
  );
  return roles(ending.usage).filter((role) => !covered.has(role));
}
