import type { CommRecord, EcgridStore } from "./store.js";
import { Certificates } from "./certificates.js";
import { certificate, comm, spelled } from "./present.js";
import { Fields, notFound, Refusal } from "./refusal.js";

export interface Request {
  readonly method: string;
  /** Below the system's prefix, without a query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;
  readonly malformed: boolean;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const MUTATING: Readonly<Record<string, readonly string[]>> = {
  "POST /v2/certificates/create": ["commId"],
  "POST /v2/certificates/renew": ["commId", "certKeyId"],
  "POST /v2/certificates/terminate": ["commId", "certKeyId"],
  "POST /v2/certificates/add-private": ["commId"],
  "POST /v2/certificates/add-public": ["commId"],
};

/** Catalogue name and target of a mutating request; undefined for reads. */
export function operationOf({ method, path, body }: Pick<Request, "method" | "path" | "body">): string | undefined {
  const target = MUTATING[`${method} ${path}`];
  if (target === undefined) return undefined;
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  return [
    `ecgrid.certificates.${path.split("/").at(-1) ?? ""}`,
    ...target.map((key) => `${key}=${String(fields[key])}`),
  ].join(" ");
}

/** Paths of mutating endpoints, for reports. */
export const mutatingEndpoints = (): string[] => Object.keys(MUTATING);

/** ECGrid's REST API v2 as documented, as far as certificates need it. */
export class EcgridApi {
  constructor(readonly store: EcgridStore) {}

  async answer(request: Request): Promise<Response> {
    try {
      return this.#success(await this.#route(request));
    } catch (error) {
      if (error instanceof Refusal) return this.#failure(error);
      throw error;
    }
  }

  /** The answer to a request that was not executed. */
  failure(status: number, errorCode: string, message: string): Response {
    return this.#failure(new Refusal(status, errorCode, message), true);
  }

  async #route(request: Request): Promise<unknown> {
    const { method, path, body } = request;
    if (method === "GET" && path === "/v2/auth/version") return "2.6";
    const header = request.headers["x-api-key"];
    const key = this.store.key(typeof header === "string" ? header : "");
    if (key === undefined) throw new Refusal(401, "InvalidAPIKey", "The API key is missing, wrong or revoked");
    if (request.malformed) throw new Refusal(400, "InvalidParameter", "The body is not JSON");
    if (method === "POST" && !String(request.headers["content-type"] ?? "").startsWith("application/json"))
      throw new Refusal(400, "InvalidParameter", "The content type must be application/json");

    const visible = (commId: number): CommRecord => {
      const found = this.store.comm(commId);
      if (found?.tenant === key.tenant) return found;
      if (found !== undefined && this.store.variants.otherTenant === "403")
        throw new Refusal(403, "AccessDenied", "The user may not see this comm");
      throw notFound("The comm does not exist or is not visible to you");
    };
    const fields = new Fields(typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {});
    const certificates = new Certificates(this.store, visible);
    const made = async (making: Promise<{ commId: number; certKeyId: number }>): Promise<unknown> => {
      const { commId, certKeyId } = await making;
      return this.#changed(visible(commId), certKeyId);
    };
    switch (`${method} ${path}`) {
      case "POST /v2/certificates/create":
        return made(certificates.create(fields));
      case "POST /v2/certificates/renew":
        return made(certificates.renew(fields));
      case "POST /v2/certificates/add-private":
        return made(certificates.add(fields, true));
      case "POST /v2/certificates/add-public":
        return made(certificates.add(fields, false));
      case "POST /v2/certificates/terminate":
        return certificates.terminate(fields);
      case "POST /v2/comms/list":
        return this.#list(fields, key.tenant);
      case "POST /v2/comms/find": {
        const identifier = fields.text("identifier", true);
        return this.#comms(key.tenant)
          .filter((one) => one.identifier === identifier)
          .map((one) => comm(one, this.#has(one.commId), this.store.variants));
      }
      case "POST /v2/auth/session":
      case "GET /v2/users/me":
        return { userId: 1, networkId: 10, mailboxId: 101, authLevel: key.authLevel };
    }
    const id = /^\/v2\/comms\/(\d+)$/.exec(path)?.[1];
    if (method === "GET" && id !== undefined) return this.#read(visible(Number(id)));
    throw notFound(`There is no ${method} ${path}`);
  }

  #comms(tenant: string): CommRecord[] {
    return this.store.comms().filter((one) => one.tenant === tenant);
  }

