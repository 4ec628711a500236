import { operation, type HttpCall, type RepeatRule } from "../core/operation.js";

/**
 * The catalogue of mutating calls of DigiCert's Partner Subscriptions API, as far as ACME contracts and credentials need
 * it: the only file that spells a path of theirs (digicert-acme.md 1). There is no idempotency key (section 5).
 */

/** A second call would make, and bill, a second contract, and contracts cannot be listed with a subaccount's key. */
const CREATES: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "makes a contract that is billed: repeated blindly it could make two, and no read tells (section 1)",
};

/** A second call would mint a second credential. */
const MINTS: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "mints a credential: repeated blindly it mints again; a lost answer is settled by the list (section 2)",
};

/** Final, and what a second call answers is not documented. */
const ENDS: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "what a second call answers is not documented (sections 1, 2): a lost answer is settled by reading",
};

/** Names on a contract: a name that is there already, or no more, is not documented (section 1.5). */
const NAMES: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "what a repeated name answers is not documented (section 1.5): a lost answer is settled by reading",
};

/** PATCH touches only the fields sent (section 1.3): sent twice it leaves the same. */
const SETS: RepeatRule = { afterRateLimit: true, afterFault: true, because: "sets fields to the same values again" };

const contractPath = (contractId: number | undefined): string => `/acme/${contractId ?? "?"}`;

