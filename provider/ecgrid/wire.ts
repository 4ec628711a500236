import { createHash, X509Certificate } from "node:crypto";
import { z } from "zod";
import type { Outcome } from "../core/fault.js";
import type { Answer } from "../core/perform.js";
import { integer, LONGEST_WORD, missing, optionalText, parseJson, time } from "../http/answerFields.js";

/**
 * What ECGrid sends, read tolerantly: unknown fields are dropped (private material among them: `rootInfo`,
 * `httpAuthentication`), key casing does not matter (ecgrid.md 2.2), dates without a zone are UTC (ecgrid.md 4), and a
 * missing field that is always there by the documentation is named.
 */

/** One certificate of a comm (ecgrid.md 2.2), normalized. Holds nothing secret. */
export interface Certificate {
  readonly certKeyId: number;
  /** `Encryption`, `Signature`, `EncryptionAndSignature`, `SSL`, or what the vendor adds. */
  readonly usage: string;
  /** `Active`, `Terminated`, ... (ecgrid.md 5). */
  readonly status: string;
  readonly hasPrivateKey: boolean;
  /** The service's word for the signature hash; spelled in several ways. */
  readonly secureHashAlgorithm?: string | undefined;
  /** Hex, upper case, no separators. */
  readonly serialNumber?: string | undefined;
  /** SHA-1 of the DER form: hex, upper case, no separators. */
  readonly thumbprint?: string | undefined;
  readonly subject?: string | undefined;
  readonly issuer?: string | undefined;
  /** The partner's AS2 id that the certificate was made for, or whose certificate it is. */
  readonly partnerId?: string | undefined;
  /** The partner's AS2 address, of a partner's certificate. */
  readonly partnerUrl?: string | undefined;
  /** `X509`, `PGP`, `SSH`, or what the vendor adds; a service that leaves it out manages X.509. */
  readonly type: string;
  /** Free labels that an upload was given. */
  readonly keyId?: string | undefined;
  readonly userId?: string | undefined;
  /** When ECGrid uses it: ISO 8601, UTC, whole seconds. */
  readonly beginUsage: string;
  readonly endUsage: string;
  /** X.509 validity: ISO 8601, UTC, whole seconds. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** The public certificate, PEM. */
  readonly pem?: string | undefined;
  /** SHA-256 of a public key that is not X.509, as it is listed: hex. */
  readonly publicDigest?: string | undefined;
}

/** The comm as far as it is kept (ecgrid.md 1.6, 2.3). */
export interface Comm {
  readonly commId: number;
  readonly networkId?: number;
  readonly mailboxId?: number;
  readonly commType?: string;
  readonly identifier?: string;
  readonly status?: string;
  readonly useType?: string;
  readonly privateKeyRequired?: boolean;
  readonly withCerts?: boolean;
}

/** Gives keys the spelling of the schema, whatever their casing: `CertKeyID`, `certKeyID` and `certKeyId` are one. */
function anyCase<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  alsoKnownAs: Readonly<Record<string, string>> = {},
) {
  const spelling = new Map(Object.keys(schema.shape).map((key) => [key.toLowerCase(), key]));
  for (const [other, key] of Object.entries(alsoKnownAs)) spelling.set(other.toLowerCase(), key);
  return z.preprocess((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const spelled: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      const name = spelling.get(key.toLowerCase());
      if (name !== undefined && (spelled[name] === undefined || spelled[name] === null)) spelled[name] = item;
    }
    return spelled;
  }, schema);
}

const certificateSchema = anyCase(
  z.object({
    certKeyId: integer("certKeyId"),
    usage: z.string(missing("usage")),
    status: z.string(missing("status")),
    hasPrivateKey: z.boolean(missing("hasPrivateKey")),
    secureHashAlgorithm: optionalText,
    serialNumber: optionalText,
    thumbprint: optionalText,
    subject: optionalText,
    issuer: optionalText,
    partnerId: optionalText,
    partnerUrl: optionalText,
    type: z.string().min(1).catch("X509"),
    keyId: optionalText,
    userId: optionalText,
    publicCertificate: optionalText,
    beginUsage: time("beginUsage"),
    endUsage: time("endUsage"),
    notBefore: time("notBefore"),
    notAfter: time("notAfter"),
  }),
  { partnerAs2Id: "partnerId" },
).transform(({ publicCertificate, serialNumber, thumbprint, ...rest }): Certificate => {
  const x509 = publicCertificate == null ? undefined : readX509(publicCertificate);
  const pairs = {
    ...rest,
    serialNumber: hex(serialNumber ?? x509?.serialNumber),
    thumbprint: hex(thumbprint ?? x509?.fingerprint),
    pem: x509?.toString(),
    publicDigest:
      publicCertificate == null || x509 !== undefined ? undefined : sha256(Buffer.from(publicCertificate, "base64")),
  };
  return Object.fromEntries(Object.entries(pairs).filter(([, value]) => value != null)) as unknown as Certificate;
});

