import { operation, type Confidential, type HttpCall, type RepeatRule } from "../core/operation.js";

/**
 * ECGrid's catalogue of mutating calls: the only file that spells a path of theirs (ecgrid.md 1). There is no
 * idempotency key (ecgrid.md 8).
 */

/** A second call would make a second certificate. 429 is said before the request is looked at (ecgrid.md 7). */
const MINTS: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because:
    "makes a key pair and a certificate: repeated blindly it could make two; a lost answer is settled by reading",
};

/** Ending one certificate twice ends one certificate, but the answer to the second call is not documented. */
const ENDS: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "what a second terminate answers is not documented (ecgrid.md 1.5): a lost answer is settled by reading",
};

export interface CreateArguments {
  /** Undefined while it is an output that is not known yet. */
  readonly commId: number | undefined;
  readonly beginUsage: string | undefined;
  readonly usage: string;
  readonly secureHashAlgorithm: string;
  readonly partnerAs2Id: string | undefined;
  /** ISO 8601, UTC, whole seconds; carries the creation mark. */
  readonly expires: string;
  /** Why, where that is not that the resource is new. */
  readonly why?: string | undefined;
}

/** `POST /v2/certificates/create` (ecgrid.md 1.3). */
export const create = operation<CreateArguments>({
  name: "ecgrid.certificates.create",
  effect: "create",
  reversible: false,
  destructive: false,
  billed: false,
  repeat: MINTS,
  target: ({ commId }) => ({ commId }),
  call: ({ why: _why, ...args }) => ({ method: "POST", path: "/v2/certificates/create", body: withoutUndefined(args) }),
  say: ({ commId, usage, expires, why }) =>
    `CREATE a certificate (${usage}) with a new key pair on comm ${commId ?? "(not known yet)"}, expiring ${expires.slice(0, 10)}${why === undefined ? "" : `, because ${why}`}`,
});

export interface RenewArguments {
  readonly commId: number;
  readonly certKeyId: number;
  /** Days that the old certificate stays valid beside the new one; 0 ends it at once. Undefined while not known, as the next two. */
  readonly overlapDays: number | undefined;
  readonly years: number | undefined;
  readonly secureHashAlgorithm: string | undefined;
  readonly serialNumber: string | undefined;
  /** End of the current certificate, `YYYY-MM-DD`. */
  readonly validUntil: string;
  /** Why now. */
  readonly why: string;
}

/** `POST /v2/certificates/renew` (ecgrid.md 1.4). */
export const renew = operation<RenewArguments>({
  name: "ecgrid.certificates.renew",
  effect: "renew",
  reversible: false,
  destructive: ({ overlapDays }) => overlapDays === 0 || overlapDays === undefined,
  billed: false,
  repeat: MINTS,
  target: ({ commId, certKeyId }) => ({ commId, certKeyId }),
  call: ({ commId, certKeyId, overlapDays, years, secureHashAlgorithm }) => ({
    method: "POST",
    path: "/v2/certificates/renew",
    body: {
      ...{ commId, certKeyId, overlapDays: overlapDays ?? "?" },
      ...{ years: years ?? "?", secureHashAlgorithm: secureHashAlgorithm ?? "?" },
    },
  }),
  say: ({ commId, certKeyId, serialNumber, overlapDays, years, secureHashAlgorithm, validUntil, why }) =>
    `RENEW certificate ${certKeyId} (serial ${serialNumber ?? "not given"}) of comm ${commId}, because ${why}: ` +
    `a new key pair and certificate for ${years ?? "a number of"} year(s) with ${secureHashAlgorithm ?? "a hash that is not known yet"}; ` +
    (overlapDays === 0 || overlapDays === undefined
      ? `overlapDays is ${overlapDays === undefined ? "not known yet: if it turns out to be 0," : "0, so"} the OLD CERTIFICATE ENDS AT ONCE, irreversible, and AS2 traffic that still uses it stops; `
      : `the old certificate stays valid beside it for ${overlapDays} day(s), at most until ${validUntil}; `) +
    `the partner must get the new certificate`,
});

export interface TerminateArguments {
  readonly commId: number;
  readonly certKeyId: number;
  readonly serialNumber: string | undefined;
  /** End of validity, `YYYY-MM-DD`. */
  readonly validUntil: string;
  readonly role: "current" | "previous";
}

