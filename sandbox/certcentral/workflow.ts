import { issueLeaf } from "./ca.js";
import { isOpen } from "./revoking.js";
import type { CertcentralStore, CertificateRecord, OrderRecord, RequestRecord } from "./store.js";

/** What happens to an order between its calls: approval, validation, issue, revocation, time (sections 5, 7, 8). */
export class Workflow {
  constructor(readonly store: CertcentralStore) {}

  /** Carries out what the clock has brought: the 72 hours after a name was removed, the end of orders. */
  pass(): void {
    const now = this.store.clock.now();
    for (const certificate of this.store.certificates()) {
      if (
        certificate.revokeOn === undefined ||
        certificate.status === "revoked" ||
        new Date(certificate.revokeOn) > now
      )
        continue;
      this.#revoked(certificate);
    }
    for (const order of this.store.orders()) {
      const end = new Date(`${order.validTill}T23:59:59Z`);
      if (end < now && order.status === "issued" && this.store.variants.ccExpired === "expired")
        this.store.save({ ...order, status: "expired" }, end);
    }
  }

  /** A certificate has its approval: it is issued, or waits for its names. */
  async approved(certificateId: number): Promise<void> {
    const order = this.#order(this.#certificate(certificateId).orderId);
    if (this.store.settings(order.tenant).validation === "prevalidated") return this.#issue(certificateId);
    if (order.status === "needs_approval") this.store.save({ ...order, status: "pending" });
  }

  /** Issues what waits on an order and has its approval. */
  async issue(orderId: number): Promise<void> {
    const waiting = this.waiting(orderId);
    if (waiting.length === 0) throw new Error(`nothing waits on order ${orderId}`);
    for (const { id } of waiting) await this.#issue(id);
  }

  /** What has its approval and is not issued yet. */
  waiting(orderId: number): CertificateRecord[] {
    const unapproved = this.store.requests(orderId).filter(({ status }) => isOpen(status));
    return this.store
      .certificates(orderId)
      .filter(
        ({ id, status }) => status === "pending" && unapproved.every(({ certificateId }) => certificateId !== id),
      );
  }

