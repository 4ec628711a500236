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

/** A name as labels print it: without blanks and brackets; a question mark is one that is not known yet. */
const named = (name: string): string => (name === "?" ? name : encodeURIComponent(name));
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
  destructive: false,
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
  /** What becomes of each environment; undefined while they are not known yet. */
  readonly moves:
    | { readonly kept: readonly string[]; readonly added: readonly string[]; readonly dropped: readonly string[] }
    | undefined;
  /** Undefined while it is not known yet. */
  readonly jwkUpdate: JwkUpdate | undefined;
  readonly jwkScope: JwkScope | undefined;
  /** JWKs of this stack that refer to it, as far as is known. */
  readonly jwks: readonly string[];
  readonly why: string;
}

/** JWKs that a call touches: this API cannot list what refers to a certificate (section 3.2). */
const jwksOf = (own: readonly string[]): string =>
  `JWKs made from it (${own.length === 0 ? "none that stays in this stack" : `${own.join(", ")} of this stack`}, and others that this API cannot list)`;

/** No generation but the newest knows all of them (sections 2.4, 2.5, 7), and no answer says which one it is. */
const AS_FAR = "as far as the installation knows the call's parameters";

const SCOPES: Readonly<Record<JwkScope, string>> = {
  SAME_PROJECT: "this project, and KEEP THE OLD KEY in others",
  ALL_PROJECTS: "ALL projects",
};

function jwksOnUpdate({ jwkUpdate, jwkScope, jwks }: UpdateArguments): string {
  const all = jwksOf(jwks);
  if (jwkUpdate === undefined)
    return `what becomes of ${all} is not known yet: re-parsed from the new certificate, or DETACHED with the old key`;
  if (jwkUpdate === "NULLIFY") return `${all} are DETACHED AND KEEP THE OLD KEY`;
  const where = jwkScope === undefined ? "this project or ALL projects, which is not known yet" : SCOPES[jwkScope];
  return `${AS_FAR}, ${all} are re-parsed from the new certificate in ${where}`;
}

function movesInWords({ moves }: UpdateArguments): string {
  if (moves === undefined) return "its environments are not known yet, and those that are left out are DROPPED";
  const { kept, added, dropped } = moves;
  return [
    ...(kept.length > 0 ? [`kept in ${kept.join(", ")}`] : []),
    ...(added.length > 0 ? [`added to ${added.join(", ")}`] : []),
    ...(dropped.length > 0 ? [`DROPPED from ${dropped.join(", ")}`] : []),
  ].join(", ");
}

/** `PUT /projects/{p}/certificates/{n}/` (section 2.4): removes, makes anew and redeploys; the list is what is kept. */
export const update = operation<UpdateArguments>({
  name: "apinizer.certificates.update",
  effect: "update",
  reversible: true,
  destructive: ({ moves, jwkUpdate }) => moves?.dropped.length !== 0 || jwkUpdate !== "UPDATE",
  billed: false,
  repeat: STORES,
  target: ({ project, name }) => ({ project: named(project), name: named(name) }),
  call: (args) => ({
    method: "PUT",
    path:
      `${one(args.project, args.name)}?jwkUpdateAction=${args.jwkUpdate ?? "?"}` +
      // The generation before knows a flag in place of the action (section 2.4).
      (args.jwkUpdate === "UPDATE" ? `&updateReferencedJwks=true&updateScope=${args.jwkScope ?? "?"}` : ""),
    form: { multipart: formOf(args) },
  }),
  subject: ({ goes, moves }) => [goes, ...[...(moves?.kept ?? []), ...(moves?.dropped ?? [])].sort()].join("; "),
  say: (args) =>
    `REPLACE certificate ${args.name} of project ${args.project}, because ${args.why}: ${args.goes} goes, ${args.what} comes; ` +
    `${movesInWords(args)}; the gateways may be without it between removal and deployment; ${jwksOnUpdate(args)}`,
});

export interface DeleteArguments {
  readonly project: string;
  readonly name: string;
  /** Environments that the state knows it in. */
  readonly environments: readonly string[];
  readonly what: string;
  readonly jwkDelete: "NULLIFY" | "DELETE";
  /** JWKs of this stack that refer to it and stay, as far as is known. */
  readonly jwks: readonly string[];
  /** Whether the environments' truststores could be read when they were read last. */
  readonly truststores: "readable" | "refused" | "unread";
}

const UNCHECKED: Readonly<Record<DeleteArguments["truststores"], string>> = {
  readable: "",
  refused: "; the environments' truststores could not be read, so what is left on workers cannot be checked",
  unread:
    "; the environments' truststores have not been read yet, so whether what is left on workers can be checked is not known",
};

/** `DELETE /projects/{p}/certificates/{n}/` (section 2.5): undeploys from all environments and deletes. */
export const remove = operation<DeleteArguments>({
  name: "apinizer.certificates.delete",
  effect: "delete",
  reversible: false,
  destructive: true,
  billed: false,
  repeat: ENDS,
  // One that deletes JWKs, too, is another operation: nothing that has named the milder one allows it.
  target: ({ project, name, jwkDelete }) => ({
    ...{ project: named(project), name: named(name) },
    ...(jwkDelete === "DELETE" ? { jwks: jwkDelete } : {}),
  }),
  call: ({ project, name, jwkDelete }) => ({
    method: "DELETE",
    path: `${one(project, name)}?jwkDeleteAction=${jwkDelete}`,
  }),
  subject: ({ what, environments }) => [what, ...[...environments].sort()].join("; "),
  say: ({ project, name, environments, what, jwkDelete, jwks, truststores }) =>
    `DELETE certificate ${name} of project ${project} (${what}): irreversible, UNDEPLOYED FROM ALL ENVIRONMENTS, ` +
    `${environments.length === 0 ? "also undeclared ones" : `${environments.join(", ")} and undeclared ones`}; ` +
    (jwkDelete === "DELETE"
      ? `${AS_FAR}, ${jwksOf(jwks)} are DELETED FOR GOOD, perhaps in other projects, too`
      : `${jwksOf(jwks)} lose their reference and keep their key`) +
    UNCHECKED[truststores],
});

