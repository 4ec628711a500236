import { parsedCsr } from "./ca.js";
import { chainOf } from "./downloads.js";
import type { Fields } from "./refusal.js";
import { invalid, notFound, Refusal, required } from "./refusal.js";
import type { CertcentralStore, CertificateRecord, Key, OrderRecord, RequestRecord } from "./store.js";
import type { Workflow } from "./workflow.js";

/** Orders, renewals, reissues and duplicates (sections 3, 6, 7). */

const DAY = 86_400_000;
const PRODUCTS =
  /^(ssl_[a-z0-9_]+|wildcard_dv_[a-z]+|cloud_dv_[a-z]+|private_ssl_[a-z_]+|code_signing[a-z_]*|document_signing[a-z_]*)$/;
export const DCV_METHODS = ["email", "dns-txt-token", "dns-cname-token", "http-token"];
const HASHES = ["sha256", "sha384", "sha512"];
/** Organizations of every account: one that is validated. */
export const ORGANIZATIONS = [9001];

const day = (date: Date): string => date.toISOString().slice(0, 10);
const later = (date: Date, days: number): Date => new Date(date.getTime() + days * DAY);

export class Placing {
  constructor(
    readonly store: CertcentralStore,
    readonly flow: Workflow,
    readonly key: Key,
  ) {}

  /** `POST /order/certificate/{product}`. */
  async order(product: string, fields: Fields): Promise<object> {
    if (!PRODUCTS.test(product)) throw notFound("product");
    const asked = this.#certificate(fields, true);
    const renewed = this.#renewed(fields);
    const left = renewed === undefined ? 0 : this.#daysLeft(renewed);
    const validTill = this.#validity(product, fields, left);
    const organizationId = this.#organization(product, fields);
    this.#others(fields);
    const end = this.#certificateEnd(product, fields, validTill, left);
    const status = this.#bypass(fields) ? "pending" : "needs_approval";
    const order = this.store.add("order", {
      tenant: this.key.tenant,
      product,
      status,
      commonName: asked.commonName,
      certificates: [],
      active: 0,
      requests: [],
      dateCreated: this.store.now(),
      validTill: day(validTill),
      renewalOf: renewed?.id,
      renewedBy: undefined,
      isRenewed: false,
      autoRenew: fields.flag("auto_renew"),
      organizationId,
      containerId: fields.part("container")?.integer("id") ?? 1,
      dcvMethod: fields.text("dcv_method"),
      body: fields.body,
      notes: [],
    });
    const certificate = this.#waiting(order, "primary", asked, end);
    this.store.save({ ...order, active: certificate.id });
    if (renewed !== undefined && this.store.variants.ccIsRenewedAt === "placed")
      this.flow.renewed(renewed.id, order.id);
    return this.#go(order, certificate, "new_request", fields);
  }

  /** `POST /order/certificate/{id}/reissue`. */
  async reissue(order: OrderRecord, fields: Fields): Promise<object> {
    if (order.status !== "issued") throw new Refusal(400, "order_not_issued", "The order cannot be reissued now.");
    const asked = this.#certificate(fields, true);
    const before = this.store.certificate(order.active);
    if (this.store.variants.ccReissueSameCsr === "refused" && before?.csr === asked.csr)
      throw invalid("certificate.csr", "A new CSR is needed.");
    const end = this.#certificateEnd(order.product, fields, new Date(`${order.validTill}T00:00:00Z`));
    this.store.save({ ...order, status: "reissue_pending" });
    const certificate = this.#waiting(order, "reissue", asked, end);
    return this.#go({ ...order, status: "reissue_pending" }, certificate, "reissue", fields);
  }

