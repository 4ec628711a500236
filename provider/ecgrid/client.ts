import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "../core/fault.js";
import type { HttpCall, Operation } from "../core/operation.js";
import { newTraceId, type Answer, type Perform, type Secrets } from "../core/perform.js";
import { CoalescedReads } from "../http/coalescedReads.js";
import { listComms, readComm } from "./operations.js";
import {
  commIdOf,
  readCommAnswer,
  readReply,
  type Certificate,
  type Comm,
  type CommAnswer,
  type Reply,
} from "./wire.js";

/** A comm with all of its certificates, as one read showed them. */
export interface Snapshot {
  readonly comm: Comm;
  readonly certificates: readonly Certificate[];
}

/** A snapshot, and why its emptiness is not believed where a certificate of the comm is known. */
interface Look extends Snapshot {
  readonly unproven?: string;
}

/** Sends a read. */
export type SendRead = (call: HttpCall, traceId: string) => Promise<Answer>;

/** Reads of ECGrid. Mutating calls go through `perform` alone; `ask` reads what they answer. */
export class EcgridClient {
  readonly #send: SendRead;
  readonly #shared = new CoalescedReads();
  /** Comms of which `GET /v2/comms/{id}` has shown certificates: there an empty array of it is an empty comm. */
  readonly #filled = new Set<number>();

  constructor(
    send: SendRead,
    /** The service's base URL: with the comm's id the identity of what is acted on. */
    readonly service: string,
    /** Milliseconds to wait for a new certificate to appear on its comm; the delay is not documented (ecgrid.md 8). */
    readonly visibility: number,
  ) {
    this.#send = send;
  }

  /** Performs a planned operation and reads its answer. Never throws for what the service or the network did. */
  async ask(perform: Perform, operation: Operation, secrets?: Secrets): Promise<Reply> {
    this.#shared.forget();
    try {
      return readReply(await perform(operation, secrets));
    } catch (error) {
      if (!(error instanceof Fault) || error.outcome === "done") throw error;
      return { outcome: error.outcome, cameBack: error.parts.cameBack, traceId: error.parts.traceId ?? "" };
    }
  }

  /** Comms of a type that this key sees, with their certificates where this endpoint fills them; withCerts may be a filter. */
  async comms(commType: string): Promise<readonly CommAnswer[]> {
    const action = `list the comms of type ${commType}`;
    const data = await this.#read(listComms(commType), action, "comms", () => undefined);
    if (!Array.isArray(data)) throw this.#unreadable(action, "comms", "the answer is not an array of comms");
    return (data as unknown[]).map((row) => {
      const read = readCommAnswer(row);
      if (typeof read === "string") throw this.#unreadable(action, "comms", read);
      return read;
    });
  }

