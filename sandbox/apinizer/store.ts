import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { SandboxClock } from "../clock.js";
import type { VariantSettings } from "../variants.js";

/** What a user may do in a project: category and action (section 1.3). */
export const RIGHTS = [
  "SECRETS+VIEW",
  "SECRETS+MANAGE",
  "SECRETS+DEPLOY_UNDEPLOY",
  "SECRETS+EXPORT_IMPORT",
  "PROXIES+VIEW",
] as const;
export type Right = (typeof RIGHTS)[number];

export interface ProjectRecord {
  readonly id: number;
  readonly name: string;
}

export interface EnvironmentRecord {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly type: "PRODUCTION" | "SANDBOX" | "TEST";
  published: boolean;
  /** Projects that it can be reached from; undefined for all. */
  readonly projects: readonly string[] | undefined;
}

/** A worker of an environment: a pod of the gateway. */
export interface WorkerRecord {
  readonly id: number;
  readonly environment: string;
  readonly name: string;
  readonly ip: string;
  reachable: boolean;
}

/** What a worker holds: what its gateway serves and trusts, whatever the manager says. */
export interface HeldRecord {
  readonly id: number;
  readonly worker: number;
  readonly kind: "certificate" | "jwk";
  readonly project: string;
  readonly name: string;
  readonly alias: string;
  /** DER, base64; empty for a JWK. */
  readonly der: string;
}

export interface UserRecord {
  readonly id: number;
  readonly clientId: string;
  /** SHA-256 of the console password, hex. */
  readonly secretDigest: string;
  enabled: boolean;
  /** Whether the user is of the administrators (section 5.1). */
  administrator: boolean;
  /** By project; `*` for those that are not named. A project without rights is not seen. */
  rights: Readonly<Record<string, readonly Right[]>>;
}

export interface TokenRecord {
  readonly id: number;
  readonly user: number;
  /** SHA-256 of the token, hex. */
  readonly digest: string;
  /** Milliseconds; undefined for one that never expires. */
  readonly expires: number | undefined;
  revoked: boolean;
}

/** A certificate's part for one environment (section 2.0). */
export interface Entry {
  readonly environmentName: string;
  readonly alias: string;
  /** DER, base64. */
  readonly der: string;
}

export interface CertificateRecord {
  readonly id: number;
  /** What JWKs refer to; no answer about a certificate shows it. */
  objectId: string;
  readonly project: string;
  readonly name: string;
  description: string;
  entries: readonly Entry[];
}

/** A JWK, with its public members alone: the private ones are in memory, so that no file holds them. */
export interface JwkRecord {
  readonly id: number;
  readonly objectId: string;
  readonly project: string;
  name: string;
  description: string;
  sourceType: string | null;
  sourceId: string | null;
  /** Environment whose certificate was read, use and algorithm: sent at creation, shown by no answer. */
  readonly environmentName: string | undefined;
  readonly useType: string | undefined;
  readonly algorithm: string | undefined;
  /** Null for one that was generated without (the page "Generate JWK", keyIdType NONE). */
  readonly kid: string | null;
  /** Validity of a generated one, ISO 8601: shown by no answer. */
  readonly notBefore?: string;
  readonly expires?: string;
  members: Readonly<Record<string, string>>;
}

/** A certificate that a test has told the gateway to be revoked. */
export interface RevocationRecord {
  readonly id: number;
  /** SHA-1, hex, upper case. */
  readonly thumbprint: string;
}

interface Records {
  project: ProjectRecord;
  environment: EnvironmentRecord;
  worker: WorkerRecord;
  held: HeldRecord;
  user: UserRecord;
  token: TokenRecord;
  certificate: CertificateRecord;
  jwk: JwkRecord;
  revocation: RevocationRecord;
}
type Table = keyof Records;
const TABLES = [
  ...(["project", "environment", "worker", "held", "user", "token"] as const),
  ...(["certificate", "jwk", "revocation"] as const),
];

export const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
export const newObjectId = (): string => randomBytes(12).toString("hex");

/** Everything that Apinizer's manager and gateways remember, in SQLite. */
export class ApinizerStore {
  /** Private members by JWK: gone with the sandbox's process. */
  readonly privates = new Map<number, Readonly<Record<string, string>>>();
  /** Console setting "Enable Management APIs" (section 1.1). */
  enabled = true;

  constructor(
    readonly database: DatabaseSync,
    readonly clock: SandboxClock,
    readonly variants: VariantSettings,
  ) {
    for (const table of TABLES)
      database.exec(
        `CREATE TABLE IF NOT EXISTS ap_${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL)`,
      );
  }

  add<T extends Table>(table: T, record: Omit<Records[T], "id">): Records[T] {
    const { lastInsertRowid } = this.database
      .prepare(`INSERT INTO ap_${table} (record) VALUES (?)`)
      .run(JSON.stringify(record));
    return { ...record, id: Number(lastInsertRowid) } as Records[T];
  }

  save<T extends Table>(table: T, record: Records[T]): Records[T] {
    this.database.prepare(`UPDATE ap_${table} SET record = ? WHERE id = ?`).run(JSON.stringify(record), record.id);
    return record;
  }

  /** Oldest first. */
  all<T extends Table>(table: T): Records[T][] {
    const rows = this.database.prepare(`SELECT id, record FROM ap_${table} ORDER BY id`).all();
    return rows.map(({ id, record }) => ({ ...(JSON.parse(String(record)) as object), id: Number(id) }) as Records[T]);
  }

  remove(table: Table, id: number): void {
    this.database.prepare(`DELETE FROM ap_${table} WHERE id = ?`).run(id);
  }

  project = (name: string): ProjectRecord | undefined => this.all("project").find((one) => one.name === name);

  environment = (name: string): EnvironmentRecord | undefined =>
    this.all("environment").find((one) => one.name === name);

  workers = (environment: string): WorkerRecord[] =>
    this.all("worker").filter((worker) => worker.environment === environment);

  certificates = (project: string): CertificateRecord[] =>
    this.all("certificate").filter((one) => one.project === project);

  certificate = (project: string, name: string): CertificateRecord | undefined =>
    this.certificates(project).find((one) => one.name === name);

  jwks = (project: string): JwkRecord[] => this.all("jwk").filter((one) => one.project === project);

  jwk = (project: string, name: string): JwkRecord | undefined => this.jwks(project).find((one) => one.name === name);

  isRevoked = (thumbprint: string): boolean => this.all("revocation").some((one) => one.thumbprint === thumbprint);
}
