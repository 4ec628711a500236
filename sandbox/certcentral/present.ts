import { isQuiet, USER } from "./lists.js";
import { Fields } from "./refusal.js";
import { domainId, expiry, token } from "./placing.js";
import type { CertcentralStore, CertificateRecord, OrderRecord, RequestRecord } from "./store.js";

const YEAR = 365 * 86_400_000;

/** Marked values in fields that a client has no business with: a search for them finds whoever keeps them. */
export const CC_CANARIES = { voucher: "canary-of-the-voucher", receipt: "canary-of-the-receipt" };

/** The user of the account, in a role. */
const person = (role: string): object => ({ ...USER, last_name: role });
/** For how many days a name stays validated. */
const VALIDATED = 397;
const later = (time: string, days: number): string =>
  new Date(Date.parse(time) + days * 86_400_000).toISOString().replace(/\.\d{3}Z$/, "+00:00");
const ORGANIZATION = "Sandbox Organization";

/** Answers of CertCentral (sections 4, 7, 9, 10, 13). */
export class Present {
  constructor(readonly store: CertcentralStore) {}

  /** Order info (section 4); with `caa` what was found about CAA, while the order is pending. */
  order(order: OrderRecord, caa = false): object {
    const { variants } = this.store;
    const validation = /_(dv|ev)_/.exec(order.product)?.[1] ?? "ov";
    const requests = this.store.requests(order.id);
    return {
      id: order.id,
      certificate: this.#certificate(order),
      status: order.status,
      is_renewal: order.renewalOf !== undefined,
      is_renewed: this.#flag(order.isRenewed),
      ...(variants.ccRenewedOrderId === "present" ? { renewed_order_id: order.renewedBy ?? 0 } : {}),
      date_created: order.dateCreated,
      ...(variants.ccOrderValidTill === "present" ? { order_valid_till: order.validTill } : {}),
      organization: this.#organization(order),
      container: { id: order.containerId, name: "Sandbox" },
      product: { name_id: order.product, name: order.product, type: "ssl_certificate", validation_type: validation },
      auto_renew: this.#flag(order.autoRenew),
      auto_reissue: this.#flag(Fields.of(order.body).flag("auto_reissue")),
      disable_renewal_notifications: isQuiet(order),
      has_duplicates: this.#hasDuplicates(order),
      payment_method: "balance",
      dcv_method: order.dcvMethod ?? "email",
      notes: order.notes.map((note, id) => ({ id, note })),
      ...(variants.ccOrderRequests === "present" ? { requests: requests.map((one) => this.#ofOrder(one)) } : {}),
      voucher_code: CC_CANARIES.voucher,
      receipt_secret: CC_CANARIES.receipt,
      user: USER,
      ...(caa && order.status === "pending"
        ? { caa_status_message: Object.fromEntries(this.#orderNames(order).map((name) => [name, "CAA allows it."])) }
        : {}),
    };
  }

  /** A row of the order list (section 10). */
  row(order: OrderRecord): object {
    const active = this.store.certificate(order.active);
    const issued = active?.dateIssued !== undefined;
    return {
      id: order.id,
      certificate: {
        ...(active === undefined || order.status === "needs_approval" ? {} : { id: active.id }),
        common_name: order.commonName,
        dns_names: this.#names(active?.dnsNames ?? []),
        ...(issued ? { valid_till: active.validTill, days_remaining: this.#daysLeft(active.validTill) } : {}),
        signature_hash: active?.signatureHash ?? "sha256",
      },
      status: order.status,
      is_renewed: order.isRenewed,
      date_created: order.dateCreated,
      organization: this.#organization(order),
      validity_years: Math.max(1, Math.round((Date.parse(order.validTill) - Date.parse(order.dateCreated)) / YEAR)),
      disable_renewal_notifications: isQuiet(order),
      container: { id: order.containerId, name: "Sandbox" },
      product: { name_id: order.product, name: order.product, type: "ssl_certificate" },
      product_name_id: order.product,
      has_duplicates: this.#hasDuplicates(order),
    };
  }

  #organization({ organizationId: id }: OrderRecord): object | null {
    return id === undefined ? null : { id, name: ORGANIZATION };
  }

  #certificate(order: OrderRecord): object {
    const { variants } = this.store;
    const active = this.store.certificate(order.active);
    if (active === undefined) return { common_name: order.commonName, dns_names: [] };
    const issued = active.dateIssued !== undefined;
    return {
      ...(order.status === "needs_approval" ? {} : { id: active.id }),
      common_name: active.commonName,
      dns_names: this.#names(active.dnsNames),
      signature_hash: active.signatureHash,
      date_created: active.dateCreated,
      server_platform: { id: active.platform, name: "Other" },
      ca_cert: { id: "SANDBOXCA", name: "Sandbox TLS Issuing CA" },
      ...(active.validity === undefined ? {} : { cert_validity: active.validity }),
      ...(order.organizationId === undefined ? {} : { organization: { id: order.organizationId } }),
      ...(variants.ccOrderCsr === "present" ? { csr: active.csr } : {}),
      ...(issued
        ? {
            thumbprint: active.thumbprint,
            serial_number: active.serialNumber,
            valid_from: active.validFrom,
            valid_till: active.validTill,
            date_issued: active.dateIssued,
            days_remaining: this.#daysLeft(active.validTill),
          }
        : {}),
      ...this.#status(active),
    };
  }

  /** Absent or empty for a plain issued one, a word after a reissue or a revocation (section 4, OBS). */
  #status(active: CertificateRecord): object {
    if (active.status === "revoked") return { status: "revoked" };
    if (active.kind === "reissue" && active.status === "issued") return { status: "issued" };
    return this.store.variants.ccCertificateStatus === "empty" ? { status: "" } : {};
  }

  /** Before mid-2022 a list with one blank text (section 4). */
  #names(names: readonly string[]): readonly string[] {
    return names.length === 0 && this.store.variants.ccDnsNames === "blank" ? [""] : names;
  }

  #hasDuplicates(order: OrderRecord): boolean {
    return this.store.certificates(order.id).some(({ kind }) => kind === "duplicate");
  }

  #flag(value: boolean): boolean | number {
    return this.store.variants.ccFlagTypes === "number" ? Number(value) : value;
  }

  #daysLeft(validTill: string): number {
    return Math.floor((Date.parse(`${validTill}T23:59:59Z`) - this.store.clock.now().getTime()) / 86_400_000);
  }

