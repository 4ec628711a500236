import { z } from "zod";
import { parseTime } from "../core/clock.js";
import { checkInputs, type Checked, type Problem } from "../core/inputs.js";
import { UNKNOWN } from "../core/unknown.js";

/** Hash names as the REST pages spell them (ecgrid.md 5, which notes that the WSDL spells them otherwise). */
export const HASHES = ["SHA1", "SHA256", "SHA384", "SHA512"] as const;
/** What the create page names; `SSL` is not among them (ecgrid.md 1.3). */
export const USAGES = ["Encryption", "Signature", "EncryptionAndSignature"] as const;

/** Ids are 32-bit positive integers (ecgrid.md 3). */
const id = (what: string, allowed = `allowed is a whole number from 1 to 2147483647 (${what})`) =>
  z
    .number({ error: allowed })
    .int({ error: allowed })
    .min(1, { error: allowed })
    .max(2_147_483_647, { error: allowed });

const count = (least: number, most: number, unit: string) => {
  const error = `allowed is a whole number of ${unit} from ${least} to ${most}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
/** 16-bit in the older interface: a hard ceiling (ecgrid.md 1.4). */
const MOST_DAYS = 32_767;
/** The interface has 16 bits here, too, but an X.509 validity ends with the year 9999 (RFC 5280 section 4.1.2.5). */
const MOST_YEARS = 7000;

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `allowed is ${values.join(", ")}` });
const flag = z.boolean({ error: "allowed is true or false" });
const moment = (error: string) => z.string({ error }).refine((text) => parseTime(text) !== undefined, { error });
const isoTime = moment("allowed is an ISO 8601 date-time, UTC when it has no zone, for instance 2026-05-07T00:00:00Z");

const WINDOW =
  'allowed is { days: whole days before the expiry }, { share: remaining share of the lifetime, between 0 and 1 } or "never"';
const renewalWindow = z.union(
  [
    z.strictObject({
      days: z.number({ error: WINDOW }).int({ error: WINDOW }).min(0, { error: WINDOW }).max(36_500, { error: WINDOW }),
    }),
    z.strictObject({ share: z.number({ error: WINDOW }).gt(0, { error: WINDOW }).lt(1, { error: WINDOW }) }),
    z.literal("never"),
  ],
  { error: WINDOW },
);

/** SHA-1 of the DER form, hex; colons, spaces and small letters are taken. */
const thumbprint = z
  .string({ error: "allowed is the SHA-1 thumbprint of the successor: 40 hex digits" })
  .transform((text) => text.replace(/[\s:]/g, "").toUpperCase())
  .refine((text) => /^[0-9A-F]{40}$/.test(text), {
    error: "allowed is the SHA-1 thumbprint of the successor: 40 hex digits",
  });

/** Inputs of an ECGrid certificate that the platform generates. None is secret. */
export const certificateInputs = z.object({
  /** The comm that carries the certificate. Identity: another comm means another certificate. */
  commId: id("an existing comm"),
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
  partnerAs2Id: z
    .string({ error: "allowed is a text of 1 to 128 characters" })
    .min(1, { error: "allowed is a text of 1 to 128 characters" })
    .max(128, { error: "allowed is a text of 1 to 128 characters" })
    .optional(),
  /** Lifetime of the certificate and of each renewal, years. */
  years: count(1, MOST_YEARS, "years").default(2),
  /** Days that the old certificate stays valid beside a renewed one. 0 ends the old one at once. Required. */
  overlapDays: count(0, MOST_DAYS, "days"),
  /** When to renew by the clock: UTC days before the expiry, or remaining share of the lifetime. */
  renewalWindow: renewalWindow.default({ days: 30 }),
  /** Any change of this text renews (or, when the certificate was ended outside, makes a new one). */
  trigger: z.string({ error: "allowed is a text; any change of it renews" }).optional(),
  /** What removing the resource does to its certificates. */
  onDelete: oneOf(["terminate", "retain"]).default("terminate"),
  /** Thumbprint of the successor that the partner has accepted; a termination is refused while it names no active one. */
  partnerAccepted: thumbprint.optional(),
  /** Consent to a termination that leaves the comm without an active certificate of the same role. */
  allowLastTermination: flag.optional(),
  /** certKeyId of an existing certificate of the comm to take over, without any remote call. */
  adopt: id("a certificate of the comm").optional(),
  /** certKeyIds on the comm that are not this resource's, although they look as if they were. */
  createAnother: z.array(id("a certificate of the comm"), { error: "allowed is a list of certKeyIds" }).optional(),
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
  if (before?.commId === inputs.commId) {
    for (const field of FIXED) {
      const now = inputs[field];
      if (now !== UNKNOWN && before[field] !== UNKNOWN && before[field] !== now) {
        problems.push({
          property: field,
          reason:
            `${field} was ${JSON.stringify(before[field] ?? null)} and is ${JSON.stringify(now ?? null)}: it is fixed for the life of a certificate, ` +
            "ECGrid has no call that changes it. Allowed: the old value, or a second resource with the new one, after which this one can be removed",
        });
      }
    }
  }
  return problems.length > 0 ? { ok: false, problems } : checked;
}
