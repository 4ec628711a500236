import { randomBytes, X509Certificate } from "node:crypto";
import { selfSigned, validity } from "../pki.js";
import type { ApinizerApi } from "./api.js";
import { deployable, environments } from "./certificates.js";
import { Fields } from "./fields.js";
import type { Served } from "./gateways.js";
import { isX509, kidOf, publicKeyOf, type Members } from "./material.js";
import {
  digest,
  newObjectId,
  RIGHTS,
  type CertificateRecord,
  type EnvironmentRecord,
  type HeldRecord,
  type JwkRecord,
  type Right,
  type UserRecord,
  type WorkerRecord,
} from "./store.js";

/** The default project, and the environments that it has. */
const PROJECT = "partners";
const ENVIRONMENTS = [
  ["production", "PRODUCTION"],
  ["staging", "TEST"],
] as const;
const DAY = 86_400_000;

export interface GivenCertificate {
  readonly name: string;
  readonly project?: string;
  readonly alias?: string;
  readonly description?: string;
  /** All of the project's by default. */
  readonly environments?: readonly string[];
  /** PEM; a new one, self-signed, by default. */
  readonly pem?: string;
  /** Whether it is on the workers; it is by default. */
  readonly deployed?: boolean;
}

/** What happens at Apinizer without our doing, and what is there: straight from the store. */
export class ApinizerSandbox {
  /** Of the manager: what `/apiops/` is below. */
  readonly managerUrl: string;
  /** Of the management API, without a slash at its end. */
  readonly url: string;
  /** The default project. */
  readonly project = PROJECT;
  /** A personal token of the default user, which never expires. */
  readonly token: string;
  /** Console user and password: what client credentials are. New ones with every start. */
  readonly clientId = "automation";
  readonly clientSecret: string;
  readonly #api: ApinizerApi;

  constructor(url: string, api: ApinizerApi) {
    this.managerUrl = `${url}/apinizer`;
    this.url = `${this.managerUrl}/apiops`;
    this.#api = api;
    const { store } = api;
    if (store.all("project").length === 0) {
      for (const name of ["admin", PROJECT]) this.addProject(name);
      for (const [name, type] of ENVIRONMENTS) this.addEnvironment(name, { type });
    }
    // Secrets are in no file: on one that was used before, they are new.
    this.clientSecret = randomBytes(18).toString("base64url");
    const user = store.all("user").find(({ clientId }) => clientId === this.clientId);
    if (user === undefined) this.addUser(this.clientId, this.clientSecret);
    else store.save("user", { ...user, secretDigest: digest(this.clientSecret) });
    this.token = this.issueToken();
  }

  /** What a PUT waits for in its gap, where `apUpdateGap` says that there is one: 50 milliseconds by default. */
  get inGap(): () => void | Promise<void> {
    return this.#api.certificates.inGap;
  }
  set inGap(wait: () => void | Promise<void>) {
    this.#api.certificates.inGap = wait;
  }

  /** Console setting "Enable Management APIs". */
  set enabled(enabled: boolean) {
    this.#api.store.enabled = enabled;
  }

  projects = (): string[] => this.#api.store.all("project").map(({ name }) => name);

  addProject(name: string): void {
    this.#api.store.add("project", { name });
  }

  environments = (): EnvironmentRecord[] => this.#api.store.all("environment");

  /** An environment with two workers, published, that all projects reach, unless told otherwise. */
  addEnvironment(
    name: string,
    given: Partial<Omit<EnvironmentRecord, "id" | "name">> & { workers?: number } = {},
  ): void {
    const { workers = 2, type = "TEST", description = "", published = true, projects } = given;
    const { store } = this.#api;
    store.add("environment", { name, type, description, published, projects });
    for (let at = 1; at <= workers; at++)
      store.add("worker", { environment: name, name: `${name}-worker-${at}`, ip: `10.0.0.${at}`, reachable: true });
  }

  setPublished(name: string, published: boolean): void {
    const environment = this.#api.store.environment(name);
    if (environment === undefined) throw new Error(`there is no environment ${name}`);
    this.#api.store.save("environment", { ...environment, published });
  }

  workers = (environment?: string): WorkerRecord[] =>
    this.#api.store.all("worker").filter((one) => environment === undefined || one.environment === environment);

  /** From now on the manager does not reach a worker, or any of an environment. Gateways go on serving what they hold. */
  unreachable(target: string): void {
    this.#reach(target, false);
  }

  reachable(target: string): void {
    this.#reach(target, true);
  }

