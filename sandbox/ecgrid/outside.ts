import { randomUUID } from "node:crypto";
import { Certificates } from "./certificates.js";
import { Fields } from "./refusal.js";
import { plusYears, seconds, type CertificateRecord, type EcgridStore } from "./store.js";

const DEFAULT_TENANT = "sandbox";

/** A file that somebody uploads by hand, by the names of the documented fields (ecgrid.md 1.1, 1.2). */
export interface OutsideUpload {
  /** Base64: PKCS#12 where there is a private key, otherwise a certificate, DER or PEM. */
  readonly cert: string;
  readonly password?: string;
  /** Whether the file holds a private key: by default when there is a password. */
  readonly hasPrivateKey?: boolean;
  /** X509 by default. */
  readonly certType?: string;
  readonly usage?: string;
  readonly beginUsage?: string;
  readonly keyId?: string;
  readonly userId?: string;
  readonly partnerCommId?: string;
  readonly partnerUrl?: string;
}

/** What happens at ECGrid without our doing, and what is there: straight from the store. */
export class EcgridSandbox {
  readonly url: string;
  readonly apiKey: string;

  constructor(
    url: string,
    readonly store: EcgridStore,
  ) {
    this.url = `${url}/ecgrid`;
    store.account(DEFAULT_TENANT); // the first: user 1, network 10, mailbox 101
    // On a file that was used before, the key that programs were given stays good.
    this.apiKey = store.oldestKey(DEFAULT_TENANT) ?? this.issueKey({});
  }

  addComm(comm: {
    commId: number;
    identifier?: string;
    mailboxId?: number;
    networkId?: number;
    commType?: string;
    status?: string;
    useType?: string;
    tenant?: string;
  }): void {
    const { tenant = DEFAULT_TENANT } = comm;
    const { networkId, mailboxId } = this.store.account(tenant);
    this.store.putComm({
      identifier: `COMM-${comm.commId}`,
      mailboxId,
      networkId,
      commType: "as2",
      status: "Active",
      useType: "Production",
      tenant,
      ...comm,
    });
  }

  /** A certificate that was made long before, for two years by default. @returns its id. */
  async addCertificate(
    certificate: { commId: number; certKeyId?: number } & Partial<CertificateRecord>,
  ): Promise<number> {
    const { certKeyId, ...given } = certificate;
    const now = this.store.clock.now();
    const notBefore = given.notBefore ?? seconds(now);
    const notAfter = given.notAfter ?? seconds(plusYears(now, 2));
    const made = await this.store.make({
      type: "X509",
      usage: "EncryptionAndSignature",
      status: "Active",
      hasPrivateKey: true,
      generated: given.hasPrivateKey !== false,
      secureHashAlgorithm: "SHA256",
      beginUsage: notBefore,
      endUsage: notAfter,
      notBefore,
      notAfter,
      ...given,
    });
    return this.store.put(made, { long: true, ...(certKeyId === undefined ? {} : { certKeyId }) });
  }

  certificates(commId: number): CertificateRecord[] {
    return this.store.certificates(commId);
  }

  certificate(commId: number, certKeyId: number): CertificateRecord | undefined {
    return this.store.certificate(commId, certKeyId);
  }

  /** Active by status and not past its ends. */
  active(commId: number): CertificateRecord[] {
    return this.store.certificates(commId).filter((one) => this.store.isActive(one));
  }

  /** Somebody ends it in the portal: no request is logged. */
  terminateOutside(commId: number, certKeyId: number): void {
    this.store.change(this.#existing(commId, certKeyId).certKeyId, { status: "Terminated" });
  }

  /** Somebody renews in the portal: 30 days of overlap, two years. */
  async renewOutside(commId: number, certKeyId: number): Promise<number> {
    const old = this.#existing(commId, certKeyId);
    const { secureHashAlgorithm = "SHA256" } = old;
    return this.#portal().renewed(old, { overlapDays: 30, years: 2, secureHashAlgorithm });
  }

  /** Somebody uploads a file in the portal. @returns its id. @throws Refusal as the API would. */
  uploadOutside(commId: number, { hasPrivateKey, ...upload }: OutsideUpload): number {
    const fields = new Fields({ commId, certType: "X509", ...upload });
    return this.#portal().add(fields, hasPrivateKey ?? upload.password !== undefined).certKeyId;
  }

  /** What a person at ECGrid can do on any comm. */
  #portal(): Certificates {
    return new Certificates(this.store, (commId) => {
      const comm = this.store.comm(commId);
      if (comm === undefined) throw new Error(`there is no comm ${commId}`);
      return comm;
    });
  }

  /** The record disappears: no documented call does this. */
  vanish(commId: number, certKeyId: number): void {
    this.store.remove(this.#existing(commId, certKeyId).certKeyId);
  }

  #existing(commId: number, certKeyId: number): CertificateRecord {
    const found = this.store.certificate(commId, certKeyId);
    if (found === undefined) throw new Error(`comm ${commId} has no certificate ${certKeyId}`);
    return found;
  }

  removeComm(commId: number): void {
    this.store.removeComm(commId);
  }

  issueKey({ tenant = DEFAULT_TENANT, authLevel = "NetworkAdmin" }: { tenant?: string; authLevel?: string }): string {
    const apiKey = randomUUID();
    this.store.issueKey(apiKey, tenant, authLevel);
    return apiKey;
  }

  revokeKey(apiKey: string): void {
    this.store.revokeKey(apiKey);
  }
}
