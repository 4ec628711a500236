import type { Fields } from "./fields.js";
import { choice } from "./fields.js";
import type { Gateways, WorkerResult } from "./gateways.js";
import { generated } from "./generating.js";
import { fits, kidOf, publicKeyOf, type Key } from "./material.js";
import { duplicate, invalid, noCertificate, noEnvironment, notFound } from "./refusal.js";
import { newObjectId, type ApinizerStore, type CertificateRecord, type JwkRecord } from "./store.js";

const SOURCES = ["URL", "COPY_PASTE", "CERTIFICATE", "PUBLIC_KEY", "PRIVATE_KEY", "KEYSTORE"];
const SCOPES = ["SAME_PROJECT", "ALL_PROJECTS"] as const;
type Deployed = readonly WorkerResult[] | undefined;

/** JWKs and what they refer to (section 3). */
export class Jwks {
  constructor(
    readonly store: ApinizerStore,
    readonly gateways: Gateways,
  ) {}

  get(project: string, name: string, more = ""): JwkRecord {
    const jwk = this.store.jwk(project, name);
    if (jwk === undefined) throw notFound(this.store.variants, `JWK (name: ${name}) is not found!${more}`);
    return jwk;
  }

  /** `POST jwks/`, or `parse-from-certificate`, from a certificate; no other source is served (section 3.1). */
  create(project: string, fields: Fields, deploys: boolean, sourceType = fields.text("sourceType")): Deployed {
    const name = this.#newName(project, fields);
    if (sourceType === undefined) throw invalid("Source type is required!");
    if (!SOURCES.includes(sourceType)) throw invalid(`sourceType must be one of ${SOURCES.join(", ")}!`);
    if (sourceType === "URL" && fields.text("url") === undefined) throw invalid("URL is required for URL source type!");
    if (sourceType !== "CERTIFICATE") throw invalid("The sandbox makes JWKs from certificates alone.");
    const certificateName = fields.need("certificateName");
    const certificate =
      this.store.certificate(project, certificateName) ?? this.store.certificate("admin", certificateName);
    if (certificate === undefined) throw noCertificate(this.store.variants, certificateName);
    const environmentName = fields.need("environmentName");
    const entry = certificate.entries.findLast((one) => one.environmentName === environmentName);
    if (entry === undefined) throw noEnvironment(this.store.variants, environmentName);
    const [useType, algorithm] = [fields.need("useType"), fields.need("algorithm")];
    const members = publicKeyOf(entry.der);
    if (!fits(members, useType, algorithm)) throw invalid(`Algorithm (${algorithm}) does not fit the key!`);
    return this.#add(project, fields, deploys, {
      ...{ name, sourceType, sourceId: certificate.objectId, environmentName, useType, algorithm },
      ...{ key: { members, privates: {} }, kid: fields.text("kid") ?? kidOf(members) },
    });
  }

  /** `POST jwks/generate`. */
  generate(project: string, fields: Fields, deploys: boolean): Deployed {
    const name = this.#newName(project, fields);
    const made = generated(fields, this.store.variants, this.store.clock.now());
    const unsourced = { sourceType: "GENERATE", sourceId: null, environmentName: undefined };
    return this.#add(project, fields, deploys, { ...unsourced, name, ...made });
  }

  /** `PUT jwks/{name}/`: name and description alone; it detaches the JWK from its source (section 3.3). */
  update(project: string, name: string, fields: Fields, deploys: boolean): Deployed {
    const jwk = this.get(project, name, " Try create operation.");
    const renamed = fields.text("name") ?? name;
    if (renamed !== name && this.store.jwk(project, renamed) !== undefined)
      throw duplicate(this.store.variants, `JWK (name: ${renamed}) is already exist!`);
    if (renamed !== name && this.store.variants.apJwkRename === "refused")
      throw invalid("JWK name can not be changed!");
    const description = fields.text("description") ?? jwk.description;
    const updated = this.#nullified({ ...jwk, name: renamed, description });
    this.store.save("jwk", updated);
    if (!deploys) return undefined;
    if (renamed !== name) this.gateways.undeploy({ ...updated, kind: "jwk", name }, this.#everywhere(project));
    return this.#deploy(updated);
  }

  /** `DELETE jwks/{name}/`. */
  delete(project: string, name: string, deploys: boolean): Deployed {
    const jwk = this.get(project, name);
    const undeployed = deploys ? this.#undeploy(jwk) : undefined;
    const failed = undeployed?.some(({ success }) => !success) === true;
    if (!failed || this.store.variants.apJwkDelete === "deleted") this.remove(jwk);
    return undeployed;
  }

  remove(jwk: JwkRecord): void {
    this.store.remove("jwk", jwk.id);
    this.store.privates.delete(jwk.id);
  }

  /**
   * What becomes of a certificate's JWKs when it is replaced (sections 2.4, 3.4).
   *
   * @returns what does it, once the certificate is there. @throws Refusal before anything is changed.
   */
  onUpdate(before: CertificateRecord, after: CertificateRecord, query: URLSearchParams): () => void {
    const { variants } = this.store;
    const generation = variants.apJwkParameters;
    const scope = choice(query, "updateScope", SCOPES, variants) ?? variants.apUpdateScope;
    const action = choice(query, "jwkUpdateAction", ["NULLIFY", "UPDATE"], variants);
    const updates = generation === "actions" ? action === "UPDATE" : query.get("updateReferencedJwks") === "true";
    const referring = this.referring(before);
    if (!updates || generation === "none") {
      const keeps = generation === "flag" && variants.apUnupdated === "kept";
      return this.#saving(referring.map((jwk) => (keeps ? jwk : this.#nullified(jwk))));
    }
    const inScope = (jwk: JwkRecord): boolean => scope === "ALL_PROJECTS" || jwk.project === before.project;
    return this.#saving(
      referring.map((jwk) => (inScope(jwk) ? this.#reread(jwk, after) : this.#nullified(jwk))),
      true,
    );
  }

  /** What becomes of a certificate's JWKs when it is deleted (section 2.5). */
  onDelete(certificate: CertificateRecord, query: URLSearchParams): () => void {
    const { variants } = this.store;
    const action = choice(query, "jwkDeleteAction", ["NULLIFY", "DELETE"], variants);
    const deletes = action === "DELETE" && variants.apJwkParameters === "actions";
    const referring = this.referring(certificate);
    return () => {
      for (const jwk of referring) {
        const inScope = variants.apJwkDeleteScope === "ALL_PROJECTS" || jwk.project === certificate.project;
        if (deletes && inScope) {
          this.#undeploy(jwk);
          this.remove(jwk);
        } else this.store.save("jwk", this.#nullified(jwk));
      }
    };
  }

  referring = ({ objectId }: CertificateRecord): JwkRecord[] =>
    this.store.all("jwk").filter(({ sourceId }) => sourceId === objectId);

  #saving =
    (jwks: readonly JwkRecord[], deploys = false) =>
    (): void => {
      for (const jwk of jwks) {
        this.store.save("jwk", jwk);
        if (deploys) this.#deploy(jwk);
      }
    };

  /** A JWK with the key of the certificate's new entry. */
  #reread(jwk: JwkRecord, certificate: CertificateRecord): JwkRecord {
    const { apUnfitKey, apDroppedSource } = this.store.variants;
    const own = certificate.entries.findLast((one) => one.environmentName === jwk.environmentName);
    const entry = own ?? (apDroppedSource === "updated" ? certificate.entries.at(-1) : undefined);
    if (entry === undefined) return this.#nullified(jwk);
    const members = publicKeyOf(entry.der);
    if (!fits(members, jwk.useType ?? "", jwk.algorithm ?? "")) {
      if (apUnfitKey === "refused") throw invalid(`Algorithm (${jwk.algorithm ?? ""}) does not fit the key!`);
      if (apUnfitKey === "nullified") return this.#nullified(jwk);
    }
    return { ...jwk, sourceId: certificate.objectId, members };
  }

  #nullified = (jwk: JwkRecord): JwkRecord => ({
    ...jwk,
    sourceType: this.store.variants.apNullified === "type-kept" ? jwk.sourceType : null,
    sourceId: null,
  });

  #newName(project: string, fields: Fields): string {
    const name = fields.text("name");
    if (name === undefined) throw invalid("JWK name can not be empty!");
    if (this.store.jwk(project, name) === undefined) return name;
    throw duplicate(
      this.store.variants,
      `JWK (name: ${name}) is already exist! Try update operation if want to change its value.`,
    );
  }

  #add(
    project: string,
    fields: Fields,
    deploys: boolean,
    { key, ...given }: Omit<JwkRecord, "id" | "objectId" | "project" | "description" | "members"> & { key: Key },
  ): Deployed {
    const jwk = this.store.add("jwk", {
      ...given,
      objectId: newObjectId(),
      project,
      description: fields.text("description") ?? "",
      members: key.members,
    });
    this.store.privates.set(jwk.id, key.privates);
    return deploys ? this.#deploy(jwk) : undefined;
  }

  /** A JWK is deployed to all environments that its project reaches. */
  #everywhere = (project: string): string[] =>
    this.store
      .all("environment")
      .filter(({ published, projects }) => published && projects?.includes(project) !== false)
      .map(({ name }) => name);

  #deploy = ({ project, name }: JwkRecord): WorkerResult[] =>
    this.gateways.deploy({ kind: "jwk", project, name }, this.#everywhere(project));

  #undeploy = ({ project, name }: JwkRecord): WorkerResult[] =>
    this.gateways.undeploy({ kind: "jwk", project, name }, this.#everywhere(project));
}
