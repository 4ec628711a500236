import { createHash, X509Certificate } from "node:crypto";
import { z } from "zod";
import type { Answer } from "../core/perform.js";
import { LONGEST_WORD, missing, optionalText, parseJson, reader, time, withoutMissing } from "../http/answerFields.js";
import { readJsonReply, type Reply, type ServiceError } from "../http/jsonReply.js";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const word = (...values: readonly unknown[]): string | undefined =>
  values.find((value): value is string => typeof value === "string" && value.trim() !== "")?.slice(0, LONGEST_WORD);

/** What Apinizer sends, in all four generations of its documentation (apinizer.md 1.4, 2.0, 5.2). */

/** One environment's entry of a certificate (section 2.0). */
export interface Entry {
  readonly environment: string;
  readonly alias?: string | undefined;
  /** SHA-1 of the DER form, hex, upper case: of the content where it is there, else as it is told. */
  readonly thumbprint?: string | undefined;
  readonly subject?: string | undefined;
  /** ISO 8601, UTC. */
  readonly notBefore?: string | undefined;
  readonly notAfter?: string | undefined;
  /** The certificate, PEM, where its content is there. */
  readonly pem?: string | undefined;
  /** The certificate's public key, where its content is there. */
  readonly key?: Members | undefined;
}

/** Public members of a JWK with their key type (RFC 7518 section 6). */
export type Members = Readonly<Record<string, string>>;

export interface Certificate {
  readonly name: string;
  readonly description?: string | undefined;
  /** In the order of the answer; an environment can come twice (section 2.4). */
  readonly entries: readonly Entry[];
}

const optionalTime = time("time").nullish().catch(undefined);

/** Base64 of DER, or of PEM text (section 2.0). */
function certificateIn(content: string): X509Certificate | undefined {
  const bytes = Buffer.from(content, "base64");
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined; // left out of lists, or not a certificate: what is told of it counts
  }
}

/** The public key as a JWK; undefined for a kind of key that has no such form. */
function publicKeyOf({ publicKey }: X509Certificate): Members | undefined {
  try {
    return publicMembers(publicKey.export({ format: "jwk" }));
  } catch {
    return undefined; // DSA, for instance: no JWK can be made from it
  }
}

const hex = (text: string): string => text.replace(/[\s:]/g, "").toUpperCase();

const entrySchema = z
  .object({
    environmentName: z.string(missing("environmentName")).min(1, missing("environmentName")),
    alias: optionalText,
    sha1Thumbprint: optionalText,
    subjectDn: optionalText,
    startDate: optionalTime,
    endDate: optionalTime,
    base64EncodedContent: optionalText,
  })
  .transform((raw): Entry => {
    const content = raw.base64EncodedContent == null ? undefined : certificateIn(raw.base64EncodedContent);
    const told = raw.sha1Thumbprint == null ? undefined : hex(raw.sha1Thumbprint);
    return {
      environment: raw.environmentName,
      ...withoutMissing({
        alias: raw.alias,
        thumbprint:
          content !== undefined
            ? hex(content.fingerprint)
            : told !== undefined && /^[0-9A-F]{40}$/.test(told)
              ? told
              : undefined,
        subject: raw.subjectDn,
        notBefore: raw.startDate,
        notAfter: raw.endDate,
        pem: content?.toString(),
        key: content === undefined ? undefined : publicKeyOf(content),
      }),
    };
  });

const certificateSchema = z
  .object({
    name: z.string(missing("name")).min(1, missing("name")),
    description: optionalText,
    certificateEnvironmentList: z.array(entrySchema, missing("certificateEnvironmentList")),
  })
  .transform(({ name, description, certificateEnvironmentList }): Certificate => ({
    name,
    ...withoutMissing({ description }),
    entries: certificateEnvironmentList,
  }));

/** The rows of an answer; `resultList` may be null where there is nothing (section 1.4). */
const rowsWith = <Row extends z.ZodType>(row: Row) =>
  z
    .object({ resultList: z.array(row, missing("resultList")).nullable() })
    .transform(({ resultList }) => resultList ?? []);

