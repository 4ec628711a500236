import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { SandboxClock } from "../clock.js";
import type { VariantSettings } from "../variants.js";

/** A parent, or a subaccount of one. */
export interface AccountRecord {
  readonly id: number;
  /** Undefined for a parent. */
  readonly parent: number | undefined;
  readonly name: string;
  /** Its own value of the setting `auto_renew_subscription`; undefined where the system's default holds. */
  autoRenew: boolean | undefined;
}

export interface KeyRecord {
  readonly id: number;
  readonly account: number;
  readonly kind: "subaccount" | "parent";
  readonly value: string;
  status: "active" | "inactive";
  readonly createdAt: string;
  lastUsed: string | undefined;
}

/** An organization as it was sent. */
export type Organization = Readonly<Record<string, unknown>>;

/** An ACME contract. Times are RFC 3339, UTC. */
export interface ContractRecord {
  readonly id: number;
  readonly account: number;
  readonly product: string;
  readonly createdAt: string;
  validTill: string;
  sans: string[];
  organization: Organization | undefined;
  organizationValidated: boolean;
  autoRenew: boolean;
  canceledAt: string | undefined;
}

/** An EAB credential, without its HMAC key: of that the database holds no more than the digest. */
export interface CredentialRecord {
  readonly id: number;
  readonly contractId: number;
  readonly kid: string;
  /** SHA-256 of the HMAC key, hex. */
  readonly hmacDigest: string;
  status: "active" | "revoked";
  readonly createdAt: string;
  /** Whether the list leaves it out until it was read once more (variant `paVisibility`). */
  unseen: boolean;
}

/** What is listed of an issued certificate (section 1.6). */
export interface IssuedRecord {
  readonly id: number;
  readonly contractId: number;
  readonly domain: string;
  readonly sans: readonly string[];
  readonly status: string;
  readonly expirationDate: string;
  readonly serialNumber: string;
}

interface Records {
  account: AccountRecord;
  key: KeyRecord;
  contract: ContractRecord;
  credential: CredentialRecord;
  issued: IssuedRecord;
}
type Table = keyof Records;

/** First ids, apart from each other so that one is not taken for another. */
const FIRST: Readonly<Record<Table, number>> = {
  account: 50_001,
  key: 12_001,
  contract: 20_001,
  credential: 4_001,
  issued: 1,
};

/** Everything that the Partner Subscriptions API remembers, in SQLite. */
export class PartnerStore {
  /** HMAC keys by credential, for the outside view alone: in memory, so that no file holds them. */
  readonly hmacs = new Map<number, string>();
  /** The ACME directory that create and regenerate name: one for all contracts. */
  directoryUrl = "https://acme.sandbox.example/v2/acme/directory/";

  constructor(
    readonly database: DatabaseSync,
    readonly clock: SandboxClock,
    readonly variants: VariantSettings,
  ) {
    for (const table of Object.keys(FIRST))
      database.exec(
        `CREATE TABLE IF NOT EXISTS pa_${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, contract_id INTEGER, record TEXT NOT NULL);
         CREATE INDEX IF NOT EXISTS pa_${table}_contract ON pa_${table} (contract_id)`,
      );
  }

  add<T extends Table>(table: T, record: Omit<Records[T], "id">): Records[T] {
    // An id is never given twice, not even after its row was taken away.
    const last = this.database.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?").get(`pa_${table}`)?.seq;
    const added = { id: last === undefined ? FIRST[table] : Number(last) + 1, ...record } as Records[T];
    this.#put(table, added);
    return added;
  }

  save<T extends Table>(table: T, record: Records[T]): void {
    this.#put(table, record);
  }

  #put(table: Table, record: { id: number; contractId?: number }): void {
    this.database
      .prepare(
        `INSERT INTO pa_${table} (id, contract_id, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
      )
      .run(record.id, record.contractId ?? null, JSON.stringify(record));
  }

  get<T extends Table>(table: T, id: number): Records[T] | undefined {
    const row = this.database.prepare(`SELECT record FROM pa_${table} WHERE id = ?`).get(id);
    return row === undefined ? undefined : (JSON.parse(String(row.record)) as Records[T]);
  }

  /** Oldest first; of a contract, where one is given. */
  all<T extends Table>(table: T, contractId?: number): Records[T][] {
    const rows =
      contractId === undefined
        ? this.database.prepare(`SELECT record FROM pa_${table} ORDER BY id`).all()
        : this.database.prepare(`SELECT record FROM pa_${table} WHERE contract_id = ? ORDER BY id`).all(contractId);
    return rows.map(({ record }) => JSON.parse(String(record)) as Records[T]);
  }

  remove(table: Table, id: number): void {
    this.database.prepare(`DELETE FROM pa_${table} WHERE id = ?`).run(id);
  }

  /** A new credential of a contract. The HMAC key is for the answer, and then gone. */
  mint(contractId: number): { credential: CredentialRecord; hmac: string } {
    // 64 bytes make the 86 characters of the comparison in section 2, whichever way they are meant.
    const bytes = this.variants.paHmacEncoding === "ascii" ? randomBytes(48).toString("base64url") : randomBytes(64);
    const hmac = Buffer.from(bytes).toString("base64url");
    const credential = this.add("credential", {
      contractId,
      kid: randomBytes(32).toString("base64url"),
      hmacDigest: createHash("sha256").update(hmac).digest("hex"),
      status: "active",
      createdAt: this.now(),
      unseen: this.variants.paVisibility === "second-read",
    });
    this.hmacs.set(credential.id, hmac);
    return { credential, hmac };
  }

  revoke(credential: CredentialRecord): CredentialRecord {
    const revoked: CredentialRecord = { ...credential, status: "revoked" };
    this.save("credential", revoked);
    return revoked;
  }

  issueKey(account: number, kind: KeyRecord["kind"]): KeyRecord {
    const value = randomUUID();
    return this.add("key", { account, kind, value, status: "active", createdAt: this.now(), lastUsed: undefined });
  }

  key(value: string): KeyRecord | undefined {
    return this.all("key").find((key) => key.value === value && key.status === "active");
  }

  /** RFC 3339 with `Z`, whole seconds (section 1.2). */
  now(): string {
    return seconds(this.clock.now());
  }

  /** Whether a contract's term is over. */
  hasEnded({ validTill }: ContractRecord): boolean {
    return Date.parse(validTill) <= this.clock.now().getTime();
  }

  /** Whether a credential can be used for anything: active, on a contract that is in force (section 1.4). */
  isUsable({ status, contractId }: CredentialRecord): boolean {
    const contract = this.get("contract", contractId);
    return (
      status === "active" && contract !== undefined && contract.canceledAt === undefined && !this.hasEnded(contract)
    );
  }
}

export const seconds = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, "Z");
