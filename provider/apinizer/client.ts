import type { HttpCall, Operation } from "../core/operation.js";
import type { Perform } from "../core/perform.js";
import { Fault } from "../core/fault.js";
import type { Reader } from "../http/answerFields.js";
import { CoalescedReads } from "../http/coalescedReads.js";
import { JsonReads, until, type SendRead } from "../http/jsonReads.js";
import { replyTo, type Failed, type Reply } from "../http/jsonReply.js";
import { listCertificates, listJwks, readCertificate, readJwk, readTruststore } from "./operations.js";
import {
  listCertificateRows,
  listJwkRows,
  readCertificates,
  readJwks,
  readReply,
  readTrusted,
  saysNotFound,
  saysUnreachable,
  type Certificate,
  type Jwk,
  type Listed,
  type Trusted,
} from "./wire.js";

export const SYSTEM = "Apinizer";

/**
 * What an environment's workers trust: the union of what those hold that answer. It never shows that the others are without
 * a certificate.
 */
export type Truststore =
  | {
      readonly seen: "yes";
      readonly entries: readonly Trusted[];
      /** Whether rows could not be read: then it shows of nothing that it is not there. */
      readonly opaque: boolean;
    }
  /** An empty list: the workers hold nothing, or none of them answers. */
  | { readonly seen: "empty"; readonly cameBack: string }
  /** The workers do not answer, or hold nothing: the service does not tell which (apinizer.md 2.9). */
  | { readonly seen: "unreachable"; readonly cameBack: string }
  /** The read has come to nothing. */
  | { readonly seen: "unread"; readonly cameBack: string }
  /** This token may not look: truststores are read through the project `admin` alone (section 2.8). */
  | { readonly seen: "refused"; readonly cameBack: string };

/** Reads of Apinizer. Mutating calls go through `perform` alone; `ask` reads what they answer. */
export class ApinizerClient {
  readonly #reads: JsonReads;
  readonly #shared = new CoalescedReads();

  constructor(
    send: SendRead,
    /** The manager's base URL. */
    readonly service: string,
    /** Milliseconds to wait until a read shows what a call has done. */
    readonly visibility: number,
  ) {
    this.#reads = new JsonReads(send, { system: SYSTEM, reply: readReply, next });
  }

  /** Performs a planned operation and reads its answer. Never throws for what the service or the network did. */
  ask(perform: Perform, operation: Operation): Promise<Reply> {
    this.#shared.forget();
    return replyTo(perform(operation), readReply);
  }

