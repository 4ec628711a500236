/** Order statuses (section 5), by what they mean for a resource. */

/** In words, for people: whom an order waits for. */
const WAITS: Readonly<Record<string, string>> = {
  needs_approval: "an approver of the account has to approve its request",
  pending: "it waits for DigiCert: domain validation, organization validation or payment",
  waiting_pickup: "it waits for its recipient to collect it",
  approved: "it is approved and being processed",
  processing: "it is being processed",
  needs_csr: "it waits for a CSR",
  reissue_pending: "a reissue waits to be approved, validated or issued",
};

/** Who has to do something before a status can change; undefined for one that does not wait. */
export const waitsFor = (status: string): string | undefined => WAITS[status];

const ENDED: Readonly<Record<string, string>> = {
  rejected: "was rejected by an approver or by DigiCert",
  canceled: "was canceled before it was issued",
  revoked: "is revoked, with all of its certificates",
  expired: "has expired",
};

/** How an order has ended, in words; undefined for one that has not. */
export const endedHow = (status: string): string | undefined => ENDED[status];

/** Not issued yet, and never was. */
export const isUnissued = (status: string): boolean => status !== "reissue_pending" && waitsFor(status) !== undefined;

/** Of a request that nobody has decided (section 8: both words are seen). */
export const isOpenRequest = ({ status }: { readonly status: string }): boolean =>
  status === "pending" || status === "submitted";
