import { issueLeaf, makeCsr, type Leaf } from "./ca.js";
import type { CertcentralApi } from "./api.js";
import { Placing } from "./placing.js";
import { Fields } from "./refusal.js";
import type { AccountSettings, CertificateRecord, Key, OrderRecord, OrderStatus, RequestRecord } from "./store.js";

const DEFAULT_TENANT = "sandbox";
const day = (date: Date): string => date.toISOString().slice(0, 10);

/** What happens at CertCentral without our doing, and what is there: straight from the store. */
export class CertcentralSandbox {
  /** Base URL of the API. */
  readonly url: string;
  /** Key of an administrator of the default account. */
  readonly apiKey: string;
  readonly #api: CertcentralApi;
  #shared: Promise<{ csr: string; leaf: Leaf }> | undefined;

  constructor(url: string, api: CertcentralApi) {
    this.url = `${url}/certcentral/services/v2`;
    this.#api = api;
    // On a file that was used before, the key that programs were given stays good.
    this.apiKey = api.store.oldestKey() ?? this.issueKey({});
  }

  /** Live: assign to change how the account handles what is asked of it. */
  get settings(): AccountSettings {
    return this.#api.store.settings(DEFAULT_TENANT);
  }

  issueKey({ tenant = DEFAULT_TENANT, role = "administrator", restriction = "none" }: Partial<Key>): string {
    return this.#api.store.issueKey({ tenant, role, restriction });
  }

  revokeKey(value: string): void {
    this.#api.store.revokeKey(value);
  }

  orders(): OrderRecord[] {
    this.#api.flow.pass();
    return this.#api.store.orders();
  }

  order(id: number): OrderRecord {
    this.#api.flow.pass();
    const order = this.#api.store.order(id);
    if (order === undefined) throw new Error(`there is no order ${id}`);
    return order;
  }

  certificates(orderId: number): CertificateRecord[] {
    this.#api.flow.pass();
    return this.#api.store.certificates(orderId);
  }

  requests(orderId?: number): RequestRecord[] {
    return this.#api.store.requests(orderId);
  }

