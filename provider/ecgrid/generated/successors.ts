import type { CertificateInputs } from "./inputs.js";
import { appeared } from "../comparing.js";
import { holding } from "../scope.js";
import { isActive } from "../roles.js";
import type { CertificateState } from "./state.js";
import type { KeptCertificate } from "../held.js";
import type { Certificate } from "../wire.js";

/** What a renewal can have made, and what a creation must have made. */

/**
 * Whether a new certificate can be the result of a renewal of `old` (ecgrid.md 2.4 step 4). Its end says nothing: fewer
 * `years` than before are allowed.
 */
export function couldSucceed(candidate: Certificate, old: KeptCertificate, now: Date): boolean {
  return (
    candidate.hasPrivateKey &&
    candidate.type === "X509" &&
    candidate.usage === old.usage &&
    isActive(candidate, now) &&
    candidate.notBefore >= old.notBefore &&
    (candidate.thumbprint === undefined || candidate.thumbprint !== old.thumbprint)
  );
}

/**
 * Certificates that a resource does not hold, that came after its last change, and that could be a renewal of its
 * current one. `linked`: the service has moved the windows of the two against each other, under either reading of
 * `overlapDays` (ecgrid.md 1.4), so it is no mere likeness.
 */
export function successors(
  state: CertificateState,
  certificates: readonly Certificate[],
  heldByOthers: ReadonlySet<string>,
  now: Date,
): CertificateState["found"] {
  const { current, previous } = state;
  const ours = new Set([current.certKeyId, ...previous.map(({ certKeyId }) => certKeyId), ...state.__seen]);
  const dismissed = new Set(state.createAnother ?? []);
  const old = certificates.find(({ certKeyId }) => certKeyId === current.certKeyId);
  return appeared(certificates, ours)
    .filter(
      (candidate) =>
        !dismissed.has(candidate.certKeyId) && !heldByOthers.has(holding(state.commId, candidate.certKeyId)),
    )
    .filter((candidate) => couldSucceed(candidate, current, now))
    .map((candidate) => ({
      certKeyId: candidate.certKeyId,
      // Once seen, a link stays: a refresh takes over the windows by whose change it was seen.
      linked:
        state.found.some(({ certKeyId, linked }) => linked && certKeyId === candidate.certKeyId) ||
        (old !== undefined && isLinked(candidate, old, current)),
    }));
}

function isLinked(candidate: Certificate, old: Certificate, known: KeptCertificate): boolean {
  // "Days the old one stays valid beside the new one": the old one's use was cut short since it was last seen.
  const cutShort = old.endUsage < known.endUsage && candidate.beginUsage <= old.endUsage;
  // "Days before the old one's expiry": the new one's use begins whole days before that very moment.
  const timeOfDay = (text: string): string => text.slice(11);
  const begins =
    candidate.beginUsage > candidate.notBefore &&
    candidate.beginUsage <= old.notAfter &&
    timeOfDay(candidate.beginUsage) === timeOfDay(old.notAfter);
  return cutShort || begins;
}

/** Whether a new certificate is what was asked for: role and private key. */
export function isAsAsked(candidate: Certificate, asked: Pick<CertificateInputs, "usage">): string | undefined {
  if (!candidate.hasPrivateKey) return "it has no private key";
  if (candidate.usage !== asked.usage) return `its usage is ${candidate.usage}, not ${asked.usage}`;
  return undefined;
}
