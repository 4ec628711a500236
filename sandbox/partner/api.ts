import type { Outcome } from "../requestLog.js";
import type { Request, Response, System } from "../system.js";
import { Contracts } from "./contracts.js";
import { Credentials } from "./credentials.js";
import { Present } from "./present.js";
import { denied, Fields, notFound, Refusal } from "./refusal.js";
import type { ContractRecord, KeyRecord, PartnerStore } from "./store.js";

const ROOT = "/partner-subscription/api/v1";
const HEADER = "x-partner-apikey";
/** Rolling limits per key, those of CertCentral: calls and real milliseconds (section 5). */
const LIMITS = [
  [100, 5000],
  [1000, 180_000],
] as const;
const EMPTY: Response = { status: 204, headers: {}, body: undefined };
const ok = (body: object, status: string | number = 200): Response => ({ status: Number(status), headers: {}, body });

const MUTATING: readonly (readonly [
  RegExp,
  (ids: readonly string[], body: Readonly<Record<string, unknown>>) => string,
])[] = [
  [
    /^POST \/acme$/,
    (_, { product_name_id: product, sans }) =>
      `partner.contracts.create product=${String(product)} san=${String(Array.isArray(sans) ? sans[0] : undefined)}`,
  ],
  [/^(?:PUT|PATCH) \/acme\/(\d+)$/, ([id]) => `partner.contracts.update contractId=${id ?? ""}`],
  [/^DELETE \/acme\/(\d+)$/, ([id]) => `partner.contracts.cancel contractId=${id ?? ""}`],
  [/^PUT \/acme\/(\d+)\/sans$/, ([id], { sans }) => `partner.sans.add contractId=${id ?? ""} sans=${String(sans)}`],
  [
    /^DELETE \/acme\/(\d+)\/sans$/,
    ([id], { sans }) => `partner.sans.remove contractId=${id ?? ""} sans=${String(sans)}`,
  ],
  [/^POST \/acme\/(\d+)\/credentials\/regenerate$/, ([id]) => `partner.credentials.regenerate contractId=${id ?? ""}`],
  // With those that it has ended: see `operationOf`.
  [/^POST \/acme\/(\d+)\/credentials\/revoke$/, ([id]) => `partner.credentials.revoke-all contractId=${id ?? ""}`],
  [
    /^POST \/acme\/(\d+)\/credentials\/revoke\/(\d+)$/,
    ([id, credential]) => `partner.credentials.revoke contractId=${id ?? ""} credentialId=${credential ?? ""}`,
  ],
];

/** DigiCert's Partner Subscriptions API v1 as documented: ACME contracts, their names and EAB credentials. */
export class PartnerApi implements System {
  readonly name = "partner";
  readonly prefix = "/partner";
  readonly overLimit = ["request_limit_exceeded", "Service unavailable, please limit request volume"] as const;
  readonly contracts: Contracts;
  readonly credentials: Credentials;
  readonly #present: Present;
  readonly #arrivals = new Map<string, number[]>();

  constructor(readonly store: PartnerStore) {
    this.contracts = new Contracts(store);
    this.credentials = new Credentials(store);
    this.#present = new Present(store);
  }

  operationOf(request: Pick<Request, "method" | "path" | "body">): string | undefined {
    const { method, path, body } = request;
    const ended = this.#ended.get(request);
    const call = `${method} ${path.slice(ROOT.length)}`;
    const fields = typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
    for (const [pattern, label] of MUTATING) {
      const ids = path.startsWith(`${ROOT}/`) ? pattern.exec(call)?.slice(1) : undefined;
      if (ids !== undefined)
        return label(ids, fields) + (ended === undefined ? "" : ` credentials=${ended.join(",") || "none"}`);
    }
    return undefined;
  }

  outcomeOf({ status }: Response): Outcome {
    return status >= 200 && status < 300 ? "executed" : "refused";
  }

  /** No error body is shown on any page (section 5). */
  failure(status: number, code: string, message: string): Response {
    const error = { code, message };
    const shapes = { errors: { errors: [error] }, error: { error }, message: { message }, empty: undefined };
    return { status, headers: {}, body: shapes[this.store.variants.paErrorShape] };
  }

  /** Credentials that a request to revoke all has ended. */
  readonly #ended = new WeakMap<object, number[]>();

  isOverLimit({ headers, arrived }: Request): boolean {
    if (this.store.variants.paRateLimit === "none") return false;
    const key = String(headers[HEADER] ?? "");
    const arrivals = (this.#arrivals.get(key) ?? []).filter((at) => at > arrived - LIMITS[1][1]);
    const over = LIMITS.some(([calls, window]) => arrivals.filter((at) => at > arrived - window).length >= calls);
    this.#arrivals.set(key, over ? arrivals : [...arrivals, arrived]);
    return over;
  }

  answer(request: Request): Promise<Response> {
    return Promise.resolve().then(() => {
      try {
        return this.#route(request);
      } catch (error) {
        if (error instanceof Refusal) return this.failure(error.status, error.code, error.message);
        throw error;
      }
    });
  }

  #key({ headers }: Request): KeyRecord {
    const key = this.store.key(String(headers[HEADER] ?? ""));
    if (key === undefined)
      throw new Refusal(Number(this.store.variants.paKeyRefused), "access_denied|invalid_key", "The key is not valid.");
    const used = { ...key, lastUsed: this.store.now() };
    this.store.save("key", used);
    return used;
  }

