import { z } from "zod";
import type { Answer } from "../core/perform.js";
import { integer, missing, optionalText, reader, time, withoutMissing } from "../http/answerFields.js";
import { readJsonReply, type Reply, type ServiceError } from "../http/jsonReply.js";

/**
 * What the Partner API sends, read tolerantly. Names of fields that the documentation does not show (UNSEEN in
 * digicert-acme.md) are recognized by what they are; what is documented must be there.
 */

const flag = z
  .union([z.boolean(), z.number(), z.string()])
  .transform((value) => value === true || value === 1 || value === "1" || value === "true")
  .nullish()
  .catch(undefined);

/** A contract (section 1.2). */
export interface ContractInfo {
  readonly contractId: number;
  /** The owning subaccount. */
  readonly accountId?: number | undefined;
  readonly product?: string | undefined;
  /** ISO 8601, UTC. */
  readonly createdAt?: string | undefined;
  readonly validTill?: string | undefined;
  /** Lower case. */
  readonly sans: readonly string[];
  readonly autoRenew?: boolean | undefined;
  readonly organizationValidated?: boolean | undefined;
  /** The organization's fields without its contacts, by the names of requests; its shape in an answer is not documented. */
  readonly organization?: Readonly<Record<string, string>> | undefined;
  /** Its format is not documented; there while and only while the contract is canceled (section 1.2). */
  readonly canceledAt?: string | undefined;
}

const optionalTime = time("time").nullish().catch(undefined);

/** Fields whose change voids the validation (section 1.3). */
const ORGANIZATION_FIELDS = "name assumed_name address address2 city state zip country telephone".split(" ");

const organizationSchema = z
  .record(z.string(), z.unknown())
  .transform((raw) => {
    const told = ORGANIZATION_FIELDS.flatMap((field) => {
      const value = raw[field];
      return typeof value === "string" && value !== "" ? [[field, value] as const] : [];
    });
    return told.length === 0 ? undefined : Object.fromEntries(told);
  })
  .nullish()
  .catch(undefined);

const contractSchema = z
  .object({
    acme_contract_id: integer("acme_contract_id"),
    account_id: integer("account_id").nullish().catch(undefined),
    product_name_id: optionalText,
    created_at: optionalTime,
    valid_till: optionalTime,
    sans: z.array(z.string(), missing("sans")),
    auto_renew: flag,
    is_organization_validated: flag,
    organization: organizationSchema,
    date_canceled: z.union([z.string(), z.number()]).nullish(),
  })
  .transform((raw): ContractInfo => ({
    contractId: raw.acme_contract_id,
    sans: raw.sans.map((name) => name.toLowerCase()),
    ...withoutMissing({
      accountId: raw.account_id,
      product: raw.product_name_id,
      createdAt: raw.created_at,
      validTill: raw.valid_till,
      autoRenew: raw.auto_renew,
      organizationValidated: raw.is_organization_validated,
      organization: raw.organization,
      canceledAt: raw.date_canceled == null || raw.date_canceled === "" ? undefined : String(raw.date_canceled),
    }),
  }));

export const readContractInfo = reader<ContractInfo>(contractSchema);

/** A credential as the list shows it (section 2). Nothing in it is secret. */
export interface ListedCredential {
  readonly credentialId: number;
  /** Four characters of the key id; from which end is not documented. */
  readonly kidHint?: string | undefined;
  /** `active`, `revoked`, or DigiCert's word. */
  readonly status: string;
  /** ISO 8601; the service gives no zone, so it may be hours off. */
  readonly createdAt?: string | undefined;
}

/** `YYYY-MM-DD hh:mm:ss` without a zone (section 2). */
const zoneless = z
  .string()
  .transform((text) => text.trim().replace(" ", "T"))
  .pipe(time("created_at"))
  .nullish()
  .catch(undefined);

export const readCredentials = reader(
  z
    .object({
      credentials: z.array(
        z.object({
          credential_id: integer("credential_id"),
          kid_hint: optionalText,
          status: z.string(missing("status")).min(1, missing("status")),
          created_at: zoneless,
        }),
        missing("credentials"),
      ),
    })
    .transform(({ credentials }) =>
      credentials.map((raw): ListedCredential => ({
        credentialId: raw.credential_id,
        status: raw.status,
        ...withoutMissing({ kidHint: raw.kid_hint, createdAt: raw.created_at }),
      })),
    ),
);