  /** An order that was placed long before; issued unless told otherwise. All share one key, so that many are quick. */
  async addOrder(
    given: {
      commonName?: string;
      dnsNames?: string[];
      status?: OrderStatus;
      validTill?: string;
      product?: string;
      tenant?: string;
      migrated?: boolean;
    } = {},
  ): Promise<number> {
    const {
      commonName = "www.example.com",
      dnsNames = [],
      status = "issued",
      product = "ssl_basic",
      tenant = DEFAULT_TENANT,
      migrated = false,
    } = given;
    const { store } = this.#api;
    const now = store.clock.now();
    const validTill = given.validTill ?? day(new Date(now.getTime() + 365 * 86_400_000));
    this.#shared ??= makeCsr("shared.example.com").then(async (csr) => ({
      csr,
      leaf: await issueLeaf({
        csr,
        commonName,
        dnsNames,
        signatureHash: "sha256",
        notBefore: now,
        notAfter: new Date(`${validTill}T23:59:59Z`),
      }),
    }));
    const { csr, leaf } = await this.#shared;
    const order = store.add("order", {
      tenant,
      product,
      status,
      commonName,
      certificates: [],
      active: 0,
      requests: [],
      dateCreated: store.now(),
      validTill,
      renewalOf: undefined,
      renewedBy: undefined,
      isRenewed: false,
      autoRenew: false,
      migrated,
      organizationId: 9001,
      containerId: 1,
      dcvMethod: undefined,
      body: {},
      notes: [],
    });
    const certificate = store.add("certificate", {
      orderId: order.id,
      kind: "primary",
      status: "issued",
      csr,
      commonName,
      dnsNames,
      signatureHash: "sha256",
      platform: -1,
      validTill,
      dateCreated: store.now(),
      dateIssued: store.now(),
      validFrom: day(now),
      ...leaf,
    });
    store.save({ ...order, active: certificate.id });
    return order.id;
  }

  approve = (requestId: number): Promise<void> => this.#api.flow.decide(requestId, "approved");
  reject = (requestId: number, comment = "no"): Promise<void> => this.#api.flow.decide(requestId, "rejected", comment);

  /** Approves everything that waits for it. @returns the requests' ids. */
  async approveAll(): Promise<number[]> {
    const approved: number[] = [];
    for (const { id } of this.requests()) {
      // The approval of a revocation takes what waits on its order along.
      const status = this.#api.store.request(id)?.status;
      if (status !== "pending" && status !== "submitted") continue;
      await this.approve(id);
      approved.push(id);
    }
    return approved;
  }

  /** The names are validated: what waits for that is issued. */
  validate = (orderId: number): Promise<void> => this.#api.flow.issue(orderId);
  issue = (orderId: number): Promise<void> => this.#api.flow.issue(orderId);

  cancelOutside(orderId: number): void {
    this.#api.flow.cancel(this.order(orderId), "canceled in the console");
  }

  /** DigiCert turns an order down. */
  rejectOrder(orderId: number): void {
    this.#api.flow.rejectOrder(orderId);
  }

  /** The order waits for its recipient (section 5). */
  waitForPickup(orderId: number): void {
    this.#api.store.save({ ...this.order(orderId), status: "waiting_pickup" });
  }

  revokeOutside(orderId: number): void {
    this.#api.flow.revokeOrder(orderId);
  }

  revokeCertificateOutside(certificateId: number): void {
    this.#api.flow.revokeCertificate(certificateId);
  }

  /** Somebody files a revocation in the console, of the order or of one certificate. @returns the request's id. */
  requestRevocation(orderId: number, certificateId?: number): number {
    const { store } = this.#api;
    return store.add("request", {
      tenant: this.order(orderId).tenant,
      orderId,
      certificateId,
      type: "revoke",
      status: "pending",
      date: store.now(),
      requester: "somebody",
      comments: undefined,
    }).id;
  }

  async reissueOutside(orderId: number, change: { csr?: string; dnsNames?: string[] } = {}): Promise<void> {
    const order = this.order(orderId);
    const active = this.#active(order);
    await this.#placing(order).reissue(
      order,
      Fields.of({ certificate: certificateBody({ ...active, ...change }), skip_approval: true }),
    );
  }

  async duplicateOutside(orderId: number): Promise<void> {
    const order = this.order(orderId);
    await this.#placing(order).duplicate(
      order,
      Fields.of({ certificate: certificateBody(this.#active(order)), skip_approval: true }),
    );
  }

  /** Somebody, or auto renew, renews. @returns the new order's id. */
  async renewOutside(orderId: number): Promise<number> {
    const order = this.order(orderId);
    const answer = await this.#placing(order).order(
      order.product,
      Fields.of({
        certificate: certificateBody(this.#active(order)),
        organization: { id: order.organizationId },
        order_validity: { years: 1 },
        validity_years: 1,
        renewal_of_order_id: orderId,
        skip_approval: true,
      }),
    );
    return (answer as { id: number }).id;
  }

  /** Carries out revocations that were handed over (variant `ccRevoke204`). */
  settleRevocations(): void {
    for (const { id, revoking } of this.orders()) {
      if (revoking === true) this.#api.flow.revokeOrder(id);
      for (const certificate of this.certificates(id))
        if (certificate.revoking === true) this.#api.flow.revokeCertificate(certificate.id);
    }
  }

  #active(order: OrderRecord): CertificateRecord {
    const active = this.#api.store.certificate(order.active);
    if (active === undefined) throw new Error(`order ${order.id} has no certificate`);
    return active;
  }

  #placing = ({ tenant }: OrderRecord): Placing =>
    new Placing(this.#api.store, this.#api.flow, { tenant, role: "administrator", restriction: "none" });
}

const certificateBody = ({ commonName, dnsNames, csr, signatureHash }: CertificateRecord): object => ({
  common_name: commonName,
  dns_names: dnsNames,
  csr,
  signature_hash: signatureHash,
  server_platform: { id: -1 },
});