  /** The same as `snapshot`, asked once for all resources of a process that refresh the comm. */
  async shared(commId: number, resource: string, hasSome = false): Promise<Snapshot> {
    return this.#believed(
      await this.#shared.get(`comm ${commId}`, () => this.#look(commId, resource)),
      resource,
      hasSome,
    );
  }

  /**
   * Reads a comm with its certificates, afresh.
   * @param hasSome whether an active certificate of the comm is known: then an empty array must be proven.
   * @throws Fault when the comm cannot be seen, or when no answer shows its certificates: then nothing may be changed.
   */
  async snapshot(commId: number, resource: string, hasSome = false): Promise<Snapshot> {
    return this.#believed(await this.#look(commId, resource), resource, hasSome);
  }

  async #look(commId: number, resource: string): Promise<Look> {
    const { comm, certificates } = await this.#comm(readComm(commId), commId, resource);
    if (certificates !== undefined && certificates.length > 0) this.#filled.add(commId);
    if (certificates !== undefined && (certificates.length > 0 || this.#filled.has(commId)))
      return { comm, certificates };
    // No array, or an empty one, may only mean that this endpoint does not fill it: ask the other one (ecgrid.md 2.1).
    const row = await this.#listed(commId, comm.commType, resource);
    if (row?.certificates !== undefined) return { comm, certificates: row.certificates };
    if (certificates === undefined)
      throw this.#unseen(
        commId,
        resource,
        "neither GET /v2/comms/{id} nor POST /v2/comms/list shows a list of certificates",
      );
    // Where `withCerts` is a filter (ecgrid.md 2.1), a comm with certificates is in the list, and one without is not.
    if (row !== undefined)
      throw this.#unseen(
        commId,
        resource,
        "GET /v2/comms/{id} shows an empty list of certificates, and POST /v2/comms/list names the comm among those with certificates and shows none",
      );
    if (comm.commType === undefined)
      throw this.#unseen(
        commId,
        resource,
        "GET /v2/comms/{id} shows an empty list of certificates and no commType, and POST /v2/comms/list does not name the comm",
      );
    return {
      ...{ comm, certificates },
      unproven:
        "GET /v2/comms/{id} shows an empty list of certificates, which may only mean that it is not filled, and POST /v2/comms/list does not name the comm",
    };
  }

  #believed({ unproven, ...snapshot }: Look, resource: string, hasSome: boolean): Snapshot {
    if (unproven === undefined || !hasSome) return snapshot;
    throw this.#unseen(
      snapshot.comm.commId,
      resource,
      `${unproven}: an active certificate of it is known, and is not taken for gone because of this`,
    );
  }

  #unseen(commId: number, resource: string, cameBack: string): Fault {
    return new Fault({
      action: `read the certificates of comm ${commId}`,
      resource,
      system: "ECGrid",
      cameBack,
      known: "nothing was changed, and nothing may be changed while the certificates of a comm cannot be seen",
      next: "ask the vendor which endpoint shows certificates to this API key, then run again; what has ended at ECGrid can be taken out of the state (pulumi state delete)",
      outcome: "not executed",
    });
  }

  /** Reads a comm again until `found` gives a result or the time for a new certificate to appear is over. */
  async await<T>(
    commId: number,
    resource: string,
    found: (snapshot: Snapshot) => T | undefined,
    hasSome = false,
  ): Promise<T | undefined> {
    for (let waited = 0, step = 250; ; step *= 2) {
      const result = found(await this.snapshot(commId, resource, hasSome));
      if (result !== undefined || waited >= this.visibility) return result;
      const pause = Math.min(step, this.visibility - waited);
      await delay(pause);
      waited += pause;
    }
  }

  async #comm(
    call: HttpCall,
    commId: number,
    resource: string,
  ): Promise<{ comm: Comm; certificates: readonly Certificate[] | undefined }> {
    const data = await this.#read(call, `read comm ${commId}`, resource, (reply) =>
      reply.status === 404
        ? "the comm does not exist, or this API key belongs to an account that does not see it: check ecgrid:apiKey, ecgrid:url and commId. A resource is never taken for gone because of this"
        : undefined,
    );
    const read = readCommAnswer(data);
    if (typeof read === "string") throw this.#unreadable(`read comm ${commId}`, resource, read);
    if (read.comm.commId !== commId)
      throw this.#unreadable(`read comm ${commId}`, resource, `the answer describes comm ${read.comm.commId}`);
    return read;
  }

  /** The comm's row; undefined when the list does not name it. Of a comm without a type, all types are asked for. */
  async #listed(commId: number, commType: string | undefined, resource: string): Promise<CommAnswer | undefined> {
    const action = `list the comms to find the certificates of comm ${commId}`;
    const data = await this.#read(listComms(commType), action, resource, () => undefined);
    if (!Array.isArray(data)) throw this.#unreadable(action, resource, "the answer is not an array of comms");
    const ids = (data as unknown[]).map(commIdOf);
    // A row of which nobody can tell whose it is may be this comm's.
    if (ids.includes(undefined)) throw this.#unreadable(action, resource, "a row of the answer has no readable commId");
    const rows = (data as unknown[]).filter((_row, at) => ids[at] === commId);
    if (rows.length > 1) throw this.#unreadable(action, resource, `${rows.length} rows of the answer name the comm`);
    if (rows.length === 0) return undefined;
    const read = readCommAnswer(rows[0]);
    if (typeof read === "string") throw this.#unreadable(action, resource, read);
    return read;
  }

  async #read(
    call: HttpCall,
    action: string,
    resource: string,
    next: (reply: Exclude<Reply, { outcome: "done" }>) => string | undefined,
  ): Promise<unknown> {
    let reply: Reply;
    try {
      reply = readReply(await this.#send(call, newTraceId()));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new Fault({ ...error.parts, action, resource, known: "nothing was changed, the state is left as it was" });
    }
    if (reply.outcome === "done") return reply.data;
    throw new Fault({
      action,
      resource,
      system: "ECGrid",
      cameBack: reply.cameBack,
      known: "nothing was changed, the state is left as it was",
      next:
        next(reply) ??
        (reply.status === 401 || reply.status === 403
          ? "check ecgrid:apiKey (or ECGRID_API_KEY) and the rights of its user"
          : "run again; if it stays so, ask the vendor with the trace id"),
      outcome: reply.outcome,
      traceId: reply.traceId,
    });
  }

  #unreadable(action: string, resource: string, problem: string): Fault {
    return new Fault({
      action,
      resource,
      system: "ECGrid",
      cameBack: problem,
      known: "nothing was changed, the state is left as it was",
      next: "compare the service's answer with its documentation; nothing is done on the strength of an answer that cannot be read",
      outcome: "unknown",
    });
  }
}
