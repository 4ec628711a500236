import type { Outcome } from "../requestLog.js";
import type { Request, Response, System } from "../system.js";
import { chainOf, download } from "./downloads.js";
import { count, csv, filteredOrders, filteredRequests, filtersOf, page, rangeOf } from "./lists.js";
import { DCV_METHODS, ORGANIZATIONS, Placing, token, expiry } from "./placing.js";
import { Present } from "./present.js";
import { denied, Fields, invalid, notFound, Refusal, required, unavailable } from "./refusal.js";
import { Revoking } from "./revoking.js";
import type { CertcentralStore, CertificateRecord, Key, OrderRecord } from "./store.js";
import { Workflow } from "./workflow.js";

const ROOT = "/services/v2";
const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Rolling limits per key: calls and real milliseconds (section 12). */
const LIMITS = [
  [100, 5000],
  [1000, 180_000],
] as const;
/** Section 1. */
const ROLES = {
  administrator: { id: 1, name: "Administrator" },
  manager: { id: 4, name: "Manager" },
  standard: { id: 5, name: "Standard user" },
};
/** What a key for orders reaches (section 1), and who it is. */
const OF_ORDERS = ["order", "request", "certificate", "user"];
/** Roles that decide requests (section 9). */
const APPROVERS: readonly string[] = ["administrator", "manager"];
const EMPTY: Response = { status: 204, headers: {}, body: undefined };
const ok = (body: object, status = 200): Response => ({ status, headers: {}, body });

const MUTATING: readonly (readonly [
  RegExp,
  (ids: readonly string[], body: Readonly<Record<string, unknown>>) => string,
])[] = [
  [
    /^POST \/order\/certificate\/(\d+)\/(reissue|duplicate)$/,
    ([id, verb]) => `certcentral.orders.${verb ?? ""} orderId=${id ?? ""}`,
  ],
  [
    /^POST \/order\/certificate\/([a-z0-9_]+)$/,
    ([product], body) =>
      body.renewal_of_order_id === undefined
        ? `certcentral.orders.place product=${product ?? ""} commonName=${String((body.certificate as Record<string, unknown> | undefined)?.common_name)}`
        : `certcentral.orders.renew orderId=${JSON.stringify(body.renewal_of_order_id)}`,
  ],
  [
    /^PUT \/order\/certificate\/(\d+)\/status$/,
    ([id], body) => `certcentral.orders.${/cancel/i.test(String(body.status)) ? "cancel" : "mark"} orderId=${id ?? ""}`,
  ],
  [
    /^PUT \/order\/certificate\/(\d+)\/(revoke|check-dcv|dcv-random-value|dcv-method)$/,
    ([id, verb]) => `certcentral.orders.${verb ?? ""} orderId=${id ?? ""}`,
  ],
  [
    /^PUT \/certificate\/([0-9A-Fa-f]+)\/revoke$/,
    ([id]) => `certcentral.certificates.revoke certificateId=${id ?? ""}`,
  ],
  [
    /^PUT \/request\/(\d+)\/status$/,
    ([id], body) => `certcentral.requests.${body.status === "rejected" ? "reject" : "approve"} requestId=${id ?? ""}`,
  ],
];

/** CertCentral's Services API v2 as documented, as far as certificate orders need it. */
export class CertcentralApi implements System {
  readonly name = "certcentral";
  readonly prefix = "/certcentral";
  readonly overLimit = ["request_limit_exceeded", "Service unavailable, please limit request volume"] as const;
  readonly flow: Workflow;
  readonly #present: Present;
  readonly #arrivals = new Map<string, number[]>();

  constructor(readonly store: CertcentralStore) {
    this.flow = new Workflow(store);
    this.#present = new Present(store);
  }

  operationOf({ method, path, body }: Pick<Request, "method" | "path" | "body">): string | undefined {
    const call = `${method} ${path.slice(ROOT.length)}`;
    const fields = typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
    for (const [pattern, label] of MUTATING) {
      const ids = path.startsWith(`${ROOT}/`) ? pattern.exec(call)?.slice(1) : undefined;
      if (ids !== undefined) return label(ids, fields);
    }
    return undefined;
  }