export const readCertificates = reader<readonly Certificate[]>(rowsWith(certificateSchema));

/** The rows of a list: what cannot be read of others must not hide what can be. */
export interface Listed<T> {
  readonly rows: readonly T[];
  /** Names of the rows that cannot be read; undefined where not even that can be. */
  readonly unread: readonly (string | undefined)[];
}

const listedWith = <T>(row: z.ZodType<T>): z.ZodType<Listed<T>> =>
  rowsWith(z.unknown()).transform((all) => {
    const rows: T[] = [];
    const unread: (string | undefined)[] = [];
    for (const one of all) {
      const read = row.safeParse(one);
      if (read.success) rows.push(read.data);
      else unread.push(isFields(one) ? word(one.name) : undefined);
    }
    return { rows, unread };
  });

export const listCertificateRows = reader<Listed<Certificate>>(listedWith(certificateSchema));

/** What an environment's workers hold: an entry with the name of its certificate (section 2.8). */
export interface Trusted extends Entry {
  readonly name?: string | undefined;
}

const trustedSchema = z
  .object({ name: optionalText, certificateEnvironmentList: z.array(entrySchema) })
  .transform(({ name, certificateEnvironmentList }): readonly Trusted[] =>
    certificateEnvironmentList.map((entry) => ({ ...entry, ...withoutMissing({ name }) })),
  );

export const readTrusted = reader<Listed<readonly Trusted[]>>(listedWith(trustedSchema));

/** Public members by key type; whatever else an answer holds is dropped when it is read. */
const PUBLIC: Readonly<Record<string, readonly string[]>> = {
  RSA: ["n", "e"],
  EC: ["crv", "x", "y"],
  OKP: ["crv", "x"],
};

/** The public members of a key; undefined when it has none, or not all of them are there. */
function publicMembers(fields: Fields): Members | undefined {
  const { kty } = fields;
  const names = typeof kty === "string" ? PUBLIC[kty] : undefined;
  if (typeof kty !== "string" || names === undefined) return undefined;
  const members = names.map((name) => [name, fields[name]] as const);
  return members.every((member): member is readonly [string, string] => typeof member[1] === "string")
    ? { kty, ...Object.fromEntries(members) }
    : undefined;
}

/** A JWK without its private members (section 3.2). */
export interface Jwk {
  readonly name: string;
  readonly description?: string | undefined;
  /** RSA, EC, OCT, OKP. */
  readonly type?: string | undefined;
  readonly kid?: string | undefined;
  /** Whether it refers to what it was made from; undefined where the answer does not say. */
  readonly attached?: boolean | undefined;
  /** Undefined in lists, and for a symmetric key. */
  readonly members?: Members | undefined;
}

const memberFields = z.record(z.string(), z.unknown()).nullish();
const jwkSchema = z
  .object({
    name: z.string(missing("name")).min(1, missing("name")),
    description: optionalText,
    type: optionalText,
    kid: optionalText,
    sourceId: z.union([z.string(), z.number(), z.null()]).optional(),
    rsa: memberFields,
    ec: memberFields,
    okp: memberFields,
  })
  .transform(({ name, description, type, kid, sourceId, rsa, ec, okp }): Jwk => ({
    name,
    ...withoutMissing({
      description,
      type,
      kid,
      attached: sourceId === undefined ? undefined : sourceId !== null,
      members: publicMembers(rsa ? { ...rsa, kty: "RSA" } : ec ? { ...ec, kty: "EC" } : { ...okp, kty: "OKP" }),
    }),
  }));

export const readJwks = reader<readonly Jwk[]>(rowsWith(jwkSchema));
export const listJwkRows = reader<Listed<Jwk>>(listedWith(jwkSchema));

/** What became of one environment. */
export interface EnvironmentResult {
  readonly environment: string;
  readonly success: boolean;
  readonly message?: string | undefined;
}

/**
 * What a write says of its environments. `listed` is false where no list, or an empty one, was sent: then nothing is known
 * of any of them, whatever the flags say (section 5.3).
 */
