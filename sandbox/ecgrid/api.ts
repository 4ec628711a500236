import type { LoggedRequest, Outcome } from "../requestLog.js";
import type { Request, Response, System } from "../system.js";
import type { CommRecord, EcgridStore } from "./store.js";
import { Certificates } from "./certificates.js";
import { Comms } from "./comms.js";
import { addition, spelled } from "./present.js";
import { Fields, invalid, notFound, Refusal } from "./refusal.js";

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

/** AuthLevels from the highest (ecgrid.md 5). */
const RANKS = [
  "Root",
  "TechOps",
  "NetOps",
  "NetworkAdmin",
  "NetworkUser",
  "MailboxAdmin",
  "MailboxUser",
  "TPUser",
  "General",
];

/** Paths of mutating endpoints, for reports. */
export const mutatingEndpoints = (): string[] => Object.keys(MUTATING);

/** ECGrid's REST API v2 as documented, as far as certificates need it. */
export class EcgridApi implements System {
  readonly name = "ecgrid";
  readonly prefix = "/ecgrid";
  readonly overLimit = ["RateLimitExceeded", "Too many requests"] as const;

  /** `log` gives what was asked before. */
  constructor(
    readonly store: EcgridStore,
    readonly log: () => readonly LoggedRequest[],
  ) {}

  operationOf = operationOf;

  outcomeOf({ status, body }: Response): Outcome {
    const { success, data } = body as { success?: unknown; data?: unknown };
    // terminate says by `data: false` that nothing was ended (ecgrid.md 1.5).
    return status >= 400 || success !== true || data === false ? "refused" : "executed";
  }

  /** Whether a hundred requests came within the last minute; those that were turned away do not count. */
  isOverLimit(): boolean {
    const { variants, clock } = this.store;
    if (variants.rateLimit === "none") return false;
    const since = clock.now().getTime() - 60_000;
    const counted = this.log().filter(
      ({ system, at, status }) => system === "ecgrid" && Date.parse(at) > since && status !== 429,
    );
    return counted.length >= 100;
  }

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
    if (key === undefined) {
      if (header === undefined && String(request.headers.authorization ?? "").startsWith("Bearer "))
        throw new Refusal(401, "InvalidSession", "The session is invalid or has expired");
      throw new Refusal(401, "InvalidAPIKey", "The API key is missing, wrong or revoked");
    }
    if (request.malformed) throw invalid("The body is not JSON, or it is too large");
    if (body !== undefined && !/^application\/json\b/i.test(String(request.headers["content-type"] ?? "")))
      throw invalid("The content type must be application/json");
    if (path.startsWith("/v2/certificates/") && !this.#mayChange(key.authLevel))
      throw new Refusal(403, "AccessDenied", "The user's AuthLevel is too low");

    const visible = (commId: number): CommRecord => {
      const found = this.store.comm(commId);
      if (found?.tenant === key.tenant) return found;
      if (found !== undefined && this.store.variants.otherTenant === "403")
        throw new Refusal(403, "AccessDenied", "The user may not see this comm");
      throw notFound("The comm does not exist or is not visible to you");
    };
    const fields = new Fields(typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {});
    const certificates = new Certificates(this.store, visible);
    const comms = new Comms(this.store, key.tenant);
    const made = ({ commId, certKeyId }: { commId: number; certKeyId: number }): unknown =>
      comms.changed(visible(commId), certKeyId);
    switch (`${method} ${path}`) {
      case "POST /v2/certificates/create":
        return made(await certificates.create(fields));
      case "POST /v2/certificates/renew":
        return made(await certificates.renew(fields));
      case "POST /v2/certificates/add-private":
        return made(certificates.add(fields, true));
      case "POST /v2/certificates/add-public":
        return made(certificates.add(fields, false));
      case "POST /v2/certificates/terminate":
        return certificates.terminate(fields);
      case "POST /v2/comms/list":
        return comms.list(fields);
      case "POST /v2/comms/find":
        return comms.find(fields);
      case "POST /v2/auth/session":
      case "GET /v2/users/me":
        return { ...this.store.account(key.tenant), authLevel: key.authLevel };
    }
    const id = /^\/v2\/comms\/(\d+)$/.exec(path)?.[1];
    if (method === "GET" && id !== undefined) return comms.read(visible(Number(id)));
    throw notFound(`There is no ${method} ${path}`);
  }

  #mayChange(authLevel: string): boolean {
    const { neededAuthLevel } = this.store.variants;
    return neededAuthLevel === "any" || RANKS.slice(0, RANKS.indexOf(neededAuthLevel) + 1).includes(authLevel);
  }

  #success(data: unknown): Response {
    const { envelopeExtras } = this.store.variants;
    const extras =
      envelopeExtras === "missing"
        ? {}
        : envelopeExtras === "null"
          ? { errorCode: null, message: null }
          : { errorCode: "", message: "" };
    const shown = spelled(data, this.store.variants);
    return {
      status: 200,
      headers: {},
      body: { success: true, data: shown, ...extras, ...addition(this.store.variants) },
    };
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