  #ofOrder({ id, date, type, status, comments }: RequestRecord): object {
    return { id, date, type, status, comments: comments ?? null };
  }

  /** A request by itself or in a list (section 9). */
  request(request: RequestRecord, whole = false): object {
    const order = this.store.order(request.orderId);
    const renewed = order?.renewalOf === undefined ? undefined : this.store.order(order.renewalOf);
    const stale = this.store.variants.ccRequestStale === "stale";
    return {
      ...this.#ofOrder(request),
      ...(request.dateProcessed === undefined ? {} : { date_processed: request.dateProcessed }),
      requester: person(request.requester),
      ...(whole ? { processor_comment: request.processorComment ?? null } : {}),
      ...(whole && request.processor !== undefined
        ? { reviewer: person(request.processor), processor: person(request.processor) }
        : {}),
      order: {
        id: request.orderId,
        status: stale ? "pending" : order?.status,
        certificate: { common_name: order?.commonName },
        ...(order === undefined ? {} : { organization: this.#organization(order) }),
        container: { id: order?.containerId },
        product: { name_id: order?.product },
        ...(whole ? { unsubmitted_domains: [] } : {}),
        ...(whole && renewed !== undefined ? { renewal_of_order_valid_till: renewed.validTill } : {}),
      },
    };
  }

  /** The answer to a revocation that became a request (section 8). */
  revocation(request: RequestRecord): object {
    return {
      ...this.#ofOrder(request),
      requester: person(request.requester),
    };
  }

  /** Lists of reissues and duplicates (section 7). */
  listed(order: OrderRecord, kind: "reissue" | "duplicate"): object {
    const { ccReissueListRevoked } = this.store.variants;
    const certificates = this.store
      .certificates(order.id)
      .filter((one) => one.kind === kind || (kind === "reissue" && one.kind === "primary"))
      .filter(({ status }) => status !== "revoked" || ccReissueListRevoked !== "hidden");
    return {
      certificates: certificates.map((one) => ({
        id: one.id,
        thumbprint: one.thumbprint,
        serial_number: one.serialNumber,
        common_name: one.commonName,
        dns_names: one.dnsNames,
        status: one.status === "revoked" && ccReissueListRevoked === "issued" ? "issued" : one.status,
        date_created: one.dateCreated,
        ...(one.dateIssued === undefined ? {} : { valid_from: one.validFrom, valid_till: one.validTill }),
        archived: kind === "reissue" ? 0 : "false",
      })),
    };
  }

  /** Validation status (section 13); ids as texts where the variant says so (section 12). */
  validation(order: OrderRecord): object {
    const names = this.#orderNames(order);
    const done = order.status === "pending" ? "pending" : "complete";
    const id = (at: number): number | string =>
      this.store.variants.ccIdTypes === "string" ? String(domainId(order.id, at)) : domainId(order.id, at);
    return {
      order_status: order.status,
      order_dcv_method: order.dcvMethod ?? "email",
      organization_validations: [],
      dns_name_validations: names.map((name, at) => ({
        domain_id: id(at),
        name_scope: name,
        status: done,
        method: order.dcvMethod ?? "email",
        dns_names: [name],
      })),
    };
  }

  /** What a check of names found (section 13). */
  checked(order: OrderRecord): object {
    const status = ["needs_approval", "pending", "reissue_pending"].includes(order.status) ? "pending" : "complete";
    return {
      order_status: order.status,
      certificate_id: order.active,
      dcv_status: status,
      dns_name_validations: this.#orderNames(order).map((name) => ({ dns_name: name, status })),
    };
  }

  /** A domain of an account; what is asked for beyond that is in the query (section 13). */
  domain(id: number, tenant: string, query: URLSearchParams): object | undefined {
    const order = this.store.order(Math.floor(id / 100));
    const name = order === undefined ? undefined : this.#orderNames(order)[id % 100];
    if (order === undefined || name === undefined || order.tenant !== tenant) return undefined;
    const validated = this.store.certificate(order.active)?.dateIssued;
    const until = validated === undefined ? undefined : later(validated, VALIDATED);
    return {
      id,
      name,
      is_active: true,
      is_pending_validation: validated === undefined,
      ...(validated === undefined ? {} : { dcv_approval_datetime: validated, dcv_expiration_datetime: until }),
      ...(query.get("include_validation") === "true"
        ? {
            validations:
              validated === undefined
                ? []
                : [{ type: "ov", status: "active", validated_until: until, dcv_status: "complete" }],
          }
        : {}),
      ...(query.get("include_dcv") === "true"
        ? {
            dcv_token: {
              token: token(order),
              status: validated === undefined ? "pending" : "active",
              expiration_date: expiry(order),
            },
          }
        : {}),
    };
  }

  #orderNames(order: OrderRecord): string[] {
    const active = this.store.certificate(order.active);
    return [...new Set([order.commonName, ...(active?.dnsNames ?? [])])];
  }
}
