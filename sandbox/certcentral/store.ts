import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { SandboxClock } from "../clock.js";
import type { VariantSettings } from "../variants.js";

export type OrderStatus =
  | "needs_approval"
  | "pending"
  | "waiting_pickup"
  | "issued"
  | "reissue_pending"
  | "rejected"
  | "canceled"
  | "revoked"
  | "expired";

/** An order. Times are ISO 8601, UTC; days `YYYY-MM-DD`. */
export interface OrderRecord {
  readonly id: number;
  readonly tenant: string;
  readonly product: string;
  status: OrderStatus;
  /** When its status changed last; kept by the store. */
  readonly statusChanged: string;
  commonName: string;
  /** Its certificates, oldest first. */
  certificates: number[];
  /** The one in charge. */
  active: number;
  requests: number[];
  readonly dateCreated: string;
  readonly validTill: string;
  readonly renewalOf: number | undefined;
  renewedBy: number | undefined;
  isRenewed: boolean;
  readonly autoRenew: boolean;
  /** It came from an older console (section 5). */
  readonly migrated?: boolean;
  readonly organizationId: number | undefined;
  readonly containerId: number;
  dcvMethod: string | undefined;
  /** When the value that has to be published was made, if not with the order. */
  readonly randomValueOf?: string;
  /** The body of the order, as it was sent. */
  readonly body: Readonly<Record<string, unknown>>;
  notes: string[];
  /** A revocation of all its certificates that was handed over and not carried out yet. */
  revoking?: boolean;
}

export interface CertificateRecord {
  readonly id: number;
  readonly orderId: number;
  readonly kind: "primary" | "reissue" | "duplicate";
  status: "pending" | "issued" | "rejected" | "revoked";
  readonly csr: string;
  readonly commonName: string;
  readonly dnsNames: string[];
  readonly signatureHash: string;
  readonly platform: number;
  /** The validity that was asked for, as it was sent. */
  readonly validity?: Readonly<Record<string, unknown>>;
  readonly validTill: string;
  readonly dateCreated: string;
  /** Once issued. */
  dateIssued?: string;
  validFrom?: string;
  serialNumber?: string;
  thumbprint?: string;
  pem?: string;
  /** When DigiCert revokes it because a later one lacks one of its names (section 7). */
  revokeOn?: string;
  /** A revocation that was handed over and not carried out yet. */
  revoking?: boolean;
}

export interface RequestRecord {
  readonly id: number;
  readonly tenant: string;
  readonly orderId: number;
  /** Undefined where all certificates of the order are revoked. */
  readonly certificateId: number | undefined;
  readonly type: "new_request" | "revoke" | "reissue" | "duplicate";
  status: "submitted" | "pending" | "approved" | "rejected";
  readonly date: string;
  dateProcessed?: string;
  readonly requester: string;
  /** Who decided it. */
  processor?: string;
  readonly comments: string | undefined;
  processorComment?: string;
}

/** How the account handles what is asked of it. */
export interface AccountSettings {
  /** `auto` keeps a record of the approved request, `skipped` does not (section 3.2). */
  approval: "required" | "auto" | "skipped";
  /** `prevalidated`: approved orders are issued at once; `dcv`: names have to be validated; `manual`: until `issue`. */
  validation: "prevalidated" | "dcv" | "manual";
  /** `later`: certificates that are issued are not available yet. */
  downloads?: "later";
  /** The preference by which the revocation of one certificate takes the order along (section 8). */
  revocationTakesOrder: boolean;
}

export interface Key {
  readonly tenant: string;
  readonly role: "administrator" | "manager" | "standard";
  readonly restriction: "none" | "orders" | "view";
}

const TABLES = ["cc_order", "cc_certificate", "cc_request"] as const;
type Table = (typeof TABLES)[number];
/** First ids, apart from each other so that one is not taken for another. */
const FIRST = { cc_order: 700_001, cc_certificate: 800_001, cc_request: 910_001 };

/** Everything that CertCentral remembers, in SQLite. */
export class CertcentralStore {
  readonly accounts = new Map<string, AccountSettings>();