  /** `POST /order/certificate/{id}/duplicate`. */
  async duplicate(order: OrderRecord, fields: Fields): Promise<object> {
    if (order.status !== "issued") throw new Refusal(400, "order_not_issued", "The order cannot be duplicated now.");
    const asked = this.#certificate(fields, true);
    const active = this.store.certificate(order.active);
    if (active !== undefined) equalNames(active, asked);
    const certificate = this.#waiting(
      order,
      "duplicate",
      asked,
      new Date(`${active?.validTill ?? order.validTill}T00:00:00Z`),
    );
    return this.#go(order, certificate, "duplicate", fields);
  }

  /** Approval, and issue where nothing is missing; then the answer (section 3.2). */
  async #go(
    order: OrderRecord,
    certificate: CertificateRecord,
    type: RequestRecord["type"],
    fields: Fields,
  ): Promise<object> {
    const bypassed = this.#bypass(fields);
    const { approval } = this.store.settings(order.tenant);
    const recorded = !(bypassed && (approval === "skipped" || fields.flag("skip_approval")));
    const request = recorded
      ? this.store.add("request", {
          tenant: order.tenant,
          orderId: order.id,
          certificateId: certificate.id,
          type,
          status: bypassed ? "approved" : "pending",
          date: this.store.now(),
          requester: this.key.role,
          comments: fields.text("comments"),
        })
      : undefined;
    if (bypassed) await this.flow.approved(certificate.id);
    const requests = request === undefined ? [] : [{ id: request.id, status: request.status }];
    const now = this.store.certificate(certificate.id);
    const shown = type !== "reissue" || this.store.variants.ccReissueResponse === "certificate";
    const waiting =
      this.store.order(order.id)?.status === "pending" && this.store.settings(order.tenant).validation === "dcv";
    return {
      id: order.id,
      requests,
      ...(bypassed && shown ? { certificate_id: certificate.id } : {}),
      ...(bypassed && shown && now?.pem !== undefined ? { certificate_chain: await chainOf(now) } : {}),
      ...(waiting && type === "new_request"
        ? {
            dcv_random_value: token(order),
            domains: [...new Set([certificate.commonName, ...certificate.dnsNames])].map((name, at) => ({
              id: domainId(order.id, at),
              name,
              dcv_token: { token: token(order), status: "pending", expiration_date: expiry(order) },
            })),
          }
        : {}),
    };
  }

  #bypass(fields: Fields): boolean {
    // Section 1: skip_approval needs an administrator; without one the order waits.
    const skips = fields.flag("skip_approval") && this.key.role === "administrator";
    return skips || this.store.settings(this.key.tenant).approval !== "required";
  }

  #waiting(order: OrderRecord, kind: CertificateRecord["kind"], asked: Asked, end: Date): CertificateRecord {
    return this.store.add("certificate", {
      ...asked,
      orderId: order.id,
      kind,
      status: "pending",
      validTill: day(end),
      dateCreated: this.store.now(),
    });
  }

  #certificate(fields: Fields, needed: boolean): Asked {
    const part = fields.part("certificate");
    if (part === undefined) throw required("certificate");
    const csr = part.needText("csr");
    const names = part.texts("dns_names");
    if (needed && parsedCsr(csr) === undefined)
      throw new Refusal(400, "csr_invalid_cannot_parse", "The CSR could not be parsed.");
    const hash = part.oneOf("signature_hash", HASHES);
    if (hash === undefined) throw required("certificate.signature_hash");
    const validity = part.part("cert_validity");
    const platform = part.part("server_platform")?.integer("id");
    if (platform === undefined && this.store.variants.ccServerPlatform === "required")
      throw required("certificate.server_platform");
    return {
      commonName: part.needText("common_name"),
      dnsNames: names,
      csr,
      signatureHash: hash,
      platform: platform ?? -1,
      ...(validity === undefined ? {} : { validity: validity.body }),
    };
  }

  /** End of the order (sections 3, 3.1); `left` are days that a renewal carries over. */
  #validity(product: string, fields: Fields, left: number): Date {
    const root = this.store.variants.ccValidityFields === "root";
    const part = root ? fields : fields.part("order_validity");
    const [years, days, custom] = root
      ? [fields.integer("validity_years"), fields.integer("validity_days"), fields.text("custom_expiration_date")]
      : [part?.integer("years"), part?.integer("days"), part?.text("custom_expiration_date")];
    const end = this.#end(years, days, custom, root ? "" : "order_validity.");
    if (end === undefined) throw required(root ? "validity_years" : "order_validity");
    const most = new Date(this.store.clock.now());
    most.setUTCFullYear(most.getUTCFullYear() + 3);
    if (!product.startsWith("private_") && day(end) > day(most)) {
      const unit =
        custom !== undefined ? "custom_expiration_date" : days !== undefined ? "validity_days" : "validity_years";
      throw invalid(unit);
    }
    return later(end, custom === undefined ? left : 0);
  }

  /** The winner of several is custom_expiration_date, then days, then years. */
  #end(
    years: number | undefined,
    days: number | undefined,
    custom: string | undefined,
    path: string,
  ): Date | undefined {
    const now = this.store.clock.now();
    if (custom !== undefined) {
      const at = new Date(`${custom}T00:00:00Z`);
      if (Number.isNaN(at.getTime()) || at <= now) throw invalid(`${path}custom_expiration_date`);
      return at;
    }
    if ([years, days].some((value) => value !== undefined && value < 1)) throw invalid(`${path}years`);
    if (days !== undefined) return new Date(now.getTime() + days * DAY);
    if (years === undefined) return undefined;
    const end = new Date(now);
    end.setUTCFullYear(end.getUTCFullYear() + years);
    return end;
  }

  /** End of a certificate: as asked, within the order and the cap of public TLS. */
  #certificateEnd(product: string, fields: Fields, order: Date, left = 0): Date {
    const part = fields.part("certificate")?.part("cert_validity");
    const custom = part?.text("custom_expiration_date");
    const first = this.#end(part?.integer("years"), part?.integer("days"), custom, "certificate.cert_validity.");
    // What a renewal carries over goes to the certificate as far as the cap allows (section 6).
    const asked = first === undefined || custom !== undefined ? first : later(first, left);
    if (asked !== undefined && day(asked) > day(order))
      throw new Refusal(400, "cert_validity_exceeds_order_validity", "The certificate would outlive its order.");
    const end = Math.min((asked ?? order).getTime(), order.getTime());
    if (product.startsWith("private_")) return new Date(end);
    const cap = later(this.store.clock.now(), Number(this.store.variants.ccCertificateCap));
    return new Date(Math.min(end, cap.getTime()));
  }

  #organization(product: string, fields: Fields): number | undefined {
    const id = fields.part("organization")?.integer("id");
    const needed = !product.includes("_dv_");
    if (needed && id === undefined) throw required("organization.id");
    if (id !== undefined && !ORGANIZATIONS.includes(id)) throw invalid("organization.id");
    for (const contact of fields.part("organization")?.parts("contacts") ?? []) {
      if (contact.oneOf("contact_type", ["organization_contact", "technical_contact"]) === undefined)
        throw required("organization.contacts.contact_type");
      contact.integer("user_id");
    }
    return id;
  }

  /** Fields that are checked and kept as they are. */
  #others(fields: Fields): void {
    for (const name of ["comments", "custom_renewal_message", "locale"]) fields.text(name);
    for (const name of ["skip_approval", "auto_renew", "auto_reissue", "disable_renewal_notifications", "disable_ct"])
      fields.flag(name);
    fields.oneOf("payment_method", ["balance", "card", "profile", "wire_transfer"]);
    fields.oneOf("dcv_method", DCV_METHODS);
    for (const email of fields.parts("dcv_emails")) email.needText("dns_name");
    for (const field of fields.parts("custom_fields")) {
      if (field.integer("metadata_id") === undefined) throw required("custom_fields.metadata_id");
      field.needText("value");
    }
    fields.part("technical_contact")?.text("email");
    fields.part("certificate")?.texts("organization_units");
    fields.part("certificate")?.text("ca_cert_id");
    fields.part("certificate")?.text("profile_option");
  }

  /** The order that is renewed: of this account, in force, 90 days to 1 day before its end (section 6). */
  #renewed(fields: Fields): OrderRecord | undefined {
    const id = fields.integer("renewal_of_order_id");
    if (id === undefined) return undefined;
    const old = this.store.order(id);
    if (old?.tenant !== this.key.tenant) throw notFound("order");
    const left = this.#daysLeft(old);
    const inForce = old.status === "issued" || old.status === "reissue_pending";
    const again = old.isRenewed && this.store.variants.ccRenewAgain === "refused";
    if (!inForce || again || left > 90 || left < 1) throw invalid("renewal_of_order_id");
    return old;
  }

  /** From today to the day of an order's end. */
  #daysLeft({ validTill }: OrderRecord): number {
    return (Date.parse(validTill) - Date.parse(day(this.store.clock.now()))) / DAY;
  }
}