  outcomeOf({ status }: Response): Outcome {
    return status >= 200 && status < 300 ? "executed" : "refused";
  }

  failure(status: number, code: string, message: string): Response {
    const error = { code, message };
    return { status, headers: {}, body: { errors: this.store.variants.ccErrorsShape === "object" ? error : [error] } };
  }

  isOverLimit({ headers, arrived }: Request): boolean {
    if (this.store.variants.ccRateLimit === "none") return false;
    const key = String(headers["x-dc-devkey"] ?? "");
    const arrivals = (this.#arrivals.get(key) ?? []).filter((at) => at > arrived - LIMITS[1][1]);
    const over = LIMITS.some(([calls, window]) => arrivals.filter((at) => at > arrived - window).length >= calls);
    this.#arrivals.set(key, over ? arrivals : [...arrivals, arrived]);
    return over;
  }

  async answer(request: Request): Promise<Response> {
    try {
      this.flow.pass();
      return await this.#route(request);
    } catch (error) {
      if (error instanceof Refusal) return this.failure(error.status, error.code, error.message);
      throw error;
    }
  }

  #key({ headers, method }: Request): Key {
    const key = this.store.key(String(headers["x-dc-devkey"] ?? ""));
    // 403, not 401 (section 12, OBS).
    if (key === undefined) throw denied("access_denied_invalid_key");
    if (key.restriction === "view" && method !== "GET") throw denied();
    return key;
  }

