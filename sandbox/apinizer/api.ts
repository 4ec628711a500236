import { X509Certificate } from "node:crypto";
import type { Outcome } from "../requestLog.js";
import type { Request, Response, System } from "../system.js";
import { zip } from "../zip.js";
import { Access } from "./access.js";
import { Certificates } from "./certificates.js";
import { Fields } from "./fields.js";
import { Gateways } from "./gateways.js";
import { Jwks } from "./jwks.js";
import { operationOf, partsOf } from "./operations.js";
import { Executed, Present } from "./present.js";
import { denied, emptyField, invalid, noEnvironment, noRoute, Refusal } from "./refusal.js";
import type { ApinizerStore, EnvironmentRecord, UserRecord } from "./store.js";

const ROOT = "/apiops/";
/** Printed without a slash at their end (section 1.1); `environments/{project}` is a path of G2 (section 5.1). */
const SLASHLESS =
  /^\/apiops\/(auth\/token|test\/(healthcheck|hello\/[^/]+)|environments\/[^/]+|projects\/[^/]+\/jwks\/(generate|parse-from-[a-z]+))$/;

const text = (body: string): Response => ({ status: 200, headers: { "content-type": "text/plain" }, body });
const archive = (filename: string, files: Parameters<typeof zip>[0]): Response => ({
  status: 200,
  headers: {
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="${filename}"`,
  },
  body: zip(files),
});

/** Apinizer's management API as documented: certificates, JWKs, environments and their truststores. */
export class ApinizerApi implements System {
  readonly name = "apinizer";
  readonly prefix = "/apinizer";
  readonly forms = true;
  /** No rate limit is documented (section 1.1). */
  readonly overLimit = ["too_many_requests", "Too many requests"] as const;
  readonly access: Access;
  readonly gateways: Gateways;
  readonly jwks: Jwks;
  readonly certificates: Certificates;
  readonly #present: Present;
  /** Answers that say that something failed after it was stored. */
  readonly #executed = new WeakSet<Response>();

  constructor(readonly store: ApinizerStore) {
    this.access = new Access(store);
    this.gateways = new Gateways(store);
    this.jwks = new Jwks(store, this.gateways);
    this.certificates = new Certificates(store, this.gateways, this.jwks);
    this.#present = new Present(store);
  }

  operationOf = (request: Pick<Request, "method" | "path" | "body" | "query">): string | undefined =>
    operationOf(request);

  outcomeOf(response: Response): Outcome {
    const { status } = response;
    return this.#executed.has(response) || (status >= 200 && status < 300) ? "executed" : "refused";
  }

  isOverLimit = (): boolean => false;

  failure(status: number, code: string, message: string): Response {
    const { apError } = this.store.variants;
    const shapes = {
      FAILURE: { status: "FAILURE", resultMessage: message },
      FAIL: { status: "FAIL", resultMessage: message },
      oauth: { error: code, error_description: message },
    };
    return { status, headers: { "content-type": "application/json;charset=UTF-8" }, body: shapes[apError] };
  }

  async answer(request: Request): Promise<Response> {
    try {
      return await this.#route(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const response = this.#refused(request, error);
      if (error instanceof Executed) this.#executed.add(response);
      return response;
    }
  }

  #refused({ path }: Request, { status, kind, message, empty }: Refusal): Response {
    const { apTokenError, apDeniedShape } = this.store.variants;
    if (empty) return { status, headers: {}, body: undefined };
    const oauth =
      (path === `${ROOT}auth/token` && apTokenError === "oauth") ||
      (kind === "access_denied" && apDeniedShape === "oauth");
    return oauth
      ? { status, headers: {}, body: { error: kind, error_description: message } }
      : this.failure(status, kind, message);
  }

  async #route(request: Request): Promise<Response> {
    const { method, path, query } = request;
    if (!this.store.enabled) throw new Refusal(Number(this.store.variants.apDisabled), "not_found", "", true);
    const parts = path.startsWith(ROOT) ? partsOf(path) : undefined;
    if (parts === undefined) throw noRoute();
    const [area = "", ...rest] = parts;
    const fixed = this.#slashed(request);
    if (fixed !== undefined) return fixed;
    const readable = (): void => {
      if (request.malformed) throw invalid("Request body is not valid!");
    };
    if (`${method} ${parts.join("/")}` === "POST auth/token") {
      readable();
      const fields = Fields.ofForm({ body: request.body, query: new URLSearchParams() }, this.store.variants);
      return { status: 200, headers: {}, body: this.access.exchange(fields) };
    }
    if (`${method} ${parts.join("/")}` === "GET test/healthcheck") return text("OK");
    const user = this.access.user(request);
    readable();
    if (method === "GET" && area === "test" && rest[0] === "hello" && rest.length === 2)
      return text(`Hello ${rest[1] ?? ""}`);
    if (area === "environments" && method === "GET") return this.#environments(rest, user);
    const [project = "", collection, ...names] = rest;
    if (area !== "projects" || collection === undefined) throw noRoute();
    if (project === "") throw emptyField("projectName");
    this.access.see(user, project);
    if (collection === "environments" && method === "GET" && names.length === 0) {
      if (this.store.variants.apEnvironmentsPath !== "project") throw noRoute();
      return this.#present.environments(this.#reachable(project), true);
    }
    if (collection === "certificates") return this.#certificates(request, project, names, user);
    if (collection === "jwks") return this.#jwks(method, project, names, request.body, user, query);
    throw noRoute();
  }

  /** What becomes of a path that has not the slash that it should have, or has one too many (section 1.1). */
  #slashed({ path }: Request): Response | undefined {
    const bare = path.replace(/\/$/, "");
    const right = SLASHLESS.test(bare) ? bare : `${bare}/`;
    if (path === right) return undefined;
    switch (this.store.variants.apSlash) {
      case "accepted":
        return undefined;
      case "redirect":
        return { status: 302, headers: { location: `${this.prefix}${right}` }, body: undefined };
      case "404":
        throw noRoute();
    }
  }

  #environments(names: readonly string[], user: UserRecord): Response {
    const { apEnvironmentsPath, apAllEnvironments } = this.store.variants;
    const [project] = names;
    if (project === undefined) {
      if (apAllEnvironments === "admin" && !user.administrator)
        throw new Refusal(401, "unauthorized_client", "Admin role required");
      return this.#present.environments(this.store.all("environment"), false);
    }
    if (apEnvironmentsPath !== "environments" || names.length > 1) throw noRoute();
    this.access.see(user, project);
    return this.#present.environments(this.#reachable(project), true);
  }

  #reachable = (project: string): EnvironmentRecord[] =>
    this.store.all("environment").filter(({ projects }) => projects?.includes(project) !== false);

  async #certificates(request: Request, project: string, names: readonly string[], user: UserRecord) {
    const { method, query } = request;
    const [name = "", verb, ...more] = names;
    const write = (): boolean => this.access.write(user, project);
    switch (`${method} ${names.length === 0 ? "" : names.length === 1 ? "one" : ["one", verb, ...more].join(" ")}`) {
      case "GET ":
        this.access.read(user, project);
        return this.#present.list(this.certificates.list(project).map((one) => this.#present.certificate(one, true)));
      case "GET one":
        this.access.read(user, project);
        return this.#present.list([this.#present.certificate(this.certificates.get(project, name))], "success");
      case "POST ":
        return this.#present.written(this.certificates.create(project, request, write()), "Certificate");
      case "PUT one":
        return this.#present.written(await this.certificates.update(project, name, request, write()), "Certificate");
      case "DELETE one":
        return this.#present.written(this.certificates.delete(project, name, query, write()), "Certificate", true);
      case "GET one export":
      case "GET one export-file":
        this.access.transfer(user, project);
        return this.#exported(project, name);
      case "POST one":
        if (name !== "import-file") break;
        this.access.transfer(user, project);
        return this.#present.imported(this.certificates.import(project, request));
    }
    if (method === "GET" && name === "truststore" && verb !== undefined)
      return this.#truststore(project, verb, more, user);
    throw noRoute();
  }

  /** Sections 2.8 and 2.9: of the project `admin` alone. */
  #truststore(project: string, environment: string, more: readonly string[], user: UserRecord): Response {
    if (project !== "admin") throw denied(this.store.variants);
    if (this.store.environment(environment) === undefined) throw noEnvironment(this.store.variants, environment);
    if (more.length === 0) return this.#present.truststore(environment, this.gateways.truststore(environment));
    if (more.join("/") !== "export-file") throw noRoute();
    this.access.transfer(user, project);
    const held = this.gateways.truststore(environment);
    const files = held.map(({ alias, der }) => ({
      name: `${alias}.cer`,
      content: Buffer.from(new X509Certificate(Buffer.from(der, "base64")).toString()),
    }));
    return archive(`${environment}-truststore.zip`, files);
  }

  /** Section 2.6. */
  #exported(project: string, name: string): Response {
    const files = this.certificates.get(project, name).entries.map(({ environmentName, der }) => ({
      name: `${name}-${environmentName}.cer`,
      content: Buffer.from(der, "base64"),
    }));
    return archive(`${name}-certificates.zip`, files);
  }

  #jwks(
    method: string,
    project: string,
    names: readonly string[],
    body: unknown,
    user: UserRecord,
    query: URLSearchParams,
  ): Response {
    const [name = "", verb] = names;
    const write = (): boolean => this.access.write(user, project);
    const created = (deployed: ReturnType<Jwks["create"]>): Response => this.#present.written(deployed, "JWK");
    switch (`${method} ${names.length === 0 ? "" : names.length === 1 ? "one" : `one ${names.slice(1).join(" ")}`}`) {
      case "GET ":
        this.access.read(user, project);
        return this.#present.list(this.store.jwks(project).map((one) => this.#present.jwk(one, true)));
      case "GET one":
        this.access.read(user, project);
        return this.#present.list([this.#present.jwk(this.jwks.get(project, name))], "success");
      case "POST ":
        return created(this.jwks.create(project, Fields.ofJson(body), write()));
      case "POST one":
        if (name === "generate") return created(this.jwks.generate(project, Fields.ofJson(body), write()));
        if (name === "parse-from-certificate")
          return created(this.jwks.create(project, Fields.ofJson(body), write(), "CERTIFICATE"));
        break;
      case "PUT one":
        return created(this.jwks.update(project, name, Fields.ofJson(body), write()));
      case "DELETE one":
        return this.#present.written(this.jwks.delete(project, name, write()), "JWK", true);
      case "GET one export-file":
        if (verb === undefined) break;
        this.access.transfer(user, project);
        return this.#jwkSet(project, name, query.get("publicOnly") === "true");
    }
    throw noRoute();
  }

  /** A JWK Set, with private members unless told otherwise (section 3). */
  #jwkSet(project: string, name: string, publicOnly: boolean): Response {
    const jwk = this.jwks.get(project, name);
    const privates = publicOnly ? {} : this.store.privates.get(jwk.id);
    return { status: 200, headers: {}, body: { keys: [{ kid: jwk.kid, ...jwk.members, ...privates }] } };
  }
}