  #has(commId: number): boolean {
    return this.store.certificates(commId).length > 0;
  }

  /** GET /v2/comms/{id}: certificates as switched on. */
  #read(record: CommRecord): unknown {
    const shown = comm(record, this.#has(record.commId), this.store.variants);
    const { certificatesInComm } = this.store.variants;
    if (certificatesInComm === "missing") return shown;
    return { ...shown, certificates: certificatesInComm === "null" ? null : this.#listed(record.commId) };
  }

  /** POST /v2/comms/list (ecgrid.md 3). */
  #list(fields: Fields, tenant: string): unknown {
    const commType = fields.text("commType");
    const useType = fields.text("useType");
    const inactive = fields.flag("showInactive") ?? false;
    fields.flag("privateKeyRequired");
    const withCerts = fields.flag("withCerts") ?? false;
    return this.#comms(tenant)
      .filter((one) => commType === undefined || commType === "none" || one.commType === commType)
      .filter(
        (one) =>
          useType === undefined ||
          useType === "TestAndProduction" ||
          one.useType === useType ||
          one.useType === "TestAndProduction",
      )
      .filter((one) => inactive || one.status === "Active")
      .filter((one) => !withCerts || this.store.variants.withCerts === "include" || this.#has(one.commId))
      .map((one) => ({
        ...comm(one, this.#has(one.commId), this.store.variants),
        certificates: withCerts ? this.#listed(one.commId) : [],
      }));
  }

  /** Certificates of a comm as a read shows them; counts down what is not visible yet. */
  #listed(commId: number): unknown[] {
    const { terminatedOnRead } = this.store.variants;
    return this.store.certificates(commId).flatMap((one) => {
      if (one.hiddenReads > 0) {
        this.store.change(one.certKeyId, { hiddenReads: one.hiddenReads - 1 });
        return [];
      }
      return one.status === "Terminated" && terminatedOnRead === "hidden"
        ? []
        : [certificate(one, this.store.variants)];
    });
  }

  /** The answer of create, renew and add-*: the eight fields, and the new id where it is switched on (ecgrid.md 2.4). */
  #changed(record: CommRecord, certKeyId: number): unknown {
    const { newId } = this.store.variants;
    const { networkId, httpAuthentication, ...eight } = comm(record, true, this.store.variants);
    if (newId === "top-level") return { ...eight, certKeyId };
    if (newId === "certificates")
      return {
        ...eight,
        certificates: this.store.certificates(record.commId).map((one) => certificate(one, this.store.variants)),
      };
    return eight;
  }

  #success(data: unknown): Response {
    const { envelopeExtras } = this.store.variants;
    const extras =
      envelopeExtras === "missing"
        ? {}
        : envelopeExtras === "null"
          ? { errorCode: null, message: null }
          : { errorCode: "", message: "" };
    return { status: 200, headers: {}, body: { success: true, data: spelled(data, this.store.variants), ...extras } };
  }

  #failure({ status, errorCode, message }: Refusal, transport = false): Response {
    const { errorBody, failureStatus } = this.store.variants;
    const shown = failureStatus === "200" && !transport ? 200 : status;
    // A problem body has no success flag, so under 200 only the envelope can say no.
    if (errorBody === "problem" && shown !== 200)
      return {
        status: shown,
        headers: { "content-type": "application/problem+json" },
        body: { title: errorCode, detail: message, traceId: `sandbox-${status}` },
      };
    return { status: shown, headers: {}, body: { success: false, errorCode, message, data: null } };
  }
}
