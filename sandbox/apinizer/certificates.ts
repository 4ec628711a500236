import type { Request } from "../system.js";
import { Fields } from "./fields.js";
import type { Deployable, Gateways, WorkerResult } from "./gateways.js";
import type { Jwks } from "./jwks.js";
import { certificateOf, certificateOfFile } from "./material.js";
import { duplicate, invalid, noCertificate, noEnvironment } from "./refusal.js";
import { newObjectId, type ApinizerStore, type CertificateRecord, type Entry } from "./store.js";

/** What a write did: results by worker; undefined where the caller may not deploy (section 1.3). */
export type Deployed = readonly WorkerResult[] | undefined;

interface Wanted {
  readonly description: string;
  readonly entries: readonly Entry[];
}

const NAME = /^\S+$/;

/** Certificates: create, replace, delete, import (sections 2.1 to 2.5, 2.7). */
export class Certificates {
  /** Runs while a PUT has removed the certificate and not made it again, where `apUpdateGap` says that there is a gap. */
  inGap: () => void | Promise<void> = () => new Promise((resolve) => setTimeout(resolve, 50));

  constructor(
    readonly store: ApinizerStore,
    readonly gateways: Gateways,
    readonly jwks: Jwks,
  ) {}

  list(project: string): CertificateRecord[] {
    const { apGlobalListed, apAdminLists } = this.store.variants;
    if (project === "admin" && apAdminLists === "all") return this.store.all("certificate");
    const global = project !== "admin" && apGlobalListed === "listed" ? this.store.certificates("admin") : [];
    return [...this.store.certificates(project), ...global];
  }

  get(project: string, name: string): CertificateRecord {
    const certificate = this.store.certificate(project, name);
    if (certificate === undefined) throw noCertificate(this.store.variants, name);
    return certificate;
  }

  /** `POST certificates/`. */
  create(project: string, request: Request, deploys: boolean): Deployed {
    const fields = Fields.ofForm(request, this.store.variants);
    const name = fields.need("certificateName");
    if (!NAME.test(name) && this.store.variants.apSpaces === "refused") throw invalid("Name can not contain spaces!");
    const wanted = this.#wanted(project, name, fields);
    if (this.store.certificate(project, name) !== undefined)
      throw duplicate(this.store.variants, `Certificate (name: ${name}) is already exist!`);
    const made = this.store.add("certificate", { objectId: newObjectId(), project, name, ...wanted });
    return deploys ? this.#deploy(made) : undefined;
  }

  /** `PUT certificates/{name}/`: removes, creates again and deploys (section 2.4). */
  async update(project: string, name: string, request: Request, deploys: boolean): Promise<Deployed> {
    const { apUpdateGap, apUpdateName, apDropped, apFailedUpdate } = this.store.variants;
    const fields = Fields.ofForm(request, this.store.variants);
    const before = this.get(project, name);
    if (apUpdateName === "required") fields.need("certificateName");
    const after = this.#replaced(before, this.#wanted(project, name, fields));
    const rewriteJwks = this.jwks.onUpdate(before, after, request.query);
    const listed = environments(after);
    const dropped = environments(before).filter((one) => !listed.includes(one));
    let saved = after;
    if (apUpdateGap === "gap") {
      this.store.remove("certificate", before.id);
      if (deploys) this.gateways.undeploy(deployable(before), listed);
      await this.inGap();
      saved = this.store.add("certificate", after);
    } else this.store.save("certificate", after);
    const deployed = deploys ? this.#deploy(after) : undefined;
    if (apFailedUpdate === "rolled-back" && deployed?.some(({ success }) => !success) === true) {
      this.store.save("certificate", { ...before, id: saved.id });
      this.gateways.undeploy(deployable(before), listed);
      this.#deploy(before);
      return deployed;
    }
    rewriteJwks();
    if (deployed === undefined || apDropped === "kept") return deployed;
    const undeployed = this.gateways.undeploy(deployable(before), dropped);
    return apDropped === "shown" ? [...deployed, ...undeployed] : deployed;
  }

