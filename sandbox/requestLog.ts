import { X509Certificate } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { UploadedFile } from "./multipart.js";
import type { System } from "./system.js";

/** What became of a request. */
export type Outcome = "executed" | "refused" | "not executed" | "read";

export interface LoggedRequest {
  readonly seq: number;
  /** Sandbox time, ISO 8601. */
  readonly at: string;
  readonly system: System["name"];
  readonly method: string;
  /** Without the system's prefix. */
  readonly path: string;
  /** Without the question mark; empty when there was none. */
  readonly query: string;
  /** Real milliseconds since the sandbox began: what rate limits are proved by. Not sandbox time. */
  readonly arrived: number;
  readonly body: unknown;
  /** Credential headers appear as `present`. */
  readonly headers: Readonly<Record<string, string>>;
  /** 0 when the connection was cut in place of an answer. */
  readonly status: number;
  readonly outcome: Outcome;
  /** Catalogue name and target of a mutating request. */
  readonly operation?: string;
  /** Paths of the fields of the answer, for instance `data.certificates[].thumbprint`. */
  readonly answerFields: readonly string[];
}

/** Every request that reached the sandbox, in order, kept in its database. */
export class RequestLog {
  constructor(readonly database: DatabaseSync) {
    database.exec("CREATE TABLE IF NOT EXISTS request (seq INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL)");
  }

  append(entry: Omit<LoggedRequest, "seq">): void {
    this.database.prepare("INSERT INTO request (entry) VALUES (?)").run(JSON.stringify(entry));
  }

  all(): LoggedRequest[] {
    return this.since(0);
  }

  since(seq: number): LoggedRequest[] {
    const rows = this.database.prepare("SELECT seq, entry FROM request WHERE seq > ? ORDER BY seq").all(seq);
    return rows.map((row) => ({
      ...(JSON.parse(String(row.entry)) as Omit<LoggedRequest, "seq">),
      seq: Number(row.seq),
    }));
  }

  /** The highest sequence number; 0 when nothing came yet. */
  last(): number {
    return Number(this.database.prepare("SELECT coalesce(max(seq), 0) AS last FROM request").get()?.last ?? 0);
  }

  /** Mutating requests, in order. */
  made(since = 0): LoggedRequest[] {
    return this.since(since).filter(({ operation }) => operation !== undefined);
  }
}

const CREDENTIALS = new Set([
  "x-api-key",
  "authorization",
  "x-dc-devkey",
  "x-partner-apikey",
  "x-connectivity-api-key", // ecgrid.md 6: a page names it in error
  "cookie",
  "proxy-authorization",
]);

export function maskedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, CREDENTIALS.has(name) ? "present" : String(value)]],
    ),
  );
}

/** Parameters of lists. Under any other name a secret may have been sent by mistake. */
const LISTED =
  /^(filters\[[a-z_]+\](\[\d+\])?|sort|limit|offset|minutes|seconds|show_archived|include_[a-z_]+|jwk(Update|Delete)Action|updateScope|updateReferencedJwks|certificateName|alias|certificateDescription|environmentList|environmentName|publicOnly)$/;

export const maskedQuery = (query: URLSearchParams): string =>
  new URLSearchParams(
    [...query].map(([name, value]): [string, string] => [name, LISTED.test(name) ? value : "present"]),
  ).toString();

const SECRETS = new Set(["password", "token", "refreshtoken", "apikey", "sessionkey"]);

/** Parts of the names of HMAC and API keys, however they are spelled (digicert-acme.md 2): no request has to hold one. */
const KEYS = /hmac|mac_?key|api_?key|secret|eab/;

/** The only endpoint whose `cert` is public (ecgrid.md 1.2); anywhere else, whatever is sent there, it may hold a key. */
const PUBLIC = "/v2/certificates/add-public";

/** Fields of add-private that are no secrets (ecgrid.md 1.1). Under any other name, a misspelled one, may be one. */
const OPEN = new Set(["commid", "certtype", "keyid", "userid", "beginusage", "usage"]);

/**
 * A request's body without its secrets: passwords, and the file of an upload that holds a private key. The names of the
 * fields stay, because reports count them.
 */
export function maskedBody(path: string, body: unknown): unknown {
  if (path.startsWith("/apiops/")) return onlyOpen(body);
  if (Array.isArray(body)) return body.map((item) => maskedBody(path, item));
  // No endpoint takes a bare text: it can be anything.
  if (typeof body === "string") return "present";
  if (typeof body !== "object" || body === null) return body ?? null;
  const secret = (key: string): boolean =>
    SECRETS.has(key) ||
    KEYS.test(key) ||
    (key === "cert" && path !== PUBLIC) ||
    (/add-private/i.test(path) && !OPEN.has(key));
  return Object.fromEntries(
    Object.entries(body).map(([key, value]: [string, unknown]) => [
      key,
      secret(key.toLowerCase()) ? "present" : typeof value === "string" ? value : maskedBody(path, value),
    ]),
  );
}

/** Fields of Apinizer that are no secrets (apinizer.md 1.2, 2, 3); any other may hold a key, or be a misspelled one. */
const OPEN_APIOPS = new Set([
  ...["grant_type", "client_id", "certificateName", "alias", "certificateDescription", "environmentList"],
  ...["environmentName", "name", "description", "sourceType", "useType", "algorithm", "type", "kid", "jwkName"],
]);

/** What is asked for of a key that is generated, in an object of its type's name (the page "Generate JWK"). */
const KEY_OBJECTS = new Set(["rsa", "ec", "oct", "okp"]);
const OPEN_PARAMETERS = new Set([
  ...["keySize", "curveType", "keyUseType", "algorithm", "keyIdType", "notBeforeTime", "expirationTime"],
  ...["passwordSaltLength", "passwordIterationCount"],
]);

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A body of Apinizer's: values of the fields that are no secrets, which certificate was sent, and the names of the others. */
function onlyOpen(body: unknown, open: ReadonlySet<string> = OPEN_APIOPS): unknown {
  if (!isObject(body)) return body === undefined ? null : "present";
  const shown = (key: string, value: unknown): unknown => {
    if (key === "pemEncodedFile") return thumbprintIn(value) ?? "present";
    if (open === OPEN_APIOPS && KEY_OBJECTS.has(key) && isObject(value)) return onlyOpen(value, OPEN_PARAMETERS);
    if (!open.has(key)) return "present";
    return typeof value === "number" || (typeof value === "string" && !value.includes("PRIVATE KEY"))
      ? value
      : "present";
  };
  return Object.fromEntries(Object.entries(body).map(([key, value]: [string, unknown]) => [key, shown(key, value)]));
}

/** The SHA-1 thumbprint of a public certificate, hex, upper case; undefined for a file that is, or holds, anything else. */
function thumbprintIn(file: unknown): string | undefined {
  if (!(file instanceof UploadedFile) || file.content.includes("PRIVATE KEY")) return undefined;
  try {
    return new X509Certificate(file.content).fingerprint.replaceAll(":", "");
  } catch {
    return undefined; // no certificate: the field's name is all that is kept
  }
}

/** Paths of the leaves of an answer. */
export function fieldPaths(value: unknown, path = ""): string[] {
  if (Buffer.isBuffer(value)) return [];
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => fieldPaths(item, `${path}[]`)))];
  if (typeof value !== "object" || value === null) return path === "" ? [] : [path];
  return Object.entries(value).flatMap(([key, item]) => fieldPaths(item, path === "" ? key : `${path}.${key}`));
}