  constructor(
    readonly database: DatabaseSync,
    readonly clock: SandboxClock,
    readonly variants: VariantSettings,
  ) {
    for (const table of TABLES)
      database.exec(
        `CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, order_id INTEGER, record TEXT NOT NULL);
         CREATE INDEX IF NOT EXISTS ${table}_order ON ${table} (order_id)`,
      );
    database.exec("CREATE TABLE IF NOT EXISTS cc_key (value TEXT PRIMARY KEY, record TEXT NOT NULL)");
  }

  settings(tenant: string): AccountSettings {
    const known = this.accounts.get(tenant);
    if (known !== undefined) return known;
    const made: AccountSettings = { approval: "required", validation: "prevalidated", revocationTakesOrder: false };
    this.accounts.set(tenant, made);
    return made;
  }

  #next(table: Table): number {
    const row = this.database.prepare(`SELECT max(id) AS last FROM ${table}`).get();
    return row?.last == null ? FIRST[table] : Number(row.last) + 1;
  }

  #all(table: Table, orderId?: number): unknown[] {
    const rows =
      orderId === undefined
        ? this.database.prepare(`SELECT record FROM ${table} ORDER BY id`).all()
        : this.database.prepare(`SELECT record FROM ${table} WHERE order_id = ? ORDER BY id`).all(orderId);
    return rows.map(({ record }) => JSON.parse(String(record)) as unknown);
  }

  #get(table: Table, id: number): unknown {
    const row = this.database.prepare(`SELECT record FROM ${table} WHERE id = ?`).get(id);
    return row === undefined ? undefined : (JSON.parse(String(row.record)) as unknown);
  }

  #put(table: Table, record: { id: number; orderId?: number; statusChanged?: string | undefined }): void {
    this.database
      .prepare(
        `INSERT INTO ${table} (id, order_id, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
      )
      .run(record.id, record.orderId ?? null, JSON.stringify(record));
  }

  add(table: "order", record: Omit<OrderRecord, "id" | "statusChanged">): OrderRecord;
  add(table: "certificate", record: Omit<CertificateRecord, "id">): CertificateRecord;
  add(table: "request", record: Omit<RequestRecord, "id">): RequestRecord;
  add(table: "order" | "certificate" | "request", record: object): object {
    const changed = table === "order" ? { statusChanged: this.clock.now().toISOString() } : {};
    const added = { id: this.#next(`cc_${table}`), ...record, ...changed };
    this.#put(`cc_${table}`, added);
    return added;
  }

  orders = (): OrderRecord[] => this.#all("cc_order") as OrderRecord[];
  order = (id: number): OrderRecord | undefined => this.#get("cc_order", id) as OrderRecord | undefined;
  certificates = (orderId?: number): CertificateRecord[] => this.#all("cc_certificate", orderId) as CertificateRecord[];
  certificate = (id: number): CertificateRecord | undefined =>
    this.#get("cc_certificate", id) as CertificateRecord | undefined;
  requests = (orderId?: number): RequestRecord[] => this.#all("cc_request", orderId) as RequestRecord[];
  request = (id: number): RequestRecord | undefined => this.#get("cc_request", id) as RequestRecord | undefined;

  /** `changed` is when an order's status changed, if that was not now. */
  save(record: OrderRecord | CertificateRecord | RequestRecord, changed = this.clock.now()): void {
    if (!("certificates" in record)) {
      this.#put("kind" in record ? "cc_certificate" : "cc_request", record);
      return;
    }
    const before = this.order(record.id);
    const same = before?.status === record.status;
    this.#put("cc_order", { ...record, statusChanged: same ? before.statusChanged : changed.toISOString() });
  }

  issueKey(key: Key): string {
    const value = randomUUID();
    this.database.prepare("INSERT INTO cc_key (value, record) VALUES (?, ?)").run(value, JSON.stringify(key));
    return value;
  }

  key(value: string): Key | undefined {
    const row = this.database.prepare("SELECT record FROM cc_key WHERE value = ?").get(value);
    return row === undefined ? undefined : (JSON.parse(String(row.record)) as Key);
  }

  oldestKey(): string | undefined {
    const row = this.database.prepare("SELECT value FROM cc_key ORDER BY rowid LIMIT 1").get();
    return row === undefined ? undefined : String(row.value);
  }

  revokeKey(value: string): void {
    this.database.prepare("DELETE FROM cc_key WHERE value = ?").run(value);
  }

  now(): string {
    return this.clock
      .now()
      .toISOString()
      .replace(/\.\d{3}Z$/, "+00:00");
  }
}
