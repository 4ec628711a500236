import { randomBytes } from "node:crypto";
import type { Request } from "../system.js";
import type { Fields } from "./fields.js";
import { denied, noProject, PERMISSION, Refusal } from "./refusal.js";
import { digest, type ApinizerStore, type Right, type UserRecord } from "./store.js";

/** Lifetime of a token that was got by client credentials, seconds. */
const LIFETIME = 3600;

/** Tokens, and what their users may do (sections 1.2, 1.3). */
export class Access {
  constructor(readonly store: ApinizerStore) {}

  /** @returns a new token of a user, shown this once. */
  issue(user: UserRecord, expires?: number): string {
    const token = `eyJ${randomBytes(48).toString("base64url")}`;
    this.store.add("token", { user: user.id, digest: digest(token), expires, revoked: false });
    return token;
  }

  /** `POST /auth/token` (section 1.2). */
  exchange(fields: Fields): object {
    if (fields.text("grant_type") !== "client_credentials")
      throw new Refusal(400, "unsupported_grant_type", "GrantType value must be client_credentials!");
    const user = this.store.all("user").find(({ clientId }) => clientId === fields.text("client_id"));
    if (user?.enabled !== true || user.secretDigest !== digest(fields.text("client_secret") ?? ""))
      throw new Refusal(401, "unauthorized_client", "Bad credentials");
    const expires = this.store.clock.now().getTime() + LIFETIME * 1000;
    const access_token = this.issue(user, expires);
    return this.store.variants.apTokenAnswer === "seconds"
      ? { access_token, token_type: "Bearer", expires_in: LIFETIME }
      : { access_token, expires_in: expires };
  }

  /** @throws Refusal unless the request has a token that is good. */
  user({ headers }: Request): UserRecord {
    const { apAuthorization } = this.store.variants;
    const header = String(headers.authorization ?? "").trim();
    const value = apAuthorization === "bearer" ? (/^Bearer +(.*)$/i.exec(header)?.[1] ?? "") : header;
    if (value === "") throw this.#unauthorized("Empty Key! Client must be authenticated to access this resource.");
    const token = this.store.all("token").find((one) => one.digest === digest(value));
    if (token?.expires !== undefined && token.expires <= this.store.clock.now().getTime())
      throw this.#unauthorized("Token was expired!");
    if (token?.revoked === true && this.store.variants.apRevokedToken === "expired")
      throw this.#unauthorized("Token was expired!");
    const user = this.store.all("user").find(({ id }) => id === token?.user);
    if (token === undefined || token.revoked || user?.enabled !== true) throw this.#unauthorized("Token is not valid!");
    return user;
  }

  #unauthorized(message: string): Refusal {
    const text = { each: message, invalid: "Invalid token", either: "Invalid or expired token" };
    return new Refusal(401, "unauthorized_client", text[this.store.variants.apTokenText]);
  }

  rights = ({ rights }: UserRecord, project: string): readonly Right[] => rights[project] ?? rights["*"] ?? [];

  /** @throws Refusal for a project that is not there, or that the user does not see. */
  see(user: UserRecord, project: string): void {
    if (this.store.project(project) === undefined || this.rights(user, project).length === 0)
      throw noProject(this.store.variants, project);
  }

  /** Reading: any right in the project, or `SECRETS+VIEW`. */
  read(user: UserRecord, project: string): void {
    if (this.store.variants.apReadRight === "view") this.#need(user, project, "SECRETS+VIEW");
  }

  /** Writing. @returns whether what is written may be deployed, too. */
  write(user: UserRecord, project: string): boolean {
    this.#need(user, project, "SECRETS+MANAGE");
    if (this.rights(user, project).includes("SECRETS+DEPLOY_UNDEPLOY")) return true;
    if (this.store.variants.apNoDeployRight === "refused") throw denied(this.store.variants);
    return false;
  }

  transfer(user: UserRecord, project: string): void {
    this.#need(user, project, "SECRETS+EXPORT_IMPORT");
  }

  #need(user: UserRecord, project: string, right: Right): void {
    if (!this.rights(user, project).includes(right)) throw denied(this.store.variants, PERMISSION);
  }
}