export interface DeploymentResult {
  readonly listed: boolean;
  readonly results: readonly EnvironmentResult[];
  /** The overall flag. */
  readonly success: boolean | undefined;
  readonly message?: string | undefined;
}

const names = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string" && one !== "") : [];

/** Reads all five shapes (D1 to D5). An environment that comes several times has succeeded when all of its entries have. */
export function readDeployment(answer: unknown): DeploymentResult {
  const result = isFields(answer) ? answer.deploymentResult : undefined;
  const message = word(
    ...(isFields(result) ? [result.message, result.detail] : []),
    isFields(answer) ? answer.resultMessage : undefined,
  );
  const said = message === undefined ? {} : { message };
  if (!isFields(result)) return { listed: false, results: [], success: undefined, ...said };
  const success =
    typeof result.success === "boolean"
      ? result.success
      : typeof result.deployed === "boolean"
        ? result.deployed
        : undefined;
  const list = [result.environmentResults, result.deploymentResults, result.detailList].find(Array.isArray) as
    readonly unknown[] | undefined;
  const rows =
    list === undefined
      ? [
          ...names(result.deployedEnvironments).map((environment) => ({ environment, success: true })),
          ...names(result.failedEnvironments).map((environment) => ({ environment, success: false })),
        ]
      : list.flatMap((row) => rowsOf(row));
  const all = new Map<string, EnvironmentResult>();
  for (const row of rows) {
    const before = all.get(row.environment);
    all.set(row.environment, before === undefined || (before.success && !row.success) ? row : before);
  }
  return { listed: all.size > 0, results: [...all.values()], success, ...said };
}

/** One row, with the rows in it (D3 is recursive): it has succeeded when it says so, and all in it have. */
function rowsOf(row: unknown, inherited?: string): EnvironmentResult[] {
  if (!isFields(row)) return [];
  const environment = word(row.environmentName, row.envName, inherited);
  const inner = Array.isArray(row.detailList) ? row.detailList.flatMap((one: unknown) => rowsOf(one, environment)) : [];
  if (environment === undefined) return inner;
  const message = word(row.message, row.detail);
  return [{ environment, success: row.success === true, ...(message === undefined ? {} : { message }) }, ...inner];
}

const errorsOf = (json: unknown): readonly ServiceError[] => {
  if (!isFields(json)) return [];
  const message = word(json.error_description, json.resultMessage, json.message);
  const code = word(json.error);
  return message === undefined && code === undefined ? [] : [{ code, message }];
};

/** Fails are also told under HTTP 200: by `status`, or by `success` (section 1.4). */
export function readReply(answer: Answer): Reply {
  const json = parseJson(answer.body);
  const reply = readJsonReply(answer, errorsOf);
  if (reply.outcome !== "done" || !isFields(json)) return reply;
  const failed = (typeof json.status === "string" && !/^success$/i.test(json.status)) || json.success === false;
  if (!failed) return reply;
  const said = errorsOf(json)[0]?.message;
  return {
    outcome: "refused",
    cameBack: `HTTP ${answer.status}, ${said ?? "a failure without words"}`,
    traceId: answer.traceId,
    status: answer.status,
    codes: [],
    data: json,
  };
}

/** What an answer says of its environments, be it a yes or a no; undefined where it cannot say anything. */
export const saidOf = (reply: Reply): DeploymentResult | undefined =>
  reply.data === undefined ? undefined : readDeployment(reply.data);

/** By the words alone: the status is 400 or 404 for this as for everything else (section 1.5). */
export const saysNotFound = (
  { cameBack }: { readonly cameBack: string },
  what: "Certificate" | "JWK",
  name: string,
): boolean => cameBack.includes(`${what} (name: ${name}) is not found`);

/** The answer to a truststore of which nothing can be seen (section 2.9). */
export const saysUnreachable = ({ cameBack }: { readonly cameBack: string }): boolean =>
  /reported no truststore certificate|workers may be unreachable/i.test(cameBack);

/** SHA-1 thumbprint of a DER certificate, hex, upper case: the service knows no other (section 2.0). */
export const thumbprintOf = (der: Buffer): string => createHash("sha1").update(der).digest("hex").toUpperCase();
