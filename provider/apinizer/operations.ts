import { operation, type HttpCall, type RepeatRule } from "../core/operation.js";

/**
 * Apinizer's catalogue of mutating calls: the only file that spells a path of theirs (apinizer.md 2). Paths end with a
 * slash and hold names, percent-encoded (section 1.1). There is no idempotency key (section 8).
 */

/** A second creation of a name answers 400 (section 2.3); whether a faulty one was stored is settled by reading. */
const STORES: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "stores and deploys, not atomically as far as documented: a lost answer is settled by reading",
};

/** A repeated delete answers 400 (section 2.5). */
const ENDS: RepeatRule = {
  afterRateLimit: true,
  afterFault: false,
  because: "undeploys and deletes: a lost answer is settled by reading, and a repetition answers that nothing is there",
};

/** A name as labels print it: without blanks and brackets. */
const named = (name: string): string => encodeURIComponent(name);
const collection = (project: string): string => `/projects/${encodeURIComponent(project)}/certificates/`;
const one = (project: string, name: string): string => `${collection(project)}${encodeURIComponent(name)}/`;

/** A certificate as it is sent: one alias and one PEM for all environments (section 2.3). */
export interface Deployment {
  readonly project: string;
  readonly name: string;
  readonly alias: string;
  readonly description: string;
  /** The full list of environments. */
  readonly environments: readonly string[];
  /** Public certificates; undefined while they are not known yet. */
  readonly pem: string | undefined;
  /** The certificate in words. */
  readonly what: string;
}

const formOf = ({ name, alias, description, environments, pem }: Deployment) => ({
  // By the text of its page a replacement takes the name, too (section 2.4).
  certificateName: name,
  alias,
  certificateDescription: description,
  // One value, joined by commas; no escape is documented (section 2.3).
  environmentList: environments.join(","),
  pemEncodedFile: { filename: "certificate.pem", contentType: "application/x-pem-file", content: pem ?? "?" },
});

export interface CreateArguments extends Deployment {
  readonly why: string;
}

/** `POST /projects/{p}/certificates/` (section 2.3): stores and deploys. */
export const create = operation<CreateArguments>({
  name: "apinizer.certificates.create",
  effect: "create",
  reversible: true,
  destructive: () => false,
  billed: false,
  repeat: STORES,
  target: ({ project, name }) => ({ project: named(project), name: named(name) }),
  call: (args) => ({
    method: "POST",
    path: collection(args.project),
    form: { multipart: formOf(args) },
  }),
  // The repair of a deletion deploys to those alone that still trust the certificate.
  narrowable: ({ environments }) => ({ field: "environmentList", values: environments }),
  say: ({ project, name, environments, what, why }) =>
    `DEPLOY certificate ${name} of project ${project} (${what}) to ${environments.join(", ")}, because ${why}`,
});

/** What becomes of JWKs that were made from a certificate which is replaced (section 3.4). */
export type JwkUpdate = "NULLIFY" | "UPDATE";
export type JwkScope = "SAME_PROJECT" | "ALL_PROJECTS";

export interface UpdateArguments extends Deployment {
  /** What goes, in words. */
  readonly goes: string;
  readonly kept: readonly string[];
  readonly added: readonly string[];
  readonly dropped: readonly string[];
  readonly jwkUpdate: JwkUpdate;
  readonly jwkScope: JwkScope;
  readonly why: string;
}

const jwksOnUpdate = ({ jwkUpdate, jwkScope }: UpdateArguments): string =>
  jwkUpdate === "UPDATE"
    ? `JWKs made from it are re-parsed from the new certificate in ${jwkScope === "SAME_PROJECT" ? "this project" : "ALL projects"}`
    : "JWKs made from it are DETACHED AND KEEP THE OLD KEY";

/** `PUT /projects/{p}/certificates/{n}/` (section 2.4): removes, makes anew and redeploys; the list is what is kept. */
export const update = operation<UpdateArguments>({
  name: "apinizer.certificates.update",
  effect: "update",
  reversible: true,
  destructive: ({ dropped, jwkUpdate }) => dropped.length > 0 || jwkUpdate === "NULLIFY",
  billed: false,
  repeat: STORES,
  target: ({ project, name }) => ({ project: named(project), name: named(name) }),
  call: (args) => ({
    method: "PUT",
    path:
      `${one(args.project, args.name)}?jwkUpdateAction=${args.jwkUpdate}` +
      (args.jwkUpdate === "UPDATE" ? `&updateScope=${args.jwkScope}` : ""),
    form: { multipart: formOf(args) },
  }),
  say: (args) =>
    `REPLACE certificate ${args.name} of project ${args.project}, because ${args.why}: ${args.goes} goes, ${args.what} comes; ` +
    [
      ...(args.kept.length > 0 ? [`kept in ${args.kept.join(", ")}`] : []),
      ...(args.added.length > 0 ? [`added to ${args.added.join(", ")}`] : []),
      ...(args.dropped.length > 0 ? [`DROPPED from ${args.dropped.join(", ")}`] : []),
    ].join(", ") +
    `; the gateways may be without it between removal and deployment; ${jwksOnUpdate(args)}`,
});

export interface DeleteArguments {
  readonly project: string;
  readonly name: string;
  /** Environments that the state knows it in. */
  readonly environments: readonly string[];
  readonly what: string;
  readonly jwkDelete: "NULLIFY" | "DELETE";
  /** JWKs of this stack that were made from it, as far as the state knows. */
  readonly checked: boolean;
}

/** `DELETE /projects/{p}/certificates/{n}/` (section 2.5): undeploys from all environments and deletes. */
export const remove = operation<DeleteArguments>({
  name: "apinizer.certificates.delete",
  effect: "delete",
  reversible: false,
  destructive: () => true,
  billed: false,
  repeat: ENDS,
  target: ({ project, name }) => ({ project: named(project), name: named(name) }),
  call: ({ project, name, jwkDelete }) => ({
    method: "DELETE",
    path: `${one(project, name)}?jwkDeleteAction=${jwkDelete}`,
  }),
  say: ({ project, name, environments, what, jwkDelete, checked }) =>
    `DELETE certificate ${name} of project ${project} (${what}): irreversible, UNDEPLOYED FROM ALL ENVIRONMENTS, ` +
    `${environments.length === 0 ? "also undeclared ones" : `${environments.join(", ")} and undeclared ones`}; ` +
    (jwkDelete === "DELETE"
      ? "every JWK made from it, of this stack and others that this API cannot list, is DELETED FOR GOOD"
      : "JWKs made from it, of this stack and others that this API cannot list, lose their reference and keep their key") +
    (checked ? "" : "; the environments' truststores could not be read, so what is left on workers cannot be checked"),
});

/** Reads may be repeated: they change nothing. */
export const READS: RepeatRule = { afterRateLimit: true, afterFault: true, because: "changes nothing" };

export const listCertificates = (project: string): HttpCall => ({ method: "GET", path: collection(project) });
export const readCertificate = (project: string, name: string): HttpCall => ({
  method: "GET",
  path: one(project, name),
});
/** Section 2.8: through the project `admin` alone. */
export const readTruststore = (environment: string): HttpCall => ({
  method: "GET",
  path: `${collection("admin")}truststore/${encodeURIComponent(environment)}/`,
});
