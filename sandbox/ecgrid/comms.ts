import { certificate, comm } from "./present.js";
import type { Fields } from "./refusal.js";
import type { CertificateRecord, CommRecord, EcgridStore } from "./store.js";

/** ecgrid.md 5: NetworkGatewayCommChannel and UseType. */
const COMM_TYPES = [
  ...["none", "ftp", "sftp", "as2", "http", "oftp", "x400", "gisb", "rnif", "cxml"],
  ...["ftpsslimplicit", "ftpsslexplicit", "peppol", "as4", "undefined"],
];
const USE_TYPES = ["Undefined", "Test", "Production", "TestAndProduction"];

/** Reads of a tenant's comms, and how their certificates come back (ecgrid.md 2 and 3). */
export class Comms {
  constructor(
    readonly store: EcgridStore,
    readonly tenant: string,
  ) {}

  /** GET /v2/comms/{id}: certificates as switched on. */
  read(record: CommRecord): unknown {
    const { certificatesInComm } = this.store.variants;
    if (certificatesInComm === "missing") return this.#bare(record);
    if (certificatesInComm === "null") return { ...this.#bare(record), certificates: null };
    return { ...this.#bare(record), certificates: certificatesInComm === "empty" ? [] : this.#listed(record.commId) };
  }

  /** POST /v2/comms/list (ecgrid.md 3); scoped to a network or mailbox when the request names one. */
  list(fields: Fields): unknown {
    const keep = this.#filter(fields);
    const network = fields.integer("networkId", { least: 1 });
    const mailbox = fields.integer("mailboxId", { least: 0 }) ?? 0; // 0: the network's root, all mailboxes
    // MCP's default hides comms without a key; whether REST shares it is not documented.
    const needsKey = fields.flag("privateKeyRequired") ?? this.store.variants.defaults === "unusual";
    const withCerts = fields.flag("withCerts") ?? false;
    const includes = this.store.variants.withCerts === "include";
    return this.#comms()
      .filter(keep)
      .filter(
        (one) => (network === undefined || one.networkId === network) && (mailbox === 0 || one.mailboxId === mailbox),
      )
      .filter((one) => !needsKey || this.#key(one.commId))
      .filter((one) => !withCerts || includes || this.#has(one.commId))
      .map((one) =>
        includes ? { ...this.#bare(one), certificates: withCerts ? this.#listed(one.commId) : [] } : this.#bare(one),
      );
  }

  /** POST /v2/comms/find (ecgrid.md 3): never with certificates. */
  find(fields: Fields): unknown {
    const identifier = fields.text("identifier", true);
    return this.#comms()
      .filter(this.#filter(fields))
      .filter((one) => one.identifier === identifier)
      .map((one) => this.#bare(one));
  }

  /** The answer of create, renew and add-*: the comm, and the new id where it is switched on (ecgrid.md 1.6, 2.4). */
  changed(record: CommRecord, certKeyId: number): unknown {
    const { newId, commFields } = this.store.variants;
    const whole = this.#bare(record);
    const { networkId, httpAuthentication, ...sample } = whole;
    const shown = commFields === "full" ? whole : sample;
    if (newId === "top-level") return { ...shown, certKeyId };
    if (newId === "certificates")
      return { ...shown, certificates: this.#shown(this.store.certificates(record.commId)) };
    return shown;
  }

  /** What list and find have in common. */
  #filter(fields: Fields): (comm: CommRecord) => boolean {
    const commType = fields.oneOf("commType", COMM_TYPES);
    const useType = fields.oneOf("useType", USE_TYPES);
    const inactive = fields.flag("showInactive") ?? false;
    return (one) =>
      (commType === undefined || commType === "none" || one.commType === commType) &&
      (useType === undefined || [useType, one.useType].includes("TestAndProduction") || one.useType === useType) &&
      (inactive || !["Suspended", "Terminated"].includes(one.status));
  }

  #comms(): CommRecord[] {
    return this.store.comms().filter((one) => one.tenant === this.tenant);
  }

  #has(commId: number): boolean {
    return this.store.certificates(commId).length > 0;
  }

  /** Whether `privateKeyRequired` keeps a comm: every comm of the sandbox requires a key, not every one has it. */
  #key(commId: number): boolean {
    if (this.store.variants.privateKeyFilter === "requires") return true;
    return this.store.certificates(commId).some(({ hasPrivateKey }) => hasPrivateKey);
  }

  #bare(record: CommRecord): Record<string, unknown> {
    return comm(record, this.#has(record.commId), this.store.variants);
  }

  /** Certificates of a comm as a read shows them; counts down what is not visible yet. */
  #listed(commId: number): unknown[] {
    const all = this.store.certificates(commId);
    for (const { certKeyId, hiddenReads } of all)
      if (hiddenReads > 0) this.store.change(certKeyId, { hiddenReads: hiddenReads - 1 });
    return this.#shown(all.filter(({ hiddenReads }) => hiddenReads === 0));
  }

  #shown(records: readonly CertificateRecord[]): unknown[] {
    const { variants } = this.store;
    return records
      .filter(({ status }) => status !== "Terminated" || variants.terminatedOnRead === "listed")
      .map((one) => certificate(one, variants));
  }
}