  async #issue(certificateId: number): Promise<void> {
    const waiting = this.#certificate(certificateId);
    const now = this.store.clock.now();
    const leaf = await issueLeaf({
      ...waiting,
      notBefore: new Date(`${now.toISOString().slice(0, 10)}T00:00:00Z`),
      notAfter: new Date(`${waiting.validTill}T23:59:59Z`),
    });
    if (this.store.certificate(waiting.id)?.status !== "pending") return; // it was dropped meanwhile
    const issued: CertificateRecord = {
      ...waiting,
      ...leaf,
      status: "issued",
      dateIssued: this.store.now(),
      validFrom: now.toISOString().slice(0, 10),
    };
    this.store.save(issued);
    if (issued.kind === "duplicate") return;
    const order = this.#order(issued.orderId);
    if (issued.kind === "reissue") this.#revokeLater(issued, this.store.certificate(order.active));
    this.store.save({ ...order, status: "issued", active: issued.id, commonName: issued.commonName });
    const renews = issued.kind === "primary" && this.store.variants.ccIsRenewedAt === "issued";
    if (order.renewalOf !== undefined && renews) this.renewed(order.renewalOf, order.id);
  }

  renewed(oldId: number, newId: number): void {
    const old = this.#order(oldId);
    this.store.save({ ...old, isRenewed: true, renewedBy: newId });
  }

  /**
   * A reissue that lacks a name of the certificate in charge, or has another common name: every earlier one ends within
   * 72 hours (section 7). What it is told to end by then already, keeps its time.
   */
  #revokeLater(issued: CertificateRecord, replaced: CertificateRecord | undefined): void {
    const names = new Set([issued.commonName, ...issued.dnsNames].map((name) => name.toLowerCase()));
    const removes =
      replaced !== undefined &&
      (replaced.commonName.toLowerCase() !== issued.commonName.toLowerCase() ||
        replaced.dnsNames.some((name) => !names.has(name.toLowerCase())));
    if (!removes) return;
    const revokeOn = new Date(this.store.clock.now().getTime() + 72 * 3_600_000).toISOString();
    for (const earlier of this.store.certificates(issued.orderId))
      if (earlier.id !== issued.id && earlier.status === "issued")
        this.store.save({ ...earlier, revokeOn: earlier.revokeOn ?? revokeOn });
  }

  /** Every certificate of an order ends, and what waits on it is dropped: nothing brings the order back (section 8). */
  revokeOrder(orderId: number): void {
    for (const certificate of this.store.certificates(orderId))
      if (certificate.status === "issued") this.#revoked(certificate);
      else this.#drop(certificate);
    this.#refuseWaiting(orderId);
    const { revoking: _revoking, ...order } = this.#order(orderId);
    this.store.save({ ...order, status: "revoked" });
  }

  /** DigiCert turns an order down (section 5). */
  rejectOrder(orderId: number): void {
    for (const certificate of this.store.certificates(orderId)) this.#drop(certificate);
    this.#refuseWaiting(orderId);
    this.store.save({ ...this.#order(orderId), status: "rejected" });
  }

  #refuseWaiting(orderId: number): void {
    for (const request of this.store.requests(orderId))
      if (isOpen(request.status) && request.type !== "revoke") this.#processed(request, "rejected", undefined);
  }

  revokeCertificate(certificateId: number): void {
    const certificate = this.#certificate(certificateId);
    this.#revoked(certificate);
    const order = this.#order(certificate.orderId);
    if (this.store.settings(order.tenant).revocationTakesOrder) this.revokeOrder(order.id);
  }

  #revoked({ revoking: _revoking, ...certificate }: CertificateRecord): void {
    this.store.save({ ...certificate, status: "revoked" });
  }

  /** An administrator decides a request (section 9). */
  async decide(
    requestId: number,
    status: "approved" | "rejected",
    comment?: string,
    processor = "administrator",
  ): Promise<void> {
    const request = this.store.request(requestId);
    if (request === undefined) throw new Error(`there is no request ${requestId}`);
    if (!isOpen(request.status)) throw new Error(`request ${requestId} is decided already`);
    this.#processed({ ...request, processor }, status, comment);
    if (request.type === "revoke") {
      if (status !== "approved") return;
      if (request.certificateId === undefined) this.revokeOrder(request.orderId);
      else this.revokeCertificate(request.certificateId);
      return;
    }
    if (request.certificateId === undefined) throw new Error(`request ${requestId} is for no certificate`);
    if (status === "approved") return this.approved(request.certificateId);
    this.#drop(this.#certificate(request.certificateId));
    const order = this.#order(request.orderId);
    if (request.type === "new_request") this.store.save({ ...order, status: "rejected" });
    else if (request.type === "reissue") this.store.save({ ...order, status: "issued" });
  }

  /** The order, or its waiting reissue, is dropped (section 5). */
  cancel(order: OrderRecord, note: string): void {
    const reissue = order.status === "reissue_pending";
    const dropped = this.store
      .certificates(order.id)
      .filter(({ kind, status }) => status === "pending" && (!reissue || kind === "reissue"));
    for (const certificate of dropped) this.#drop(certificate);
    for (const request of this.store.requests(order.id))
      // The request of a reissue becomes rejected even if it was approved.
      if (
        request.type !== "revoke" &&
        (reissue || isOpen(request.status)) &&
        dropped.some(({ id }) => id === request.certificateId)
      )
        this.#processed(request, "rejected", note);
    this.store.save({
      ...this.#order(order.id),
      status: reissue ? "issued" : "canceled",
      notes: [...order.notes, note],
    });
  }

  #drop(certificate: CertificateRecord): void {
    if (certificate.status === "pending") this.store.save({ ...certificate, status: "rejected" });
  }

  #processed(request: RequestRecord, status: "approved" | "rejected", comment: string | undefined): void {
    this.store.save({
      ...request,
      status,
      dateProcessed: this.store.now(),
      ...(comment === undefined ? {} : { processorComment: comment }),
    });
  }

  #order(id: number): OrderRecord {
    const order = this.store.order(id);
    if (order === undefined) throw new Error(`there is no order ${id}`);
    return order;
  }

  #certificate(id: number): CertificateRecord {
    const certificate = this.store.certificate(id);
    if (certificate === undefined) throw new Error(`there is no certificate ${id}`);
    return certificate;
  }
}