export const isActive = ({ status }: Pick<ListedCredential, "status">): boolean => status.toLowerCase() === "active";

/** An external account binding as it is issued, once. */
export interface Binding {
  /** `kid` of RFC 8555 section 7.3.4. */
  readonly keyId: string;
  /** SECRET: the MAC key exactly as issued. */
  readonly hmacKey: string;
  readonly directoryUrl?: string | undefined;
  readonly credentialId?: number | undefined;
}

export interface Issued {
  readonly binding?: Binding | undefined;
  readonly contractId?: number | undefined;
}

interface Leaf {
  /** Lower case letters and digits of the field's name. */
  readonly name: string;
  /** Of the field's name and its parents': joined by dots. */
  readonly path: string;
  readonly value: string | number;
}

/** Texts and numbers of an answer with their places, outermost first. */
function leaves(value: unknown, parents: readonly string[] = []): Leaf[] {
  if (typeof value !== "object" || value === null || parents.length > 4) return [];
  const entries = Array.isArray(value)
    ? value.slice(0, 1).map((item) => ["", item] as const)
    : Object.entries(value).map(([key, item]) => [key.toLowerCase().replace(/[^a-z0-9]/g, ""), item] as const);
  const own = entries.flatMap(([name, item]) =>
    typeof item === "string" || typeof item === "number"
      ? [{ name, path: [...parents, name].join("."), value: item }]
      : [],
  );
  return [...own, ...entries.flatMap(([name, item]) => leaves(item, [...parents, name]))];
}

/** Base64 or base64url of at least 16 bytes, padded or not. */
const MAC_KEY = /^[A-Za-z0-9+/_-]{22,}={0,2}$/;

/**
 * Finds what create and regenerate have issued: under `eab_set`, whose inner names are not documented, or beside it
 * (sections 1.1, 2).
 */
export function readIssued(data: unknown): Issued {
  const all = leaves(data);
  const text = (test: (leaf: Leaf & { value: string }) => boolean): string | undefined =>
    all.find((leaf): leaf is Leaf & { value: string } => typeof leaf.value === "string" && test(leaf as never))?.value;
  const whole = (test: (leaf: Leaf) => boolean): number | undefined => {
    const found = all.find((leaf) => /^[1-9]\d*$/.test(String(leaf.value)) && test(leaf));
    return found === undefined ? undefined : Number(found.value);
  };
  const hmacKey = text(({ name, value }) => /hmac|mackey|^mac$|^secret$/.test(name) && MAC_KEY.test(value));
  const keyId = text(
    ({ name, value }) =>
      /kid$|keyid$|keyidentifier$/.test(name) &&
      !name.includes("api") &&
      /^[\x21-\x7e]+$/.test(value) &&
      value !== hmacKey,
  );
  const directoryUrl = text(({ name, value }) => /url|directory|server/.test(name) && /^https?:\/\/\S+$/.test(value));
  const contractId = whole(
    ({ name, path }) =>
      name === "acmecontractid" || name === "contractid" || path === "id" || path.endsWith("contract.id"),
  );
  const credentialId = whole(
    ({ name, path }) => /credentialid$|^eabid$/.test(name) || /(?:eab[a-z]*|credential)\.+id$/.test(path),
  );
  return withoutMissing({
    contractId,
    binding:
      keyId === undefined || hmacKey === undefined
        ? undefined
        : withoutMissing({ keyId, hmacKey, directoryUrl, credentialId }),
  });
}

const oneError = z.object({ code: optionalText, message: optionalText });
/** No envelope is shown; DigiCert's other APIs have an array, and an object (section 5). */
const envelope = z.union([
  z.object({ errors: z.array(oneError) }).transform(({ errors }) => errors),
  z.object({ errors: oneError }).transform(({ errors }) => [errors]),
  z
    .object({ error: z.union([oneError, z.string().transform((message) => ({ message }))]) })
    .transform(({ error }) => [error]),
  z.object({ message: z.string(), code: optionalText }).transform((one) => [one]),
]);

const errorsOf = (json: unknown): readonly ServiceError[] => {
  const parsed = envelope.safeParse(json);
  return parsed.success ? parsed.data : [];
};

/** An empty 200 is a yes, too, for calls whose success is not documented (section 1). */
export function readReply(answer: Answer): Reply {
  const bare = answer.status >= 200 && answer.status < 300 && answer.body.trim() === "";
  return readJsonReply(bare ? { ...answer, status: 204 } : answer, errorsOf);
}