  /** All certificates of a project that can be read, asked once for all resources of a process that refresh. */
  async listed(project: string, resource: string): Promise<readonly Certificate[]> {
    const all = () => this.#list(certificatesOf(project), resource);
    return (await this.#shared.get(`certificates of ${project}`, all)).rows;
  }

  /** All JWKs of a project, without their keys, asked once like the certificates. */
  async listedJwks(project: string, resource: string): Promise<readonly Jwk[]> {
    const all = () => this.#list(jwksOf(project), resource);
    return (await this.#shared.get(`JWKs of ${project}`, all)).rows;
  }

  /** What a project has, with what cannot be read of it, asked once. */
  async all(project: string): Promise<{ readonly certificates: Listed<Certificate>; readonly jwks: Listed<Jwk> }> {
    const certificates = await this.#list(certificatesOf(project), `project ${project}`);
    return { certificates, jwks: await this.#list(jwksOf(project), `project ${project}`) };
  }

  /**
   * A certificate, afresh; undefined when the service says by its name that there is none, or says no without words and
   * lists the project without it. @throws Fault for everything else: a project that cannot be seen proves nothing.
   */
  certificate(project: string, name: string, resource: string): Promise<Certificate | undefined> {
    return this.#named(readCertificate(project, name), name, certificatesOf(project), resource);
  }

  /**
   * A JWK, afresh, as `certificate`. Its private members are dropped when the answer is read.
   *
   * @param known whether it was there: no truststore shows JWKs, so a no without words counts then only next to a list of others.
   */
  jwk(project: string, name: string, resource: string, known = false): Promise<Jwk | undefined> {
    return this.#named(readJwk(project, name), name, jwksOf(project), resource, known);
  }

  async #named<T extends { readonly name: string }>(
    call: HttpCall,
    name: string,
    collection: Collection<T>,
    resource: string,
    needsOthers = false,
  ): Promise<T | undefined> {
    const action = `read ${collection.what} ${name} of project ${collection.project}`;
    const answer = await this.#reads.answer(call, action, resource);
    const reply = readReply(answer);
    if (reply.outcome !== "done" && saysNotFound(reply, collection.what, name)) return undefined;
    // An empty 404 says nothing of what was not found (section 1.5).
    if (reply.outcome === "refused" && reply.status === 404 && answer.body.trim() === "") {
      const { rows, unread } = await this.#list(collection, resource);
      const isShown = rows.length > 0 || !needsOthers;
      if (isShown && !rows.some((one) => one.name === name) && !unread.some((one) => one === undefined || one === name))
        return undefined;
    }
    const list = this.#reads.judge(answer, action, resource, collection.read);
    const found = list.find((one) => one.name === name);
    if (found === undefined) throw this.#reads.unreadable(action, resource, `the answer does not hold ${name}`);
    return found;
  }

  #list<T>({ what, project, list, readAll }: Collection<T>, resource: string): Promise<Listed<T>> {
    return this.#reads.read(list, `list the ${what}s of project ${project}`, resource, readAll);
  }

  /** What an environment's workers trust. Never throws for what the service or the network did: a write may have come before. */
  async truststore(environment: string, resource: string): Promise<Truststore> {
    const action = `read the truststore of environment ${environment}`;
    try {
      const answer = await this.#reads.answer(readTruststore(environment), action, resource);
      const reply = readReply(answer);
      if (reply.outcome !== "done") {
        const { cameBack, status } = reply;
        if (saysUnreachable(reply)) return { seen: "unreachable", cameBack };
        // A token that is not good says nothing of the rights of its owner.
        return { seen: reply.outcome === "refused" && status !== 401 ? "refused" : "unread", cameBack };
      }
      const { rows, unread } = this.#reads.judge(answer, action, resource, readTrusted);
      if (rows.length + unread.length === 0) return { seen: "empty", cameBack: "an empty list" };
      const entries = rows.flat().filter((entry) => entry.environment === environment);
      return { seen: "yes", entries, opaque: unread.length > 0 };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { seen: "unread", cameBack: error.parts.cameBack };
    }
  }

  /** The same, asked once for all resources of a process that refresh. */
  sharedTruststore(environment: string, resource: string): Promise<Truststore> {
    return this.#shared.get(`truststore of ${environment}`, () => this.truststore(environment, resource));
  }

  /** Reads until `found` gives a result, or the time for a change to be seen is over. */
  await<Seen, T>(
    read: () => Promise<Seen>,
    found: (seen: Seen) => T | undefined,
    patient = true,
  ): Promise<{ readonly result: T | undefined; readonly seen: Seen }> {
    return until(read, { limit: patient ? this.visibility : 0, first: 250, longest: 4000 }, found);
  }
}

/** What a project has of one kind. */
interface Collection<T> {
  /** As the service's messages call it. */
  readonly what: "Certificate" | "JWK";
  readonly project: string;
  readonly list: HttpCall;
  /** Of an answer about one. */
  readonly read: Reader<readonly T[]>;
  readonly readAll: Reader<Listed<T>>;
}

const certificatesOf = (project: string): Collection<Certificate> => ({
  ...{ what: "Certificate", project },
  ...{ list: listCertificates(project), read: readCertificates, readAll: listCertificateRows },
});
const jwksOf = (project: string): Collection<Jwk> => ({
  ...{ what: "JWK", project },
  ...{ list: listJwks(project), read: readJwks, readAll: listJwkRows },
});

/** What to do about a no for want of rights, which says so in words alone (section 1.5); else `otherwise`. */
export const unlessRights = (cameBack: string, otherwise: string): string =>
  /permission|privilege/i.test(cameBack)
    ? "check the project's name, and that the token's owner has SECRETS+MANAGE and SECRETS+DEPLOY_UNDEPLOY in it; nothing is taken for gone because of this"
    : otherwise;

const next = ({ status, cameBack }: Failed): string =>
  unlessRights(
    cameBack,
    status === 401
      ? "check apinizer:token (or APINIZER_TOKEN), or the client's id and secret"
      : "run again; if it stays so, ask the vendor",
  );