const jwkCollection = (project: string): string => `/projects/${encodeURIComponent(project)}/jwks/`;
const oneJwk = (project: string, name: string): string => `${jwkCollection(project)}${encodeURIComponent(name)}/`;

export interface CreateJwkArguments {
  readonly project: string;
  readonly name: string;
  readonly description: string | undefined;
  /** The body's other fields: of a certificate (section 3.1), or of the page of `jwks/generate`. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly source: "certificate" | "generated";
  /** The key in words. */
  readonly what: string;
  readonly why: string;
}

/** `POST /projects/{p}/jwks/` from a certificate, or `POST /projects/{p}/jwks/generate` (sections 3, 3.1). */
export const createJwk = operation<CreateJwkArguments>({
  name: "apinizer.jwks.create",
  effect: "create",
  reversible: true,
  destructive: false,
  billed: false,
  repeat: STORES,
  target: ({ project, name }) => ({ project: named(project), name: named(name) }),
  call: ({ project, name, description, fields, source }) => ({
    method: "POST",
    // `generate` is printed without a slash at its end (section 1.1).
    path: source === "generated" ? `${jwkCollection(project)}generate` : jwkCollection(project),
    body: { name, ...(description === undefined ? {} : { description }), ...fields },
  }),
  say: ({ project, name, what, why }) =>
    `MAKE JWK ${name} of project ${project} (${what}) and deploy it to ALL environments of the project, because ${why}`,
});

export interface UpdateJwkArguments {
  readonly project: string;
  readonly name: string;
  readonly description: string | undefined;
  /** The certificate that it refers to; undefined when it refers to none. */
  readonly attachedTo: string | undefined;
  readonly why: string;
}

/** `PUT /projects/{p}/jwks/{n}/` (section 3.3): description alone; any update detaches, and redeploys everywhere. */
export const updateJwk = operation<UpdateJwkArguments>({
  name: "apinizer.jwks.update",
  effect: "update",
  reversible: false,
  destructive: ({ attachedTo }) => attachedTo !== undefined,
  billed: false,
  repeat: STORES,
  target: ({ project, name }) => ({ project: named(project), name: named(name) }),
  call: ({ project, name, description }) => ({
    method: "PUT",
    path: oneJwk(project, name),
    body: description === undefined ? { name } : { description },
  }),
  say: ({ project, name, attachedTo, why }) =>
    `UPDATE JWK ${name} of project ${project}, because ${why}: it is redeployed to all environments with the key that it has` +
    (attachedTo === undefined
      ? ""
      : `, and DETACHED from certificate ${attachedTo}: replacing that certificate no longer changes its key; ` +
        "a new trigger has it deleted and made anew instead, attached"),
});

export interface DeleteJwkArguments {
  readonly project: string;
  readonly name: string;
  readonly what: string;
  /** Whether its key cannot be had again: a generated one. */
  readonly keyIsLost: boolean;
  readonly why?: string;
}

/** `DELETE /projects/{p}/jwks/{n}/` (section 3.3): undeploys from all environments, then deletes; policies may break. */
export const removeJwk = operation<DeleteJwkArguments>({
  name: "apinizer.jwks.delete",
  effect: "delete",
  reversible: false,
  destructive: true,
  billed: false,
  repeat: ENDS,
  target: ({ project, name }) => ({ project: named(project), name: named(name) }),
  call: ({ project, name }) => ({ method: "DELETE", path: oneJwk(project, name) }),
  subject: ({ what }) => what,
  // A certificate of the project can have the same name.
  ends: ({ project, name }) => [`apinizer project=${named(project)} jwk=${named(name)}`],
  say: ({ project, name, what, keyIsLost, why }) =>
    `DELETE JWK ${name} of project ${project} (${what})${why === undefined ? "" : `, because ${why}`}: irreversible, UNDEPLOYED FROM ALL ENVIRONMENTS, policies that use it break` +
    (keyIsLost ? "; ITS KEY IS LOST" : ""),
});

/** Reads may be repeated: they change nothing. */
export const READS: RepeatRule = { afterRateLimit: true, afterFault: true, because: "changes nothing" };

export const listCertificates = (project: string): HttpCall => ({ method: "GET", path: collection(project) });
export const readCertificate = (project: string, name: string): HttpCall => ({
  method: "GET",
  path: one(project, name),
});
export const listJwks = (project: string): HttpCall => ({ method: "GET", path: jwkCollection(project) });
/** Answers the private members, too (section 3.2). */
export const readJwk = (project: string, name: string): HttpCall => ({ method: "GET", path: oneJwk(project, name) });
/** Section 2.8: through the project `admin` alone. */
export const readTruststore = (environment: string): HttpCall => ({
  method: "GET",
  path: `${collection("admin")}truststore/${encodeURIComponent(environment)}/`,
});