export interface CreateArguments {
  readonly product: string | undefined;
  /** Undefined while they are outputs that are not known yet. */
  readonly sans: readonly string[] | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `POST /acme` (section 1.1); mints the first credential. */
export const createContract = operation<CreateArguments>({
  name: "partner.contracts.create",
  effect: "order",
  reversible: false,
  destructive: false,
  billed: true,
  repeat: CREATES,
  target: ({ product, sans }) => ({ product, san: sans?.[0] }),
  call: ({ body }) => ({ method: "POST", path: "/acme", body }),
  say: ({ product, sans }) =>
    `CREATE an ACME contract of ${product ?? "a product that is not known yet"} for ${sans === undefined ? "names that are not known yet" : sans.join(", ")}: ` +
    `BILLED, with a first credential; it can be canceled for 30 days`,
});

export interface UpdateArguments {
  readonly contractId: number;
  /** Fields of the request. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What changes, in words. */
  readonly what: string;
  /** Whether a field of the organization other than its contacts changes. */
  readonly voidsValidation: boolean;
}

/** `PATCH /acme/{id}` (section 1.3): never PUT, which resets what is left out. */
export const updateContract = operation<UpdateArguments>({
  name: "partner.contracts.update",
  effect: "update",
  reversible: true,
  destructive: ({ voidsValidation }) => voidsValidation,
  billed: false,
  repeat: SETS,
  target: ({ contractId }) => ({ contractId }),
  call: ({ contractId, body }) => ({ method: "PATCH", path: contractPath(contractId), body }),
  say: ({ contractId, what, voidsValidation }) =>
    `UPDATE contract ${contractId}: ${what}` +
    (voidsValidation
      ? "; THIS VOIDS THE ORGANIZATION'S VALIDATION AND BLOCKS ISSUANCE until it is redone, FOR EVERY CONTRACT of the account that uses this organization"
      : ""),
});

export interface NamesArguments {
  readonly contractId: number;
  /** Undefined while they are not known yet. */
  readonly sans: readonly string[] | undefined;
}

const listed = (sans: readonly string[] | undefined): string =>
  sans === undefined ? "names that are not known yet" : sans.join(", ");
const names = ({ contractId, sans }: NamesArguments) => ({ contractId, sans: sans?.join(",") });

/** `PUT /acme/{id}/sans` (section 1.5): adds, and leaves the others. */
export const addSans = operation<NamesArguments>({
  name: "partner.sans.add",
  effect: "update",
  reversible: true,
  destructive: false,
  billed: true,
  repeat: NAMES,
  target: names,
  call: ({ contractId, sans }) => ({ method: "PUT", path: `${contractPath(contractId)}/sans`, body: { sans } }),
  say: ({ contractId, sans }) => `ADD ${listed(sans)} to contract ${contractId}: names of a contract are BILLED`,
});

/** `DELETE /acme/{id}/sans` with a body (section 1.5). */
export const removeSans = operation<NamesArguments>({
  name: "partner.sans.remove",
  effect: "update",
  reversible: true,
  destructive: true,
  billed: false,
  repeat: NAMES,
  target: names,
  call: ({ contractId, sans }) => ({ method: "DELETE", path: `${contractPath(contractId)}/sans`, body: { sans } }),
  say: ({ contractId, sans }) =>
    `REMOVE ${listed(sans)} from contract ${contractId}: ACME CLIENTS CAN NO LONGER ISSUE OR RENEW for these names; ` +
    `issued certificates stay valid until their end, and a refund is not documented`,
});

export interface CancelArguments {
  readonly contractId: number;
  readonly sans: readonly string[];
  /** Last day on which DigiCert takes a cancel, `YYYY-MM-DD`. */
  readonly until: string;
}

/** `DELETE /acme/{id}` (section 1.4). */
export const cancelContract = operation<CancelArguments>({
  name: "partner.contracts.cancel",
  effect: "cancel",
  reversible: false,
  destructive: true,
  billed: false,
  repeat: ENDS,
  target: ({ contractId }) => ({ contractId }),
  call: ({ contractId }) => ({ method: "DELETE", path: contractPath(contractId) }),
  say: ({ contractId, sans, until }) =>
    `CANCEL contract ${contractId} (${sans.join(", ")}): irreversible, its directory URL goes dead, its ACME clients can neither issue nor renew, ` +
    `its names are released and refunded where eligible; DigiCert takes it until ${until} only, and a later one fails`,
});

export interface MintArguments {
  readonly contractId: number | undefined;
  readonly why: string;
  /** What stays active beside the new one, in words. */
  readonly beside: string | undefined;
}

/** `POST /acme/{id}/credentials/regenerate` (section 2): always told to leave the others alone; its default revokes them. */
export const regenerate = operation<MintArguments>({
  name: "partner.credentials.regenerate",
  effect: "mint",
  reversible: false,
  destructive: false,
  billed: false,
  repeat: MINTS,
  target: ({ contractId }) => ({ contractId }),
  call: ({ contractId }) => ({
    method: "POST",
    path: `${contractPath(contractId)}/credentials/regenerate`,
    body: { revoke_existing: false },
  }),
  say: ({ contractId, why, beside }) =>
    `MINT a new credential on contract ${contractId ?? "(not known yet)"}, because ${why}: its clients need the new key id and HMAC key, and a NEW ACME ACCOUNT KEY; ` +
    (beside === undefined ? "nothing is revoked by it" : `${beside} stays active beside it`),
});

/** A credential as people tell it from others. */
export interface Named {
  /** Undefined while it is not known yet. */
  readonly credentialId: number | undefined;
  readonly kidHint?: string | undefined;
  /** ISO 8601, as the service has it in a zone that it does not say. */
  readonly createdAt?: string | undefined;
}

export const nameOf = ({ credentialId, kidHint, createdAt }: Named): string => {
  const more = [
    ...(kidHint === undefined ? [] : [`key id hint ${kidHint}`]),
    ...(createdAt === undefined ? [] : [`of ${createdAt.slice(0, 10)}`]),
  ];
  const id = credentialId === undefined ? "(not known yet)" : String(credentialId);
  return more.length === 0 ? id : `${id} (${more.join(", ")})`;
};

const CUT_OFF = "ACME clients that use it can no longer issue or renew; issued certificates stay valid until their end";

export interface RevokeArguments extends Named {
  readonly contractId: number | undefined;
  /** Which one it is, for instance "previous". */
  readonly role: string;
}

/** `POST /acme/{id}/credentials/revoke/{credential_id}` (section 2). */
export const revokeCredential = operation<RevokeArguments>({
  name: "partner.credentials.revoke",
  effect: "revoke",
  reversible: false,
  destructive: true,
  billed: false,
  repeat: ENDS,
  target: ({ contractId, credentialId }) => ({ contractId, credentialId }),
  call: ({ contractId, credentialId }) => ({
    method: "POST",
    path: `${contractPath(contractId)}/credentials/revoke/${credentialId ?? "?"}`,
  }),
  say: (args) =>
    `REVOKE ${args.role} credential ${nameOf(args)} of contract ${args.contractId ?? "(not known yet)"}: irreversible, ${CUT_OFF}`,
});

export interface RevokeAllArguments {
  readonly contractId: number;
  readonly why: string;
  /** Every credential that dies, as of the last read: ids are part of the target, so that one more is another operation. */
  readonly credentials: readonly (Named & { readonly whose: string })[];
}

/** `POST /acme/{id}/credentials/revoke` (section 2): 204, no body. */
export const revokeAll = operation<RevokeAllArguments>({
  name: "partner.credentials.revoke-all",
  effect: "revoke",
  reversible: false,
  destructive: true,
  billed: false,
  repeat: ENDS,
  target: ({ contractId, credentials }) => ({
    contractId,
    credentials: credentials.length === 0 ? "none" : credentials.map(({ credentialId }) => credentialId).join(","),
  }),
  call: ({ contractId }) => ({ method: "POST", path: `${contractPath(contractId)}/credentials/revoke` }),
  ends: ({ contractId, credentials }) =>
    credentials.length === 0
      ? [`partner contractId=${contractId}`]
      : credentials.map(({ credentialId }) => `partner contractId=${contractId} credentialId=${credentialId}`),
  say: ({ contractId, why, credentials }) =>
    `REVOKE ALL ${credentials.length} credential(s) of contract ${contractId}, as of the last read ` +
    `${credentials.length === 0 ? "none" : credentials.map((one) => `${nameOf(one)} ${one.whose}`).join("; ")}: ` +
    `irreversible, because ${why}; EVERY ACME CLIENT OF THE CONTRACT can no longer issue or renew. ` +
    `The contract, its names, product and billing go on, issued certificates stay valid, and a new credential resumes service`,
});

/** Reads may be repeated: they change nothing. */
export const READS: RepeatRule = { afterRateLimit: true, afterFault: true, because: "changes nothing" };

/** Section 1.2. */
export const readContract = (contractId: number): HttpCall => ({ method: "GET", path: contractPath(contractId) });
/** Section 2: active and revoked ones. */
export const listCredentials = (contractId: number): HttpCall => ({
  method: "GET",
  path: `${contractPath(contractId)}/credentials`,
});