  /** What PUT makes of a certificate. */
  #replaced(before: CertificateRecord, { description, entries }: Wanted): CertificateRecord {
    const { apUpdateId, apUpdateEntries } = this.store.variants;
    const covered = before.entries.filter((old) =>
      entries.some(({ environmentName }) => environmentName === old.environmentName),
    );
    return {
      ...before,
      objectId: apUpdateId === "new" ? newObjectId() : before.objectId,
      description,
      entries: apUpdateEntries === "appended" ? [...covered, ...entries] : entries,
    };
  }

  /** `DELETE certificates/{name}/` (section 2.5). */
  delete(project: string, name: string, query: URLSearchParams, deploys: boolean): Deployed {
    const certificate = this.get(project, name);
    const rewrite = this.jwks.onDelete(certificate, query);
    const undeployed = deploys ? this.gateways.undeploy(deployable(certificate), environments(certificate)) : undefined;
    const failed = undeployed?.some(({ success }) => !success) === true;
    if (failed && this.store.variants.apDeleteOrder === "undeployment-first") return undeployed;
    rewrite();
    this.store.remove("certificate", certificate.id);
    return undeployed;
  }

  /** `POST certificates/import-file/`, of a single file: replaces the entries of the environments that it names. */
  import(project: string, request: Request): Deployed {
    const { apImportDeploys, apImportJwks } = this.store.variants;
    const fields = Fields.ofForm(request, this.store.variants);
    const content = fields.file("certificateFile");
    if (content === undefined) throw invalid("certificateFile value can not be empty!");
    const name = fields.need("certificateName");
    const entries = this.#entries(project, name, fields, () =>
      certificateOfFile(content, this.store.variants, this.store.clock.now()),
    );
    const before = this.store.certificate(project, name);
    const named = new Set(entries.map(({ environmentName }) => environmentName));
    const description = fields.text("certificateDescription") ?? before?.description ?? "";
    const others = before?.entries.filter(({ environmentName }) => !named.has(environmentName)) ?? [];
    const after =
      before === undefined
        ? this.store.add("certificate", { objectId: newObjectId(), project, name, description, entries })
        : this.store.save("certificate", { ...before, description, entries: [...others, ...entries] });
    if (apImportJwks === "nullified") this.jwks.onUpdate(after, after, new URLSearchParams())();
    return apImportDeploys === "deployed" ? this.gateways.deploy(deployable(after), [...named], after.entries) : [];
  }

  #wanted(project: string, name: string, fields: Fields): Wanted {
    const { variants, clock } = this.store;
    const entries = this.#entries(project, name, fields, () =>
      certificateOf(fields.file("pemEncodedFile"), variants, clock.now()),
    );
    const description =
      variants.apDescriptionField === "required"
        ? fields.need("certificateDescription")
        : (fields.text("certificateDescription") ?? "");
    return { description, entries };
  }

  #entries(project: string, name: string, fields: Fields, read: () => string): Entry[] {
    const { variants } = this.store;
    const alias = fields.need("alias");
    const der = read();
    const listed = fields.needList("environmentList");
    for (const one of listed) {
      const environment = this.store.environment(one);
      if (environment === undefined || environment.projects?.includes(project) === false)
        throw noEnvironment(variants, one);
      if (!environment.published && variants.apUnpublished === "refused")
        throw invalid(`Environment (${one}) is not published!`);
    }
    const taken = this.store
      .all("certificate")
      .filter((other) => other.project !== project || other.name !== name)
      .some(({ entries }) => entries.some((one) => one.alias === alias && listed.includes(one.environmentName)));
    if (taken)
      throw duplicate(variants, `Alias (${alias}) is already used for another certificate, try changing this value!`);
    const each = variants.apUpdateEntries === "appended" ? listed : [...new Set(listed)];
    return each.map((environmentName) => ({ environmentName, alias, der }));
  }

  #deploy(certificate: CertificateRecord): WorkerResult[] {
    return this.gateways.deploy(deployable(certificate), environments(certificate), certificate.entries);
  }
}

export const environments = ({ entries }: CertificateRecord): string[] => [
  ...new Set(entries.map(({ environmentName }) => environmentName)),
];

export const deployable = ({ project, name }: CertificateRecord): Deployable => ({
  kind: "certificate",
  project,
  name,
});
