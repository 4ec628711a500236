import type { Operation } from "../core/operation.js";
import type { Perform } from "../core/perform.js";
import { CoalescedReads } from "../http/coalescedReads.js";
import { JsonReads, until, type SendRead } from "../http/jsonReads.js";
import { replyTo, type Failed, type Reply } from "../http/jsonReply.js";
import { listCredentials, readContract } from "./operations.js";
import { readContractInfo, readCredentials, readReply, type ContractInfo, type ListedCredential } from "./wire.js";

export const SYSTEM = "DigiCert Partner API";

/** Reads of the Partner API. Mutating calls go through `perform` alone; `ask` reads what they answer. */
export class PartnerClient {
  readonly #reads: JsonReads;
  readonly #shared = new CoalescedReads();

  constructor(
    send: SendRead,
    /** The service's base URL. */
    readonly service: string,
    /** Milliseconds to wait until a read shows what a call has done; the delay is not documented (section 2). */
    readonly visibility: number,
  ) {
    this.#reads = new JsonReads(send, { system: SYSTEM, reply: readReply, next });
  }

  /** Performs a planned operation and reads its answer. Never throws for what the service or the network did. */
  ask(perform: Perform, operation: Operation): Promise<Reply> {
    this.#shared.forget();
    return replyTo(perform(operation), readReply);
  }

  /** @throws Fault when it cannot be read: a contract is never taken for gone because of that. */
  async contract(contractId: number, resource: string): Promise<ContractInfo> {
    const action = `read contract ${contractId}`;
    const info = await this.#reads.read(readContract(contractId), action, resource, readContractInfo);
    if (info.contractId !== contractId)
      throw this.#reads.unreadable(action, resource, `the answer describes contract ${info.contractId}`);
    return info;
  }

  /** Active and revoked credentials of a contract, afresh. */
  credentials(contractId: number, resource: string): Promise<readonly ListedCredential[]> {
    return this.#reads.read(
      listCredentials(contractId),
      `list the credentials of contract ${contractId}`,
      resource,
      readCredentials,
    );
  }

  /** The same, asked once for all resources of a process that refresh a contract. */
  sharedCredentials(contractId: number, resource: string): Promise<readonly ListedCredential[]> {
    return this.#shared.get(`credentials ${contractId}`, () => this.credentials(contractId, resource));
  }

  /** Reads until `found` gives a result, or the time for a change to be seen is over. `patient`: false reads once. */
  async await<Seen, T>(
    read: () => Promise<Seen>,
    found: (seen: Seen) => T | undefined,
    patient = true,
  ): Promise<{ readonly result: T | undefined; readonly seen: Seen }> {
    return until(read, { limit: patient ? this.visibility : 0, first: 250, longest: 4000 }, found);
  }
}

const next = ({ status }: Failed): string =>
  status === 404
    ? "a contract that is not found is in another account, so check partner:apiKey and partner:url. A resource is never taken for gone because of this"
    : status === 401 || status === 403
      ? "check partner:apiKey (or PARTNER_API_KEY): contracts need the key of their subaccount, a parent's key is refused"
      : "run again; if it stays so, ask the vendor";
