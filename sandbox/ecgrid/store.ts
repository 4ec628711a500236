import type { DatabaseSync } from "node:sqlite";
import type { SandboxClock } from "../clock.js";
import { issue } from "../pki.js";
import type { VariantSettings } from "../variants.js";

/** A comm as it is stored (ecgrid.md 2.3). */
export interface CommRecord {
  readonly commId: number;
  readonly identifier: string;
  readonly networkId: number;
  readonly mailboxId: number;
  readonly commType: string;
  readonly status: string;
  readonly useType: string;
  readonly tenant: string;
}

/** A certificate as it is stored (ecgrid.md 2.2). Times are ISO 8601, UTC. */
export interface CertificateRecord {
  readonly certKeyId: number;
  readonly commId: number;
  readonly type: string;
  readonly usage: string;
  readonly status: string;
  readonly hasPrivateKey: boolean;
  /** The platform made it: only such a one can be renewed (ecgrid.md 1.4). */
  readonly generated: boolean;
  /** X.509 only, as the other fields of the file below. */
  readonly secureHashAlgorithm?: string;
  readonly keyId?: string;
  readonly userId?: string;
  readonly partnerId?: string;
  readonly partnerUrl?: string;
  readonly serialNumber?: string;
  readonly thumbprint?: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly beginUsage: string;
  readonly endUsage: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** DER, base64. */
  readonly der?: string;
  /** A public PGP or SSH file as it came, base64. */
  readonly file?: string;
  /** SHA-256 of a PGP or SSH file: tells whether it came before. */
  readonly digest?: string;
  readonly renewedFrom?: number;
  /** Reads of the comm that do not show it yet. */
  readonly hiddenReads: number;
}

export type NewCertificate = Omit<
  MadeCertificate,
  "serialNumber" | "thumbprint" | "subject" | "issuer" | "der" | "file" | "digest"
>;

/** A certificate before it has an id. */
export type MadeCertificate = Omit<CertificateRecord, "certKeyId" | "hiddenReads">;

/** Who a key acts as (ecgrid.md 6). */
export interface Account {
  readonly userId: number;
  readonly networkId: number;
  readonly mailboxId: number;
}

const FIRST_ID = 100;

