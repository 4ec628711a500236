import { X509Certificate } from "node:crypto";
import { describe, validity } from "../pki.js";
import type { Response } from "../system.js";
import type { WorkerResult } from "./gateways.js";
import { typeOf } from "./material.js";
import { Refusal, UNEXPECTED } from "./refusal.js";
import type { ApinizerStore, CertificateRecord, Entry, EnvironmentRecord, HeldRecord, JwkRecord } from "./store.js";

type Json = Readonly<Record<string, unknown>>;

const ok = (body: Json): Response => ({ status: 200, headers: {}, body });

/** Types of environments in the examples of G2 and G3 (section 5.1). */
const PLATFORMS = { PRODUCTION: "KUBERNETES", SANDBOX: "DOCKER", TEST: "STANDALONE" } as const;

interface EnvironmentResult {
  readonly environment: string;
  readonly success: boolean;
  readonly text: string;
  /** Words for what was successful. */
  readonly done: string;
  readonly workers: readonly WorkerResult[];
}

/** Answers of the management API (sections 1.4, 2.0, 3.2, 5). */
export class Present {
  constructor(readonly store: ApinizerStore) {}

  /** A success, in form A (status) or B (success), whichever its page shows or is switched on (section 1.4). */
  #success(form: "status" | "success", more: Json, succeeded = true): Json {
    const { apSuccess } = this.store.variants;
    return (apSuccess === "page" ? form : apSuccess) === "status"
      ? { status: succeeded ? "SUCCESS" : "FAILURE", ...more }
      : { success: succeeded, ...more };
  }

  list(rows: readonly Json[], form: "status" | "success" = "status"): Response {
    const { apResultCount, apEmptyList } = this.store.variants;
    const resultList = rows.length === 0 && apEmptyList === "null" ? null : rows;
    const count = apResultCount === "present" ? { resultCount: rows.length } : {};
    return ok(this.#success(form, { resultList, ...count }));
  }

  /** Lists of environments have a count in their example (section 5.1). */
  environments(environments: readonly EnvironmentRecord[], ofProject: boolean): Response {
    const resultList = environments.map((one) => this.#environment(one, ofProject));
    return ok(this.#success("status", { resultList, resultCount: resultList.length }));
  }

  #environment({ id, name, description, type, published }: EnvironmentRecord, ofProject: boolean): Json {
    const { apEnvironmentId, apEnvironmentName, apEnvironmentTypes, apUnpublishedName } = this.store.variants;
    return {
      ...(apEnvironmentId === "present" ? { id: id.toString(16).padStart(24, "6") } : {}),
      [ofProject ? apEnvironmentName : "name"]: name,
      description,
      type: apEnvironmentTypes === "use" ? type : PLATFORMS[type],
      accessUrl: `https://${name}.gateway.example`,
      status: published ? "PUBLISHED" : apUnpublishedName,
      deployed: null,
      redeployRequired: null,
    };
  }

  certificate({ name, description, entries }: Omit<CertificateRecord, "id">, listed = false): Json {
    return {
      name,
      ...(this.store.variants.apDescription === "present" ? { description } : {}),
      certificateEnvironmentList: entries.map((entry) => this.#entry(entry, listed)),
    };
  }

  #entry({ environmentName, alias, der }: Entry, listed: boolean): Json {
    const { apDates, apContent, apThumbprint, apListContent } = this.store.variants;
    const bytes = Buffer.from(der, "base64");
    const { notBefore, notAfter } = validity(bytes);
    const time = (at: Date): string =>
      apDates === "milliseconds" ? at.toISOString() : at.toISOString().replace(/\.\d{3}Z$/, "Z");
    const read = new X509Certificate(bytes);
    const { thumbprint } = describe(bytes);
    const base64EncodedContent = apContent === "der" ? der : Buffer.from(read.toString()).toString("base64");
    return {
      environmentName,
      startDate: time(notBefore),
      endDate: time(notAfter),
      ...(listed && apListContent === "missing" ? {} : { base64EncodedContent }),
      sha1Thumbprint: apThumbprint === "upper" ? thumbprint : thumbprint.toLowerCase(),
      subjectDn: read.subject.split("\n").reverse().join(", "),
      alias,
    };
  }

  /** What the workers of an environment trust, in the form of the list (section 2.8). */
  truststore(environmentName: string, held: readonly HeldRecord[]): Response {
    return this.list(
      held.map(({ project, name, alias, der }) =>
        this.certificate({
          ...{ project, name, objectId: "" },
          description: this.store.certificate(project, name)?.description ?? "",
          entries: [{ environmentName, alias, der }],
        }),
      ),
    );
  }

  /** Section 3.2; only the read of one shows its key, with the private members. */
  jwk(jwk: JwkRecord, listed = false): Json {
    const { apJwkPrivate, apJwkId, apSourceId } = this.store.variants;
    const { kty, ...members } = jwk.members;
    const type = typeOf(jwk.members);
    const privates = apJwkPrivate === "present" ? this.store.privates.get(jwk.id) : {};
    return {
      ...(apJwkId === "present" ? { id: jwk.objectId } : {}),
      name: jwk.name,
      description: jwk.description,
      projectId: (this.store.project(jwk.project)?.id ?? 0).toString(16).padStart(24, "5"),
      sourceType: jwk.sourceType,
      ...(apSourceId === "hidden" || (apSourceId === "left-out" && jwk.sourceId === null)
        ? {}
        : { sourceId: jwk.sourceId }),
      sourceUrl: null,
      type,
      kid: jwk.kid,
      ...(listed ? {} : { [type.toLowerCase()]: { ...members, ...privates } }),
    };
  }

  /**
   * The answer to what was written: whether it was deployed is in the body (section 5.3).
   *
   * @throws Refusal of an executed write, where a failed deployment is answered with 500.
   */
  written(results: readonly WorkerResult[] | undefined, what: string, undeploys = false): Response {
    const { apFailedStatus, apFailedSuccess } = this.store.variants;
    const failed = results?.find(({ success }) => !success);
    if (failed !== undefined && apFailedStatus === "500") throw new Executed();
    const deploymentResult = this.#deployment(results, undeploys);
    const text = `${what} was ${undeploys ? "deleted" : "saved"} successfully but ${undeploys ? "un" : ""}deployment`;
    const message =
      failed === undefined || this.store.variants.apSuccess !== "status"
        ? {}
        : { resultMessage: `${text} to environments failed. Details: ${failed.failure}` };
    const succeeded = failed === undefined || apFailedSuccess === "true";
    return ok(this.#success("success", { ...message, deploymentResult }, succeeded));
  }

  /** What was imported: its page shows no deployment (section 2.7). */
  imported(results: readonly WorkerResult[] | undefined): Response {
    if (results === undefined || results.length === 0) return ok(this.#success("status", {}));
    return ok(this.#success("status", { deploymentResult: this.#deployment(results, false) }));
  }

  #deployment(results: readonly WorkerResult[] | undefined, undeploys: boolean): Json | null {
    const { apDeploymentShape: shape, apFailedList, apFailedOverall } = this.store.variants;
    if (results?.length === 0) return null;
    const names = new Set(results?.map(({ environment }) => environment));
    const rows = [...names].map((environment): EnvironmentResult => {
      const workers = results?.filter((result) => result.environment === environment) ?? [];
      const failed = workers.find(({ success }) => !success);
      const done = undeploys ? "Undeployed successfully" : "Deployed successfully";
      return { environment, success: failed === undefined, text: failed?.failure ?? done, done, workers };
    });
    const failed = results === undefined || rows.some((row) => !row.success);
    const success = !failed || (apFailedOverall === "true" && results !== undefined);
    const shown =
      failed && apFailedList !== "full" ? rows.filter((row) => apFailedList === "failed" && !row.success) : rows;
    const verb = undeploys ? "Undeployment" : "Deployment";
    const message = failed ? `${verb} failed` : `${verb} completed successfully`;
    const list = (name: string, items: readonly unknown[]): Json =>
      failed && apFailedList === "missing" ? {} : { [name]: items };
    const plain = shown.map((row) => ({
      environmentName: row.environment,
      success: row.success,
      message: row.text,
    }));
    const namesOf = (succeeded: boolean): string[] =>
      shown.filter((row) => row.success === succeeded).map(({ environment }) => environment);
    switch (shape) {
      case "D1":
        return { success, message, ...list("environmentResults", plain) };
      case "D2":
        return { success, ...list("deploymentResults", plain) };
      case "D3":
      case "D3-pods":
      case "D3-nested":
        return { success, detail: message, ...list("detailList", details(shown, shape)) };
      case "D4":
        return {
          deployed: success,
          ...list("deployedEnvironments", namesOf(true)),
          ...list("failedEnvironments", namesOf(false)),
        };
      case "D5":
        return { success };
      case "null":
        return null;
    }
  }
}

/** D3 by environment, by pod, or by pod within environment (section 5.2). */
function details(rows: readonly EnvironmentResult[], shape: "D3" | "D3-pods" | "D3-nested"): Json[] {
  const time = (success: boolean): number | null => (success ? 12 : null);
  const pods = ({ environment, done, workers }: EnvironmentResult): Json[] =>
    workers.map(({ worker, ip, success, failure }) => ({
      envName: environment,
      podName: worker,
      podIp: ip,
      success,
      detail: success ? done : failure,
      responseTime: time(success),
      detailList: [],
      firstFromApiResultList: null,
    }));
  if (shape === "D3-pods") return rows.flatMap(pods);
  return rows.map((row) => ({
    envName: row.environment,
    podName: null,
    podIp: null,
    success: row.success,
    detail: row.text,
    responseTime: time(row.success),
    detailList: shape === "D3-nested" ? pods(row) : [],
    firstFromApiResultList: null,
  }));
}

/** 500 for a write that was stored. */
export class Executed extends Refusal {
  constructor() {
    super(500, "server_error", UNEXPECTED);
  }
}