  #route(request: Request): Response {
    const { method, path, body } = request;
    if (!path.startsWith(`${ROOT}/`)) throw notFound("route");
    const key = this.#key(request);
    if (request.malformed) throw new Refusal(400, "bad_request_format", "The body is not JSON.");
    const [area, ...parts] = path.slice(ROOT.length + 1).split("/");
    switch (area) {
      case "acme":
        // Contract operations take subaccount keys alone (sections 1, 3).
        if (key.kind === "parent") throw denied();
        if (/^POST \d+\/credentials\/revoke$/.test(`${method} ${parts.join("/")}`))
          this.#ended.set(
            request,
            this.store
              .all("credential", Number(parts[0]))
              .filter(({ status }) => status === "active")
              .map(({ id }) => id),
          );
        return this.#acme(method, parts, body, key);
      case "api-key":
        if (method === "GET" && parts.length === 0) return this.#keys(key);
        break;
      case "account":
        if (method === "GET" && parts.length === 1) return this.#account(parts[0], key);
    }
    throw notFound("route");
  }

  #acme(method: string, parts: readonly string[], body: unknown, key: KeyRecord): Response {
    const { paCreateStatus, paUpdateAnswer } = this.store.variants;
    const [id = "", ...rest] = parts;
    if (parts.length === 0 && method === "POST") {
      const { contract, minted } = this.contracts.create(Fields.of(body), key);
      return ok(this.#present.created(contract, minted), paCreateStatus);
    }
    if (!/^\d{1,15}$/.test(id)) throw notFound("route");
    const contract = (): ContractRecord => this.#contract(Number(id), key);
    const updated = (changed: ContractRecord): Response =>
      paUpdateAnswer === "204" ? EMPTY : ok(this.#present.contract(changed));
    switch (`${method} ${rest[0] === "credentials" ? "credentials" : rest.join("/")}`) {
      case "GET ":
        return ok(this.#present.contract(contract()));
      case "PUT ":
        return updated(this.contracts.replace(contract(), Fields.of(body)));
      case "PATCH ":
        return updated(this.contracts.change(contract(), Fields.of(body)));
      case "DELETE ":
        this.contracts.cancel(contract());
        return EMPTY;
      case "PUT sans":
        this.contracts.addSans(contract(), Fields.of(body));
        return EMPTY;
      case "DELETE sans":
        this.contracts.removeSans(contract(), Fields.of(body));
        return EMPTY;
      case "GET certificates":
        return ok({
          certificates: this.store.all("issued", contract().id).map((one) => this.#present.certificate(one)),
        });
      case "GET credentials":
      case "POST credentials":
        return this.#credentials(method, rest.slice(1), body, contract);
    }
    throw notFound("route");
  }

  #credentials(method: string, parts: readonly string[], body: unknown, contract: () => ContractRecord): Response {
    const { paRegenerateStatus, paRevokeOne } = this.store.variants;
    const [verb = "", id] = parts;
    if (method === "GET" && parts.length === 0)
      return ok({ credentials: this.credentials.list(contract()).map((one) => this.#present.credential(one)) });
    if (method === "POST" && parts.length === 1 && verb === "regenerate") {
      const minted = this.credentials.regenerate(contract(), body, Fields.of(body));
      return ok(this.#present.regenerated(minted), paRegenerateStatus);
    }
    if (method === "POST" && parts.length === 1 && verb === "revoke") {
      this.credentials.revokeAll(contract());
      return EMPTY;
    }
    if (method === "POST" && parts.length === 2 && verb === "revoke" && /^\d{1,15}$/.test(id ?? "")) {
      const revoked = this.credentials.revoke(contract(), Number(id));
      return paRevokeOne === "204" ? EMPTY : ok(this.#present.credential(revoked));
    }
    throw notFound("route");
  }

  #contract(id: number, key: KeyRecord): ContractRecord {
    const { paUnknownContract, paOtherAccount } = this.store.variants;
    const contract = this.store.get("contract", id);
    if (contract === undefined) throw notFound("contract", Number(paUnknownContract));
    if (contract.account === key.account) return contract;
    throw paOtherAccount === "403"
      ? denied("The contract is of another account.")
      : notFound("contract", Number(paUnknownContract));
  }

  /** Accounts that a key answers for: a parent's own and its subaccounts (section 4). */
  #accounts({ account, kind }: KeyRecord): Set<number> {
    const children = this.store.all("account").filter(({ parent }) => kind === "parent" && parent === account);
    return new Set([account, ...children.map(({ id }) => id)]);
  }

  #keys(key: KeyRecord): Response {
    const accounts = this.#accounts(key);
    const keys = this.store.all("key").filter(({ account }) => accounts.has(account));
    return ok({ api_keys: keys.map((one) => this.#present.key(one)) });
  }

  #account(what: string | undefined, key: KeyRecord): Response {
    const account = this.store.get("account", key.account);
    if (what === "settings" && account !== undefined) return ok(this.#present.settings(account));
    if (what !== "reporting") throw notFound("route");
    if (key.kind !== "parent") throw denied();
    const contracts = this.store.all("contract");
    const accounts = [...this.#accounts(key)].flatMap((id) => {
      const acme = contracts.filter((one) => one.account === id).map((one) => this.#present.reported(one));
      return acme.length === 0 ? [] : [{ account_id: id, acme }];
    });
    return ok({ accounts });
  }
}