/** Comms, certificates and keys in SQLite: what is committed stays, whatever happens to the answer. */
export class EcgridStore {
  constructor(
    readonly database: DatabaseSync,
    readonly clock: SandboxClock,
    readonly variants: VariantSettings,
  ) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS comm (commId INTEGER PRIMARY KEY, entry TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS certificate (certKeyId INTEGER PRIMARY KEY AUTOINCREMENT, commId INTEGER NOT NULL, entry TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS tenant (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE IF NOT EXISTS apiKey (apiKey TEXT PRIMARY KEY, tenant TEXT NOT NULL, authLevel TEXT NOT NULL);
      INSERT OR IGNORE INTO sqlite_sequence (name, seq) SELECT 'certificate', ${FIRST_ID - 1} WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'certificate');
    `);
  }

  /** Runs all of the changes or none. */
  transaction<T>(change: () => T): T {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = change();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    }
  }

  putComm(comm: CommRecord): void {
    this.database
      .prepare("INSERT OR REPLACE INTO comm (commId, entry) VALUES (?, ?)")
      .run(comm.commId, JSON.stringify(comm));
  }

  comm(commId: number): CommRecord | undefined {
    const row = this.database.prepare("SELECT entry FROM comm WHERE commId = ?").get(commId);
    return row === undefined ? undefined : (JSON.parse(String(row.entry)) as CommRecord);
  }

  comms(): CommRecord[] {
    return this.database
      .prepare("SELECT entry FROM comm ORDER BY commId")
      .all()
      .map((row) => JSON.parse(String(row.entry)) as CommRecord);
  }

  removeComm(commId: number): void {
    this.database.prepare("DELETE FROM comm WHERE commId = ?").run(commId);
  }

  certificates(commId: number): CertificateRecord[] {
    return this.database
      .prepare("SELECT certKeyId, entry FROM certificate WHERE commId = ? ORDER BY certKeyId")
      .all(commId)
      .map((row) => ({ ...(JSON.parse(String(row.entry)) as CertificateRecord), certKeyId: Number(row.certKeyId) }));
  }

  certificate(commId: number, certKeyId: number): CertificateRecord | undefined {
    return this.certificates(commId).find((one) => one.certKeyId === certKeyId);
  }

  change(certKeyId: number, change: Partial<CertificateRecord>): void {
    const row = this.database.prepare("SELECT entry FROM certificate WHERE certKeyId = ?").get(certKeyId);
    if (row === undefined) throw new Error(`the sandbox has no certificate ${certKeyId}`);
    const entry = { ...(JSON.parse(String(row.entry)) as object), ...change };
    this.database.prepare("UPDATE certificate SET entry = ? WHERE certKeyId = ?").run(JSON.stringify(entry), certKeyId);
  }

  remove(certKeyId: number): void {
    this.database.prepare("DELETE FROM certificate WHERE certKeyId = ?").run(certKeyId);
  }

  /** Issues a certificate on a comm. @returns its id; ids rise and are never used again. */
  async issue(certificate: NewCertificate): Promise<number> {
    return this.put(await this.make(certificate));
  }

  /** Makes a key pair and signs a certificate for it, without storing it. */
  async make(certificate: NewCertificate): Promise<MadeCertificate> {
    const issued = await issue({
      commonName: this.comm(certificate.commId)?.identifier ?? String(certificate.commId),
      notBefore: new Date(certificate.notBefore),
      notAfter: new Date(certificate.notAfter),
      hash: certificate.secureHashAlgorithm ?? "SHA256",
    });
    return { ...certificate, ...issued };
  }

  /** Stores a certificate that was made, one that is `long` there without a delay before it is listed. */
  put(certificate: MadeCertificate, { certKeyId, long = false }: { certKeyId?: number; long?: boolean } = {}): number {
    const hiddenReads = !long && this.variants.visibility === "second-read" ? 1 : 0;
    const entry = JSON.stringify({ ...certificate, hiddenReads });
    const done =
      certKeyId === undefined
        ? this.database.prepare("INSERT INTO certificate (commId, entry) VALUES (?, ?)").run(certificate.commId, entry)
        : this.database
            .prepare("INSERT INTO certificate (certKeyId, commId, entry) VALUES (?, ?, ?)")
            .run(certKeyId, certificate.commId, entry);
    return Number(done.lastInsertRowid);
  }

  isActive(certificate: CertificateRecord): boolean {
    const now = this.clock.now().getTime();
    return (
      certificate.status === "Active" &&
      Date.parse(certificate.endUsage) > now &&
      Date.parse(certificate.notAfter) > now
    );
  }

  /** A tenant's user, network and mailbox; every tenant has its own. */
  account(tenant: string): Account {
    this.database.prepare("INSERT OR IGNORE INTO tenant (name) VALUES (?)").run(tenant);
    const row = this.database.prepare("SELECT number FROM tenant WHERE name = ?").get(tenant);
    const number = Number(row?.number);
    return { userId: number, networkId: 9 + number, mailboxId: 100 + number };
  }

  issueKey(apiKey: string, tenant: string, authLevel: string): void {
    this.database
      .prepare("INSERT INTO apiKey (apiKey, tenant, authLevel) VALUES (?, ?, ?)")
      .run(apiKey, tenant, authLevel);
  }

  revokeKey(apiKey: string): void {
    this.database.prepare("DELETE FROM apiKey WHERE apiKey = ?").run(apiKey);
  }

  /** The oldest key of a tenant that was not revoked. */
  oldestKey(tenant: string): string | undefined {
    const row = this.database.prepare("SELECT apiKey FROM apiKey WHERE tenant = ? ORDER BY rowid LIMIT 1").get(tenant);
    return row === undefined ? undefined : String(row.apiKey);
  }

  key(apiKey: string): { tenant: string; authLevel: string } | undefined {
    const row = this.database.prepare("SELECT tenant, authLevel FROM apiKey WHERE apiKey = ?").get(apiKey);
    return row === undefined ? undefined : { tenant: String(row.tenant), authLevel: String(row.authLevel) };
  }
}

/** Whole seconds: X.509 knows nothing finer. */
export const seconds = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, "Z");

export function plusYears(at: Date, years: number): Date {
  const end = new Date(at);
  end.setUTCFullYear(end.getUTCFullYear() + years);
  return end;
}

export const plusDays = (at: Date, days: number): Date => new Date(at.getTime() + days * 86_400_000);