/** `POST /v2/certificates/terminate` (ecgrid.md 1.5). There is no un-terminate. */
export const terminate = operation<TerminateArguments>({
  name: "ecgrid.certificates.terminate",
  effect: "terminate",
  reversible: false,
  destructive: true,
  billed: false,
  repeat: ENDS,
  target: ({ commId, certKeyId }) => ({ commId, certKeyId }),
  call: ({ commId, certKeyId }) => ({
    method: "POST",
    path: "/v2/certificates/terminate",
    body: { commId, certKeyId },
  }),
  say: ({ commId, certKeyId, serialNumber, validUntil, role }) =>
    `TERMINATE ${role} certificate ${certKeyId} (serial ${serialNumber ?? "not given"}, valid until ${validUntil}) of comm ${commId}: ` +
    `irreversible, AS2 traffic that uses it stops at once`,
});

/** What both uploads say of the file. */
export interface UploadArguments {
  /** Undefined while it is an output that is not known yet. */
  readonly commId: number | undefined;
  readonly certType: string;
  readonly usage: string;
  readonly keyId: string | undefined;
  readonly userId: string | undefined;
  /** ISO 8601, UTC, whole seconds. */
  readonly beginUsage: string | undefined;
  /** The file in words: subject, serial and end, as far as they are known. */
  readonly file: string;
  /** certKeyId of the certificate whose place it takes, if there is one. */
  readonly instead: number | undefined;
  /** Why, where that is not that the file is new. */
  readonly why?: string | undefined;
}

export interface AddPrivateArguments extends UploadArguments {
  /** Of `cert` and `password`, which are handed over when the call is performed. */
  readonly confidential: Confidential;
}

/** `POST /v2/certificates/add-private` (ecgrid.md 1.1). */
export const addPrivate = operation<AddPrivateArguments>({
  name: "ecgrid.certificates.add-private",
  effect: "upload",
  reversible: false,
  destructive: false,
  billed: false,
  repeat: MINTS,
  target: ({ commId }) => ({ commId }),
  call: (args) => ({ method: "POST", path: "/v2/certificates/add-private", body: labelled(args) }),
  confidential: ({ confidential }) => confidential,
  say: (args) => `UPLOAD ${args.file} with its private key to ${place(args)}`,
});

export interface AddPublicArguments extends UploadArguments {
  readonly partnerCommId: string | undefined;
  readonly partnerUrl: string | undefined;
  /** Base64; of X.509 the DER form. */
  readonly cert: string | undefined;
}

/** `POST /v2/certificates/add-public` (ecgrid.md 1.2). */
export const addPublic = operation<AddPublicArguments>({
  name: "ecgrid.certificates.add-public",
  effect: "upload",
  reversible: false,
  destructive: false,
  billed: false,
  repeat: MINTS,
  target: ({ commId }) => ({ commId }),
  call: (args) => ({
    method: "POST",
    path: "/v2/certificates/add-public",
    body: withoutUndefined({
      ...labelled(args),
      partnerCommId: args.partnerCommId,
      partnerUrl: args.partnerUrl,
      cert: args.cert,
    }),
  }),
  say: (args) => `UPLOAD the partner's public ${args.file} to ${place(args)}`,
});

const labelled = ({ commId, certType, keyId, userId, beginUsage, usage }: UploadArguments): Record<string, unknown> =>
  withoutUndefined({ commId, certType, keyId, userId, beginUsage, usage });

const place = ({ commId, usage, instead, why }: UploadArguments): string =>
  `comm ${commId ?? "(not known yet)"} (${usage})` +
  (why === undefined ? "" : `, because ${why}`) +
  (instead === undefined ? "" : `; ${instead} becomes a previous one and stays valid`);

const withoutUndefined = (body: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

/** Reads may be repeated as often as the vendor says (ecgrid.md 7): they change nothing. */
export const READS: RepeatRule = { afterRateLimit: true, afterFault: true, because: "changes nothing" };

/** `GET /v2/comms/{id}`: the primary read-back of certificates (ecgrid.md 2.1). */
export const readComm = (commId: number): HttpCall => ({ method: "GET", path: `/v2/comms/${commId}` });

/**
 * `POST /v2/comms/list`: the second choice. All parameters are sent, because defaults may hide rows (ecgrid.md 3);
 * without a type it is not a filter.
 */
export const listComms = (commType: string | undefined): HttpCall => ({
  method: "POST",
  path: "/v2/comms/list",
  body: {
    ...(commType === undefined ? {} : { commType }),
    ...{ privateKeyRequired: false, useType: "TestAndProduction", showInactive: true, withCerts: true },
  },
});