interface Asked {
  readonly commonName: string;
  readonly dnsNames: string[];
  readonly csr: string;
  readonly signatureHash: string;
  readonly platform: number;
  readonly validity?: Readonly<Record<string, unknown>>;
}

/** A duplicate has its original's names, in any order, and may have names below its wildcards (section 7). */
function equalNames(original: Asked, duplicate: Asked): void {
  const names = ({ commonName, dnsNames }: Asked): string[] =>
    [commonName, ...dnsNames].map((one) => one.toLowerCase());
  const [had, has] = [names(original), names(duplicate)];
  const wildcards = had.filter((name) => name.startsWith("*.")).map((name) => name.slice(1));
  const known = (name: string): boolean => had.includes(name) || wildcards.some((end) => name.endsWith(end));
  if (!known(duplicate.commonName.toLowerCase())) throw invalid("certificate.common_name");
  if (!has.every(known) || !had.every((name) => has.includes(name))) throw invalid("certificate.dns_names");
}

/** The value that has to be published, one an order. */
export const token = ({ id, randomValueOf }: OrderRecord): string =>
  ["token", id, (id * 7919).toString(36), ...(randomValueOf === undefined ? [] : [Date.parse(randomValueOf)])].join(
    "-",
  );
/** Domains have ids of their own. */
export const domainId = (orderId: number, at: number): number => orderId * 100 + at;
/** Tokens are good for 30 days. */
export const expiry = ({ randomValueOf, dateCreated }: OrderRecord): string =>
  later(new Date(randomValueOf ?? dateCreated), 30)
    .toISOString()
    .replace(/\.\d{3}Z$/, "+00:00");
