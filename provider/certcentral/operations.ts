import { operation, type HttpCall, type RepeatRule } from "../core/operation.js";

/**
 * CertCentral's catalogue of mutating calls: the only file that spells a path of theirs (digicert-certcentral.md 2).
 * There is no idempotency key (section 1).
 */

/** A second call would place and bill a second order. Over the limit, no call is looked at (section 12). */
const ORDERS: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "places an order: repeated blindly it could place and bill two; a lost answer is settled by reading",
};

/** Not restorable, and what a second call answers is not documented (sections 5, 8). */
const ENDS: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "what a second call answers is not documented: a lost answer is settled by reading",
};

/** What orders, renewals and reissues carry. Undefined where it is an output that is not known yet. */
export interface Asked {
  readonly product: string | undefined;
  readonly commonName: string | undefined;
  /** The request body, without what links it to an order. Nothing in it is secret. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Names, hash and validity in words. */
  readonly what: string;
  readonly why: string;
}

const root = "/order/certificate";
const reversible = false;

/** `POST /order/certificate/{product}` (section 3). */
export const place = operation<Asked>({
  name: "certcentral.orders.place",
  effect: "order",
  reversible,
  destructive: false,
  billed: true,
  repeat: ORDERS,
  target: ({ product, commonName }) => ({ product, commonName }),
  call: ({ product, body }) => ({ method: "POST", path: `${root}/${product ?? "?"}`, body }),
  say: ({ product, what, why }) =>
    `ORDER ${what} as ${product ?? "a product that is not known yet"}, because ${why}: a new order, BILLED`,
});

export interface RenewArguments extends Asked {
  /** The order that is renewed. */
  readonly orderId: number;
  /** End of that order, `YYYY-MM-DD`. */
  readonly validTill: string;
}

/** The same call with `renewal_of_order_id` (section 6). */
export const renew = operation<RenewArguments>({
  name: "certcentral.orders.renew",
  effect: "renew",
  reversible,
  destructive: false,
  billed: true,
  repeat: ORDERS,
  target: ({ orderId }) => ({ orderId }),
  call: ({ product, body, orderId }) => ({
    method: "POST",
    path: `${root}/${product ?? "?"}`,
    body: { ...body, renewal_of_order_id: orderId },
  }),
  say: ({ orderId, what, why, validTill }) =>
    `RENEW order ${orderId} for ${what}, because ${why}: a new order, BILLED; ` +
    `order ${orderId} stays valid beside it until ${validTill}, the renewal revokes nothing`,
});

export interface ReissueArguments extends Asked {
  readonly orderId: number;
  /** End of the order, `YYYY-MM-DD`, where it is known. */
  readonly validTill: string | undefined;
  /** Names that the new certificate no longer has, with the consent to it. */
  readonly removed: readonly string[];
  /** Every certificate that DigiCert revokes because of them, in words. */
  readonly revoked: readonly string[];
}

/** `POST /order/certificate/{id}/reissue` (section 7). */
export const reissue = operation<ReissueArguments>({
  name: "certcentral.orders.reissue",
  effect: "reissue",
  reversible,
  destructive: ({ removed }) => removed.length > 0,
  billed: false,
  repeat: ORDERS,
  target: ({ orderId }) => ({ orderId }),
  call: ({ orderId, body }) => ({ method: "POST", path: `${root}/${orderId}/reissue`, body }),
  say: ({ orderId, what, why, removed, revoked, validTill }) =>
    `REISSUE order ${orderId} for ${what}, because ${why}: a new certificate of the same order` +
    `${validTill === undefined ? "" : ` (valid till ${validTill})`}, not billed as an order` +
    (removed.length === 0
      ? "; the old certificate stays valid until its own end, nothing is revoked"
      : `; it no longer names ${removed.join(", ")}, so DIGICERT REVOKES, WITHIN 72 HOURS OF ITS ISSUE AND IRREVERSIBLY, ` +
        `every earlier certificate of the order: ${revoked.join("; ")}`),
});

export interface EndArguments {
  readonly orderId: number;
  /** What ends, in words. */
  readonly what: string;
  /** Documented warnings of the product, or what else hangs on the end. */
  readonly warning: string;
}

export interface CancelArguments extends EndArguments {
  readonly note: string;
  /** Whether only a waiting reissue is dropped: the order stays. */
  readonly reissueOnly: boolean;
}

/** `PUT /order/certificate/{id}/status` (section 5). The value is case sensitive. */
export const cancel = operation<CancelArguments>({
  name: "certcentral.orders.cancel",
  effect: "cancel",
  reversible,
  destructive: ({ reissueOnly }) => !reissueOnly,
  billed: false,
  repeat: ENDS,
  target: ({ orderId }) => ({ orderId }),
  call: ({ orderId, note }) => ({
    method: "PUT",
    path: `${root}/${orderId}/status`,
    body: { status: "canceled", note },
  }),
  say: ({ orderId, what, reissueOnly, warning }) =>
    (reissueOnly
      ? `CANCEL the waiting reissue of order ${orderId} (${what}): it cannot be undone`
      : `CANCEL order ${orderId} (${what}), which waits to be issued: irreversible`) + warning,
});

