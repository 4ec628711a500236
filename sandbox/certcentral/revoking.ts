import type { Response } from "../system.js";
import { denied, invalid, Refusal, type Fields } from "./refusal.js";
import type { Present } from "./present.js";
import type { CertcentralStore, Key, OrderRecord, RequestRecord } from "./store.js";
import type { Workflow } from "./workflow.js";

/** Revocation of an order or of one certificate (section 8). */

const REASONS = ["unspecified", "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation"];
const EMPTY: Response = { status: 204, headers: {}, body: undefined };

export class Revoking {
  constructor(
    readonly store: CertcentralStore,
    readonly flow: Workflow,
    readonly present: Present,
    readonly key: Key,
  ) {}

  /** `certificateId` undefined revokes the whole order. */
  revoke(order: OrderRecord, certificateId: number | undefined, fields: Fields): Response {
    const { variants } = this.store;
    fields.oneOf("revocation_reason", REASONS);
    // The table says `comment`, every example `comments` (section 8): only what the examples send is kept.
    const comments = fields.text("comments");
    const skips = fields.flag("skip_approval");
    if (skips && this.key.role !== "administrator" && variants.ccSilentSkip === "403") throw denied();
    const certificate = certificateId === undefined ? undefined : this.store.certificate(certificateId);

    if (order.status === "revoked" || certificate?.status === "revoked") {
      if (variants.ccRevokedRepeat === "error")
        throw new Refusal(400, "order_already_revoked", "It is revoked already.");
      if (variants.ccRevokedRepeat === "204") return EMPTY;
      return this.#requested(order, certificateId, comments);
    }
    if (order.status === "expired" && variants.ccRevokeExpired === "error")
      throw new Refusal(400, "order_expired", "The order has expired.");
    if (!["issued", "reissue_pending", "expired"].includes(order.status))
      throw invalid("order_id", "Nothing is issued.");
    if (certificate !== undefined && certificate.status !== "issued")
      throw invalid("certificate_id", "It is not issued.");
    if (certificateId !== undefined && order.status === "reissue_pending")
      throw new Refusal(400, "pending_reissue", "A reissue waits: cancel or finish it first.");

    const pending = this.store
      .requests(order.id)
      .find(({ type, status, certificateId: of }) => type === "revoke" && isOpen(status) && of === certificateId);
    if (pending !== undefined && variants.ccSecondRevoke !== "another") {
      if (variants.ccSecondRevoke === "error") throw new Refusal(400, "pending_request", "A request waits already.");
      return { status: 201, headers: {}, body: this.present.revocation(pending) };
    }
    if (!(skips && this.key.role === "administrator")) return this.#requested(order, certificateId, comments);
    if (variants.ccRevoke204 === "later") this.store.save({ ...(certificate ?? order), revoking: true });
    else if (certificateId === undefined) this.flow.revokeOrder(order.id);
    else this.flow.revokeCertificate(certificateId);
    return EMPTY;
  }

  #requested(order: OrderRecord, certificateId: number | undefined, comments: string | undefined): Response {
    const request = this.store.add("request", {
      tenant: order.tenant,
      orderId: order.id,
      certificateId,
      type: "revoke",
      status: this.store.variants.ccRevokeRequestStatus,
      date: this.store.now(),
      requester: this.key.role,
      comments,
    });
    return { status: 201, headers: {}, body: this.present.revocation(request) };
  }
}

export const isOpen = (status: RequestRecord["status"]): boolean => status === "pending" || status === "submitted";