  #reach(target: string, reachable: boolean): void {
    const workers = this.workers().filter(({ name, environment }) => name === target || environment === target);
    if (workers.length === 0) throw new Error(`there is no environment or worker ${target}`);
    for (const worker of workers) this.#api.store.save("worker", { ...worker, reachable });
  }

  /** What each worker of an environment serves under a certificate's name now. */
  serving = (environment: string, name: string, project?: string): Served[] =>
    this.#api.gateways.serving(environment, name, project);

  /** A certificate was revoked by its CA: a gateway that serves it serves a revoked one. SHA-1 thumbprint, hex. */
  markRevoked(thumbprint: string): void {
    this.#api.store.add("revocation", { thumbprint: thumbprint.replaceAll(":", "").toUpperCase() });
  }

  certificates = (project?: string): CertificateRecord[] =>
    this.#api.store.all("certificate").filter((one) => project === undefined || one.project === project);

  certificate(name: string, project = PROJECT): CertificateRecord {
    const certificate = this.#api.store.certificate(project, name);
    if (certificate === undefined) throw new Error(`project ${project} has no certificate ${name}`);
    return certificate;
  }

  jwks = (project?: string): JwkRecord[] =>
    this.#api.store.all("jwk").filter((one) => project === undefined || one.project === project);

  jwk(name: string, project = PROJECT): JwkRecord {
    const jwk = this.#api.store.jwk(project, name);
    if (jwk === undefined) throw new Error(`project ${project} has no JWK ${name}`);
    return jwk;
  }

  /** Private members of a JWK; empty for one that has none, or was made by a sandbox before this one. */
  privateMembers = (name: string, project = PROJECT): Members =>
    this.#api.store.privates.get(this.jwk(name, project).id) ?? {};

  /** What an environment's workers hold. */
  held = (environment: string): HeldRecord[] =>
    this.workers(environment).flatMap((worker) => this.#api.gateways.held(worker));

  /** Names of what an environment's workers trust, by worker. */
  trusted(environment: string): Record<string, string[]> {
    const named = this.workers(environment).map((worker): [string, string[]] => [
      worker.name,
      this.#api.gateways.held(worker).map(({ name }) => name),
    ]);
    return Object.fromEntries(named);
  }

  /** Names of the JWKs that an environment's workers hold, by worker: no call shows them. */
  heldJwks(environment: string): Record<string, string[]> {
    const named = this.workers(environment).map((worker): [string, string[]] => [
      worker.name,
      this.#api.gateways.held(worker, "jwk").map(({ name }) => name),
    ]);
    return Object.fromEntries(named);
  }

  /** A certificate that all workers trust and no record of the manager has, of a root CA for instance. PEM. */
  trustEverywhere(name: string, pem: string): void {
    const der = new X509Certificate(pem).raw.toString("base64");
    for (const { id: worker } of this.workers())
      this.#api.store.add("held", { worker, kind: "certificate", project: "admin", name, alias: name, der });
  }

  /** Takes it from all workers. */
  distrustEverywhere(name: string): void {
    this.#api.gateways.undeploy(
      { kind: "certificate", project: "admin", name },
      this.environments().map((one) => one.name),
    );
  }

  /** A certificate that was made in the console, or is replaced there. */
  async addCertificateOutside(given: GivenCertificate): Promise<CertificateRecord> {
    const { name, project = PROJECT, alias = name, description = "", deployed = true } = given;
    const { store, gateways } = this.#api;
    const pem = given.pem ?? (await this.newPem(name));
    if (!isX509(pem)) throw new Error("pem is no certificate");
    const der = new X509Certificate(pem).raw.toString("base64");
    const listed = given.environments ?? this.environments().map((one) => one.name);
    const entries = listed.map((environmentName) => ({ environmentName, alias, der }));
    const before = store.certificate(project, name);
    const certificate =
      before === undefined
        ? store.add("certificate", { objectId: newObjectId(), project, name, description, entries })
        : store.save("certificate", { ...before, description, entries });
    if (deployed) gateways.deploy(deployable(certificate), listed, entries);
    return certificate;
  }

  /** A new self-signed certificate, valid for 90 days of the sandbox's clock. @returns PEM. */
  async newPem(commonName: string, key: "ec" | "rsa" = "rsa"): Promise<string> {
    const now = this.#api.store.clock.now().getTime();
    const { certificate } = await selfSigned({
      subject: `CN=${commonName.replaceAll(/[^\w .-]/g, "")}, O=Example Inc, C=US`,
      notBefore: new Date(now - DAY),
      notAfter: new Date(now + 90 * DAY),
      key,
    });
    return new X509Certificate(certificate).toString();
  }

  /** A JWK that was made in the console from a certificate, of its project unless told otherwise. */
  addJwkOutside(name: string, certificate: CertificateRecord, project = certificate.project): JwkRecord {
    const entry = certificate.entries[0];
    if (entry === undefined) throw new Error("the certificate has no entry");
    const members = publicKeyOf(entry.der);
    const made = { name, project, description: "", objectId: newObjectId(), members, kid: kidOf(members) };
    const algorithm = members.kty === "RSA" ? "RS256" : "ES256";
    return this.#api.store.add("jwk", {
      ...made,
      ...{ sourceType: "CERTIFICATE", sourceId: certificate.objectId },
      ...{ environmentName: entry.environmentName, useType: "SIGNATURE", algorithm },
    });
  }

  /** Taken from the workers of environments, all of the certificate's unless told otherwise; the manager keeps it. */
  undeployOutside(name: string, from?: readonly string[], project = PROJECT): void {
    const certificate = this.certificate(name, project);
    this.#api.gateways.undeploy(deployable(certificate), from ?? environments(certificate));
  }

  /** Deleted in the console, and undeployed where workers can be reached; its JWKs are detached. */
  deleteOutside(name: string, project = PROJECT): void {
    this.#api.certificates.delete(project, name, new URLSearchParams(), true);
  }

  deleteJwkOutside(name: string, project = PROJECT): void {
    this.#api.jwks.remove(this.jwk(name, project));
  }

  /** An update in the console: it detaches the JWK from its source (section 3.3). */
  describeJwkOutside(name: string, description: string, project = PROJECT): void {
    this.#api.jwks.update(project, name, Fields.ofJson({ description }), true);
  }

  describeOutside(name: string, description: string, project = PROJECT): void {
    this.#api.store.save("certificate", { ...this.certificate(name, project), description });
  }

  /** A second entry for an environment that has one, the same unless another PEM is given (section 2.4). */
  doubleEntry(name: string, environment: string, pem?: string, project = PROJECT): void {
    const certificate = this.certificate(name, project);
    const entry = certificate.entries.find(({ environmentName }) => environmentName === environment);
    if (entry === undefined) throw new Error(`certificate ${name} has no entry for ${environment}`);
    const der = pem === undefined ? entry.der : new X509Certificate(pem).raw.toString("base64");
    this.#api.store.save("certificate", { ...certificate, entries: [...certificate.entries, { ...entry, der }] });
  }

  /** Another certificate in one environment alone (section 2.6: an imported archive can have one for each). */
  replaceEntry(name: string, environment: string, pem: string, project = PROJECT): void {
    const certificate = this.certificate(name, project);
    const der = new X509Certificate(pem).raw.toString("base64");
    const entries = certificate.entries.map((entry) =>
      entry.environmentName === environment ? { ...entry, der } : entry,
    );
    this.#api.store.save("certificate", { ...certificate, entries });
  }

  /** A console user with all rights everywhere, unless told otherwise. */
  addUser(clientId: string, secret: string, rights: UserRecord["rights"] = { "*": RIGHTS }): void {
    const user = { clientId, secretDigest: digest(secret), enabled: true, administrator: true, rights };
    this.#api.store.add("user", user);
  }

  #user(clientId = this.clientId): UserRecord {
    const user = this.#api.store.all("user").find((one) => one.clientId === clientId);
    if (user === undefined) throw new Error(`there is no user ${clientId}`);
    return user;
  }

  /** What a user may do in a project; nothing is not even to see it. `*` is every project that is not named. */
  setRights(rights: readonly Right[], project = "*", clientId?: string): void {
    const user = this.#user(clientId);
    this.#api.store.save("user", { ...user, rights: { ...user.rights, [project]: rights } });
  }

  setAdministrator(administrator: boolean, clientId?: string): void {
    this.#api.store.save("user", { ...this.#user(clientId), administrator });
  }

  setEnabled(enabled: boolean, clientId?: string): void {
    this.#api.store.save("user", { ...this.#user(clientId), enabled });
  }

  /** A personal token; it never expires unless told when (ISO 8601). */
  issueToken(expires?: string, clientId?: string): string {
    if (expires !== undefined && Number.isNaN(Date.parse(expires))) throw new Error("expires must be a time");
    return this.#api.access.issue(this.#user(clientId), expires === undefined ? undefined : Date.parse(expires));
  }

  revokeToken(token: string): void {
    const { store } = this.#api;
    const found = store.all("token").find((one) => one.digest === digest(token));
    if (found !== undefined) store.save("token", { ...found, revoked: true });
  }

  /** Every token that was got by client credentials or expires at all is over. */
  expireTokens(): void {
    const { store } = this.#api;
    const now = store.clock.now().getTime();
    for (const token of store.all("token"))
      if (token.expires !== undefined) store.save("token", { ...token, expires: now });
  }
}

/** End of the validity of an entry, for lists. */
export const endOf = (der: string): string => validity(Buffer.from(der, "base64")).notAfter.toISOString();