export interface RejectArguments extends EndArguments {
  readonly requestId: number;
  readonly comment: string;
}

/** `PUT /request/{id}/status` (section 9): the end of an order that an approver has not let through (section 5). */
export const reject = operation<RejectArguments>({
  name: "certcentral.requests.reject",
  effect: "cancel",
  reversible,
  destructive: true,
  billed: false,
  repeat: ENDS,
  target: ({ requestId }) => ({ requestId }),
  call: ({ requestId, comment }) => ({
    method: "PUT",
    path: `/request/${requestId}/status`,
    body: { status: "rejected", processor_comment: comment },
  }),
  say: ({ orderId, requestId, what, warning }) =>
    `REJECT request ${requestId} of order ${orderId} (${what}), which waits for an approver: irreversible${warning}`,
});

export interface RevokeArguments extends EndArguments {
  readonly reason: string | undefined;
  readonly comments: string | undefined;
  readonly skipApproval: boolean;
}

/** Fields of both revocations (section 8): `comments`, never `comment`. */
const revocation = ({ reason, comments, skipApproval }: RevokeArguments): Record<string, unknown> => ({
  ...(reason === undefined ? {} : { revocation_reason: reason }),
  ...(comments === undefined ? {} : { comments }),
  skip_approval: skipApproval,
});

const how = ({ skipApproval, comments, reason, warning }: RevokeArguments): string =>
  `irreversible${reason === undefined ? "" : `, reason ${reason}`}; ` +
  (skipApproval
    ? `without approval${comments === undefined ? "" : ", so DigiCert does not keep the comment"}`
    : "an administrator must approve it first") +
  warning;

/** `PUT /order/certificate/{id}/revoke` (section 8). */
export const revokeOrder = operation<RevokeArguments>({
  name: "certcentral.orders.revoke",
  effect: "revoke",
  reversible,
  destructive: true,
  billed: false,
  repeat: ENDS,
  target: ({ orderId }) => ({ orderId }),
  call: (args) => ({ method: "PUT", path: `${root}/${args.orderId}/revoke`, body: revocation(args) }),
  say: (args) =>
    `REVOKE order ${args.orderId} (${args.what}) with all of its certificates, reissues and duplicates: ${how(args)}`,
});

export interface RevokeCertificateArguments extends RevokeArguments {
  readonly certificateId: number;
}

/** `PUT /certificate/{id}/revoke` (section 8). */
export const revokeCertificate = operation<RevokeCertificateArguments>({
  name: "certcentral.certificates.revoke",
  effect: "revoke",
  reversible,
  destructive: true,
  billed: false,
  repeat: ENDS,
  target: ({ certificateId }) => ({ certificateId }),
  call: (args) => ({ method: "PUT", path: `/certificate/${args.certificateId}/revoke`, body: revocation(args) }),
  say: (args) =>
    `REVOKE certificate ${args.certificateId} of order ${args.orderId} (${args.what}): ${how(args)}; ` +
    `the order stays, unless the account's preference for certificate revocation takes the WHOLE ORDER along; a pending reissue blocks it`,
});

/** Reads may be repeated: they change nothing. */
export const READS: RepeatRule = { afterRateLimit: true, afterFault: true, because: "changes nothing" };

const get = (path: string, query: Readonly<Record<string, string | number>> = {}): HttpCall => {
  const text = Object.entries(query)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join("&");
  return { method: "GET", path: text === "" ? path : `${path}?${text}` };
};

/** Section 4. */
export const readOrder = (orderId: number): HttpCall => get(`${root}/${orderId}`);
/** Rows that one page is asked for; 1000 works, more is not known (section 10). */
export const PAGE = 1000;
/** Section 10; sorted by a fixed key, because the order of equal keys is not documented. */
export const listOrders = (offset: number, filters: Readonly<Record<string, string>> = {}): HttpCall =>
  get(root, { ...filtered(filters), sort: "-id", limit: PAGE, offset });
/** Section 9. */
export const listRequests = (offset: number, filters: Readonly<Record<string, string>>): HttpCall =>
  get("/request", { ...filtered(filters), limit: PAGE, offset });
export const listReissues = (orderId: number): HttpCall => get(`${root}/${orderId}/reissue`);
export const listDuplicates = (orderId: number): HttpCall => get(`${root}/${orderId}/duplicate`);
/** Section 13. */
export const readValidation = (orderId: number): HttpCall => get(`${root}/${orderId}/validation`);
export const readDomain = (domainId: number): HttpCall => get(`/domain/${domainId}`, { include_dcv: "true" });
/** Section 11; the order's active certificate with its chain. */
export const download = (orderId: number): HttpCall => ({
  ...get(`/certificate/download/order/${orderId}/format/pem_all`),
  accept: "application/x-pem-file, application/json",
});
/** Section 2 (OBS). */
export const readChain = (certificateId: number): HttpCall => get(`/certificate/${certificateId}/chain`);

const filtered = (filters: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(filters).map(([key, value]) => [`filters[${key}]`, value]));