  async #route(request: Request): Promise<Response> {
    const { method, path, body, query } = request;
    if (!path.startsWith(`${ROOT}/`)) throw notFound("route");
    const key = this.#key(request);
    if (request.malformed) throw new Refusal(400, "bad_request_format", "The body is not JSON.");
    const parts = path.slice(ROOT.length + 1).split("/");
    if (key.restriction === "orders" && !OF_ORDERS.includes(parts[0] ?? "")) throw denied();
    const fields = Fields.of(body);
    switch (parts[0]) {
      case "user":
        if (parts[1] === "me") return ok({ id: 1, username: "sandbox", access_roles: [ROLES[key.role]] });
        break;
      case "organization":
        if (method === "GET" && parts.length === 1)
          return ok({
            organizations: ORGANIZATIONS.map((id) => ({
              id,
              status: "active",
              name: "Sandbox Organization",
              is_active: true,
            })),
          });
        break;
      case "domain":
        if (method === "GET" && parts[1] !== undefined) {
          const domain = this.#present.domain(Number(parts[1]), key.tenant, query);
          if (domain !== undefined) return ok(domain);
        }
        break;
      case "request":
        return this.#requests(method, parts, query, fields, key, request);
      case "certificate":
        return this.#certificates(method, parts, fields, key);
      case "order":
        if (parts[1] === "certificate") return this.#orders(method, parts.slice(2), query, fields, key, request);
    }
    throw notFound("route");
  }

  async #orders(
    method: string,
    parts: readonly string[],
    query: URLSearchParams,
    fields: Fields,
    key: Key,
    request: Request,
  ): Promise<Response> {
    const [which = "", verb] = parts;
    if (parts.length === 0 && method === "GET") {
      const { rows, page: at } = page(
        filteredOrders(this.store, key.tenant, query),
        query,
        Number(this.store.variants.ccListLimit),
      );
      const orders = rows.map((order) => this.#present.row(order));
      return asked(request, "text/csv")
        ? { status: 200, headers: { "content-type": "text/csv" }, body: csv(orders) }
        : ok({ orders, page: at });
    }
    if (which === "status-changes" && method === "GET") return this.#changes(query, key);
    const placing = new Placing(this.store, this.flow, key);
    if (verb === undefined && method === "POST" && !/^\d+$/.test(which))
      return ok(await placing.order(which, fields), 201);
    const order = this.#order(which, key);
    switch (`${method} ${verb ?? ""}`) {
      case "GET ":
        return ok(this.#present.order(order, query.get("include_caa_status") === "true"));
      case "POST reissue":
        return ok(await placing.reissue(order, fields), 201);
      case "POST duplicate":
        return ok(await placing.duplicate(order, fields), 201);
      case "GET reissue":
        return ok(this.#present.listed(order, "reissue"));
      case "GET duplicate":
        return ok(this.#present.listed(order, "duplicate"));
      case "GET validation":
        return ok(this.#present.validation(order));
      case "PUT revoke":
        return new Revoking(this.store, this.flow, this.#present, key).revoke(order, undefined, fields);
      case "PUT status":
        return this.#status(order, fields);
      case "PUT check-dcv":
        return this.#checked(order);
      case "PUT dcv-random-value":
        return ok(this.#randomValue(order));
      case "PUT dcv-method":
        if (fields.oneOf("dcv_method", DCV_METHODS) === undefined) throw required("dcv_method");
        this.store.save({ ...order, dcvMethod: fields.text("dcv_method") });
        return ok({ dcv_random_value: token(order) });
    }
    throw notFound("route");
  }

  /** Cancel, or mark a migrated order (section 5). */
  #status(order: OrderRecord, fields: Fields): Response {
    const status = fields.needText("status");
    const canceled = status === "canceled" || (status === "CANCELED" && this.store.variants.ccCancelCase === "any");
    if (!canceled && status !== "renewed" && status !== "not_renewed") throw invalid("status");
    if (!canceled) {
      const near = Date.parse(order.validTill) - this.store.clock.now().getTime() <= 90 * DAY;
      if (order.migrated !== true || !near) throw invalid("status");
      this.store.save({ ...order, isRenewed: status === "renewed" });
      return EMPTY;
    }
    const note = fields.needText("note");
    if (!["pending", "waiting_pickup", "reissue_pending"].includes(order.status)) {
      if (this.store.variants.ccCancelOther === "204") return EMPTY;
      throw new Refusal(400, "order_cannot_be_canceled", "The order cannot be canceled in its status.");
    }
    this.flow.cancel(order, note);
    return EMPTY;
  }

  /** Names that are validated let the order be issued in the same call (section 13). */
  async #checked(order: OrderRecord): Promise<Response> {
    const names = this.store.settings(order.tenant).validation !== "manual";
    if (names && this.flow.waiting(order.id).length > 0) await this.flow.issue(order.id);
    return ok(this.#present.checked(this.#order(String(order.id), order)));
  }

  /** A value that is good is given again, one that has expired is replaced (section 13). */
  #randomValue(order: OrderRecord): object {
    const expired = Date.parse(expiry(order)) <= this.store.clock.now().getTime();
    const kept = expired ? { ...order, randomValueOf: this.store.now() } : order;
    this.store.save(kept);
    return { dcv_random_value: token(kept), expiration_date: expiry(kept) };
  }

  #changes(query: URLSearchParams, key: Key): Response {
    const window = count(query, "minutes", 0) * 60_000 + count(query, "seconds", 0) * 1000;
    const [range] = filtersOf(query).get("status_last_updated") ?? [];
    if (window === 0 && range === undefined) throw required("minutes");
    if (window > WEEK) throw new Refusal(400, "time_frame_too_long", "At most seven days.");
    const now = this.store.clock.now().getTime();
    const [from, to] = range === undefined ? [now - window, now] : rangeOf(range, "filters.status_last_updated");
    const orders = this.store
      .orders()
      .filter(({ tenant }) => tenant === key.tenant)
      // The last change only: a range leaves out what changed again later (section 10).
      .filter(({ statusChanged }) => Date.parse(statusChanged) >= from && Date.parse(statusChanged) <= to)
      .map(({ id, active, status }) => ({ order_id: id, certificate_id: active, status }));
    return ok(orders.length === 0 && this.store.variants.ccStatusChangesEmpty === "object" ? {} : { orders });
  }

  async #certificates(method: string, parts: readonly string[], fields: Fields, key: Key): Promise<Response> {
    const [, which = "", verb, , format = ""] = parts;
    if (method === "GET" && which === "download" && verb === "order") {
      const order = this.#order(parts[3] ?? "", key);
      return this.#download(this.store.certificate(order.active), parts[5] ?? "", key);
    }
    const certificate = this.store
      .certificates()
      .find((one) => String(one.id) === which || one.serialNumber === which.toUpperCase());
    const order = certificate === undefined ? undefined : this.store.order(certificate.orderId);
    if (certificate === undefined || order?.tenant !== key.tenant) throw notFound();
    if (method === "PUT" && verb === "revoke")
      return new Revoking(this.store, this.flow, this.#present, key).revoke(order, certificate.id, fields);
    if (method === "GET" && verb === "chain" && certificate.pem !== undefined) {
      if (this.#isLate(key)) throw unavailable();
      return ok({ intermediates: await chainOf(certificate) });
    }
    if (method === "GET" && verb === "download")
      return this.#download(certificate, parts[3] === "platform" ? "pem_all" : format, key);
    throw notFound("route");
  }

  #isLate({ tenant }: Key): boolean {
    return this.store.settings(tenant).downloads === "later";
  }

  async #download(certificate: CertificateRecord | undefined, format: string, key: Key): Promise<Response> {
    if (certificate?.pem === undefined || this.store.variants.ccDownload === "chain" || this.#isLate(key))
      throw unavailable();
    const file = await download(certificate, format);
    if (file === undefined) throw invalid("format");
    return { status: 200, headers: { "content-type": file.type }, body: file.body };
  }

  async #requests(
    method: string,
    parts: readonly string[],
    query: URLSearchParams,
    fields: Fields,
    key: Key,
    asker: Request,
  ): Promise<Response> {
    const [, which, verb] = parts;
    if (method === "GET" && which === undefined) {
      const { rows, page: at } = page(
        filteredRequests(this.store, key.tenant, query),
        query,
        Number(this.store.variants.ccListLimit),
      );
      const requests = rows.map((request) => this.#present.request(request));
      return asked(asker, "text/csv")
        ? { status: 200, headers: { "content-type": "text/csv" }, body: csv(requests) }
        : ok({ requests, page: at });
    }
    const request = this.store.request(Number(which));
    if (request?.tenant !== key.tenant) throw notFound();
    if (method === "GET" && verb === undefined) return ok(this.#present.request(request, true));
    if (method !== "PUT" || verb !== "status") throw notFound("route");
    const status = fields.needText("status");
    if (status !== "approved" && status !== "rejected") throw invalid("status");
    // Whoever may decide may withdraw a revocation; to approve one takes an administrator (section 1).
    const approver = request.type === "revoke" && status === "approved" ? ["administrator"] : APPROVERS;
    if (!approver.includes(key.role)) throw denied("invalid_approver");
    if (request.status !== "pending" && request.status !== "submitted")
      throw invalid("status", "It is processed already.");
    await this.flow.decide(request.id, status, fields.text("processor_comment"), key.role);
    return EMPTY;
  }

  /** By id, or by thumbprint or serial of its primary certificate (section 2). */
  #order(which: string, key: Pick<Key, "tenant">): OrderRecord {
    const order = /^\d{1,9}$/.test(which)
      ? this.store.order(Number(which))
      : this.store.orders().find(({ active }) => {
          const primary = this.store.certificate(active);
          return primary?.thumbprint === which.toUpperCase() || primary?.serialNumber === which.toUpperCase();
        });
    if (order?.tenant !== key.tenant) throw notFound("order");
    return order;
  }
}

const asked = ({ headers }: Request, type: string): boolean => String(headers.accept ?? "").includes(type);

/** Mutating endpoints, for reports. */
export const mutatingEndpoints = (): string[] => MUTATING.map(([pattern]) => pattern.source);
