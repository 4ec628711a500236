import { z } from "zod";
import { parseTime } from "../../core/clock.js";
import { checkInputs, fixedProblems, type Checked, type Problem } from "../../core/inputs.js";
import { UNKNOWN } from "../../core/unknown.js";
import { count, flag, isoTime, moment, oneOf, text } from "../../core/fields.js";
import { renewalWindow } from "../../core/renewalWindow.js";
import { commonShape, FIXED_FOR_LIFE, HASHES, MOST_DAYS, MOST_YEARS, partnerAccepted, USAGES } from "../fields.js";

/** Inputs of an ECGrid certificate that the platform generates. None is secret. */
export const certificateInputs = z.object({
  ...commonShape,
  /** Role of the certificate; fixed for its life. */
  usage: oneOf(USAGES).default("EncryptionAndSignature"),
  /** Signature hash. Changing it renews. `SHA1` needs `allowSha1`. */
  secureHashAlgorithm: oneOf(HASHES).default("SHA256"),
  allowSha1: flag.optional(),
  /** When ECGrid begins to use the first certificate: ISO 8601, UTC. */
  beginUsage: isoTime.optional(),
  /**
   * End of the first certificate, ISO 8601, UTC; `years` after creation by default. A date without a time gets a time of
   * day that marks the certificate as this resource's own (see `creationMark`).
   */
  expires: moment(
    "allowed is an ISO 8601 date or date-time, for instance 2028-05-07 or 2028-05-07T00:00:00Z",
  ).optional(),
  /** The partner's AS2 id that is placed in the certificate; fixed for its life. */
  partnerAs2Id: text(128).optional(),
  /** Lifetime of the certificate and of each renewal, years. */
  years: count(1, MOST_YEARS, "years").default(2),
  /** Days that the old certificate stays valid beside a renewed one. 0 ends the old one at once. Required. */
  overlapDays: count(0, MOST_DAYS, "days"),
  /** When to renew by the clock: UTC days before the expiry, or remaining share of the lifetime. */
  renewalWindow: renewalWindow.default({ days: 30 }),
  /** Any change of this text renews (or, when the certificate was ended outside, makes a new one). */
  trigger: z.string({ error: "allowed is a text; any change of it renews" }).optional(),
  partnerAccepted,
});

export type CertificateInputs = z.output<typeof certificateInputs>;

/** Fixed for the life of a certificate: the API cannot change them, and renew has no such fields (ecgrid.md 1.4). */
const FIXED = ["usage", "partnerAs2Id"] as const;

/** Checks inputs, against the old ones too, and writes the defaults out. Pure. */
export function normalize(
  raw: Readonly<Record<string, unknown>>,
  before?: Readonly<Record<string, unknown>>,
): Checked<CertificateInputs> {
  const checked = checkInputs(certificateInputs, raw);
  if (!checked.ok) return checked;
  const { inputs } = checked;
  const problems: Problem[] = [];
  if (inputs.secureHashAlgorithm === "SHA1" && inputs.allowSha1 !== true && inputs.allowSha1 !== UNKNOWN) {
    problems.push({
      property: "secureHashAlgorithm",
      reason:
        'secureHashAlgorithm is "SHA1", which is broken: allowed is SHA256, SHA384, SHA512, or SHA1 together with allowSha1: true',
    });
  }
  if (typeof inputs.beginUsage === "string" && typeof inputs.expires === "string") {
    const begin = parseTime(inputs.beginUsage);
    const end = parseTime(inputs.expires);
    if (begin !== undefined && end !== undefined && end <= begin) {
      problems.push({
        property: "expires",
        reason: `expires is ${inputs.expires}: allowed is a time after beginUsage (${inputs.beginUsage})`,
      });
    }
  }
  if (before?.commId === inputs.commId) problems.push(...fixedProblems(FIXED, inputs, before, FIXED_FOR_LIFE));
  return problems.length > 0 ? { ok: false, problems } : checked;
}