const commSchema = anyCase(
  z.object({
    commId: integer("commId"),
    networkId: z.number().nullish().catch(undefined),
    mailboxId: z.number().nullish().catch(undefined),
    commType: optionalText,
    identifier: optionalText,
    status: optionalText,
    useType: optionalText,
    privateKeyRequired: z.boolean().nullish().catch(undefined),
    withCerts: z.boolean().nullish().catch(undefined),
    certificates: z.array(certificateSchema).nullish(),
    certKeyId: z.number().int().nullish().catch(undefined),
  }),
  { type: "commType" },
);

export interface CommAnswer {
  readonly comm: Comm;
  /** Undefined when the answer has no array of certificates; that proves nothing. */
  readonly certificates: readonly Certificate[] | undefined;
  /** `data.certKeyId`, which some sources show in answers of create and renew (ecgrid.md 2.4). */
  readonly certKeyId: number | undefined;
}

/** Reads a CommIDInfo. @returns the problem in words when a field that must be there is not. */
export function readCommAnswer(data: unknown): CommAnswer | string {
  const result = commSchema.safeParse(data);
  if (!result.success) {
    const issue = result.error.issues[0];
    return `the answer is not a CommIDInfo: ${issue === undefined ? "unreadable" : `${issue.path.join(".")}: ${issue.message}`}`;
  }
  const { certificates, certKeyId, ...comm } = result.data;
  return {
    comm: Object.fromEntries(Object.entries(comm).filter(([, value]) => value != null)) as unknown as Comm,
    certificates: certificates ?? undefined,
    certKeyId: certKeyId ?? undefined,
  };
}

const namedSchema = anyCase(z.object({ commId: integer("commId") }));

/** Which comm a CommIDInfo is of, whatever else can be read of it. */
export const commIdOf = (data: unknown): number | undefined => namedSchema.safeParse(data).data?.commId;

/** Base64 of DER, or of PEM: which of the two is not documented (ecgrid.md 1.2). */
function readX509(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, "base64"));
  } catch {
    // Not X.509: a PGP or SSH key (ecgrid.md 5). It has no PEM certificate to give to a partner.
    return undefined;
  }
}

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const hex = (text: string | undefined): string | undefined => text?.replace(/[^0-9a-f]/gi, "").toUpperCase();

/** What an HTTP answer says. `cameBack` is for people and holds no more of the body than the vendor's error fields. */
export type Reply =
  | { readonly outcome: "done"; readonly data: unknown; readonly traceId: string }
  | {
      readonly outcome: Exclude<Outcome, "done">;
      readonly cameBack: string;
      readonly traceId: string;
      readonly status?: number;
      readonly errorCode?: string;
    };

const envelopeSchema = anyCase(
  z.object({
    success: z.boolean().nullish().catch(undefined),
    data: z.unknown().optional(),
    errorCode: optionalText,
    message: optionalText,
    title: optionalText,
    detail: optionalText,
    traceId: optionalText,
  }),
);

/**
 * Reads the envelope (ecgrid.md 7): error bodies A and B, `success:false` under 200, HTML and empty bodies. Only
 * HTTP 2xx together with `success: true` is a yes.
 */
export function readReply(answer: Answer): Reply {
  const { status } = answer;
  const json = parseJson(answer.body);
  const parsed = envelopeSchema.safeParse(json);
  const envelope = parsed.success && typeof json === "object" && json !== null ? parsed.data : undefined;
  const traceId = envelope?.traceId?.slice(0, LONGEST_WORD) ?? answer.traceId;
  if (status >= 200 && status < 300 && envelope?.success === true)
    return { outcome: "done", data: envelope.data, traceId };

  const words = [envelope?.errorCode, envelope?.message, envelope?.title, envelope?.detail]
    .filter((word): word is string => typeof word === "string")
    .map((word) => word.slice(0, LONGEST_WORD));
  const body =
    words.length > 0
      ? words.join(": ")
      : answer.body.trim() === ""
        ? "an empty body"
        : envelope !== undefined
          ? "a body without an error text"
          : `a body that is not JSON (${answer.contentType || "no content type"})`;
  const failed = {
    cameBack: `HTTP ${status}, ${body}`,
    traceId,
    status,
    ...(envelope?.errorCode == null ? {} : { errorCode: envelope.errorCode }),
  };
  if (status === 429) return { ...failed, outcome: "not executed" };
  if (status >= 300 && status < 400) {
    return {
      ...failed,
      cameBack: `HTTP ${status}, a redirect, which is not followed because credentials go to the configured address only`,
      // Some services redirect to a page that tells of what was done (RFC 9110 section 15.4.4).
      outcome: "unknown",
    };
  }
  if (status >= 400 && status < 500) return { ...failed, outcome: "refused" };
  // Under 200 the flag decides, when there is one; a server fault may have come after the change.
  if (status < 300 && envelope?.success === false)
    return { ...failed, outcome: envelope.errorCode === "InternalError" ? "unknown" : "refused" };
  return { ...failed, outcome: "unknown" };
}
