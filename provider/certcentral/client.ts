import { setTimeout as delay } from "node:timers/promises";
import type { HttpCall, Operation } from "../core/operation.js";
import type { Answer, Perform } from "../core/perform.js";
import type { Reader } from "../http/answerFields.js";
import { CoalescedReads } from "../http/coalescedReads.js";
import { JsonReads, until, type SendRead } from "../http/jsonReads.js";
import { replyTo, type Failed, type Reply } from "../http/jsonReply.js";
import {
  download,
  listDuplicates,
  listOrders,
  listReissues,
  listRequests,
  readChain,
  readDomain,
  readOrder,
  readValidation,
} from "./operations.js";
import { OrderBook } from "./orderBook.js";
import {
  readCertificateRows,
  readChainAnswer,
  readDomainAnswer,
  readOrderInfo,
  readOrderRows,
  readReply,
  readRequestRows,
  readValidationAnswer,
  type AccountRequest,
  type DomainToken,
  type ListedCertificate,
  type ListPage,
  type OrderInfo,
} from "./wire.js";

/** A name that waits for its validation. */
export interface DomainValidation extends DomainToken {
  readonly method?: string | undefined;
}

/** Reads of CertCentral. Mutating calls go through `perform` alone; `ask` reads what they answer. */
export class CertcentralClient {
  readonly #reads: JsonReads;
  readonly #shared = new CoalescedReads();
  #book: OrderBook | undefined;
  /** Orders that the account's list shows without duplicates: of a thousand orders hardly any has one. */
  readonly #without = new Set<number>();

  constructor(
    send: SendRead,
    /** The service's base URL. */
    readonly service: string,
    readonly waiting: {
      /** Milliseconds to wait until a read shows what a call has done; the delay is not documented (section 14). */
      readonly visibility: number;
      /** Milliseconds between two looks at an order that waits. */
      readonly poll: number;
    },
  ) {
    this.#reads = new JsonReads(send, { system: SYSTEM, reply: readReply, next });
  }

  /** Performs a planned operation and reads its answer. Never throws for what the service or the network did. */
  ask(perform: Perform, operation: Operation): Promise<Reply> {
    this.#shared.forget();
    this.#book = undefined;
    this.#without.clear();
    return replyTo(perform(operation), readReply);
  }

  /** @throws Fault when it cannot be read: an order is never deleted, so one that is not found is in another account. */
  async order(orderId: number, resource: string): Promise<OrderInfo> {
    const info = await this.#read(readOrder(orderId), `read order ${orderId}`, resource, readOrderInfo);
    if (info.id !== orderId)
      throw this.#reads.unreadable(`read order ${orderId}`, resource, `the answer describes order ${info.id}`);
    return info;
  }

  /** The order's row of the account's list, asked once for all resources of a process; undefined when it must be read. */
  listed(orderId: number, resource: string): Promise<OrderInfo | undefined> {
    this.#book ??= new OrderBook((offset) =>
      this.#read(listOrders(offset), "list the account's orders", resource, readOrderRows),
    );
    return this.#book.find(orderId);
  }

  /** Requests for revocations of the account, whatever became of them, asked once for all resources of a process. */
  revocationRequests(resource: string): Promise<readonly AccountRequest[]> {
    return this.#shared.get("revocations", () =>
      this.#pages((offset) => listRequests(offset, { type: "revoke" }), resource, "list revocations", readRequestRows),
    );
  }

  /** Revocations of the account by their status, afresh. Both `pending` and `submitted` stand for waiting (section 8). */
  async revocations(statuses: readonly string[], resource: string): Promise<readonly AccountRequest[]> {
    const all: AccountRequest[] = [];
    for (const status of statuses) {
      const call = (offset: number): HttpCall => listRequests(offset, { type: "revoke", status });
      all.push(...(await this.#pages(call, resource, `list revocations that are ${status}`, readRequestRows)));
    }
    return all;
  }

  /** All orders of the account, newest first, afresh; those that wait for an approval need not be among them (section 10). */
  async orders(): Promise<readonly OrderInfo[]> {
    const rows = await this.#pages(
      (offset) => listOrders(offset),
      "orders",
      "list the account's orders",
      readOrderRows,
    );
    for (const { id, hasDuplicates } of rows) if (!hasDuplicates) this.#without.add(id);
    return rows;
  }

  /** Orders for a common name, newest first, afresh. */
  namesakes(commonName: string, resource: string): Promise<readonly OrderInfo[]> {
    return this.#pages(
      (offset) => listOrders(offset, { common_name: commonName }),
      resource,
      `list the orders for ${commonName}`,
      readOrderRows,
    );
  }

  async reissues(orderId: number, resource: string): Promise<readonly ListedCertificate[]> {
    return this.#read(listReissues(orderId), `list the reissues of order ${orderId}`, resource, readCertificateRows);
  }

  async duplicates(orderId: number, resource: string): Promise<readonly ListedCertificate[]> {
    if (this.#without.has(orderId)) return [];
    return this.#read(
      listDuplicates(orderId),
      `list the duplicates of order ${orderId}`,
      resource,
      readCertificateRows,
    );
  }

  /** What has to be published while names wait for their validation. */
  async validations(orderId: number, resource: string): Promise<readonly DomainValidation[]> {
    const rows = await this.#read(
      readValidation(orderId),
      `read the validation of order ${orderId}`,
      resource,
      readValidationAnswer,
    );
    const all: DomainValidation[] = [];
    for (const { domainId, status, method, names } of rows) {
      const domain =
        domainId === undefined || isDone(status)
          ? undefined
          : await this.#read(readDomain(domainId), `read domain ${domainId}`, resource, readDomainAnswer);
      all.push(...names.map((name) => ({ ...domain, name, ...(status && { status }), ...(method && { method }) })));
    }
    return all;
  }

  /**
   * Certificate and chain, PEM, as they come; undefined while DigiCert says that they are not available yet. The documented
   * download gives the order's active certificate; where that is not the one asked for, the chain of the certificate itself
   * is (section 11, section 2). @throws Fault when neither can be read.
   */
  async chain(
    orderId: number,
    certificateId: number,
    resource: string,
    isAsked: (blocks: readonly string[]) => boolean,
  ): Promise<readonly string[] | undefined> {
    const action = `download certificate ${certificateId} of order ${orderId}`;
    const downloaded = await this.#reads.answer(download(orderId), action, resource);
    const blocks = pemBlocks(downloaded.body);
    if (downloaded.status === 200 && isAsked(blocks)) return blocks;
    const answer = await this.#reads.answer(readChain(certificateId), action, resource);
    // The chain by itself is not documented: where it is not served, the download has said all.
    if (isNotYet(answer) || (answer.status === 404 && isNotYet(downloaded))) return undefined;
    const chain = this.#reads.judge(answer, action, resource, readChainAnswer);
    if (isAsked(chain)) return chain;
    throw this.#reads.unreadable(action, resource, "the answer does not hold the certificate that was asked for");
  }

  /** The time between two looks at an order that waits. */
  pause(): Promise<void> {
    this.#shared.forget();
    return delay(this.waiting.poll);
  }

  /** Reads an order again until `found` gives a result, or the time is over. */
  async await<T>(
    orderId: number,
    resource: string,
    limit: number,
    found: (info: OrderInfo) => T | undefined,
  ): Promise<{ readonly result: T | undefined; readonly info: OrderInfo }> {
    const { result, seen } = await until(
      () => this.order(orderId, resource),
      { limit, first: 250, longest: this.waiting.poll },
      found,
    );
    return { result, info: seen };
  }

  /**
   * All pages of a list. A row that comes or goes meanwhile moves the others from page to page, so a list that does not hold as
   * many rows as it counts is read once more. @throws Fault when it does not then, either: what is not in it may be there.
   */
  async #pages<Row extends { readonly id: number }>(
    call: (offset: number) => HttpCall,
    resource: string,
    action: string,
    read: Reader<ListPage<Row>>,
  ): Promise<readonly Row[]> {
    const page = (offset: number) => this.#read(call(offset), action, resource, read);
    const first = await wholeList(page);
    const { rows, counted } = first.rows.length < first.counted ? await wholeList(page) : first;
    if (rows.length < counted)
      throw this.#reads.unreadable(
        action,
        resource,
        `the list counts ${counted} rows and its pages hold ${rows.length}`,
      );
    return rows;
  }

  #read<T>(call: HttpCall, action: string, resource: string, read: Reader<T>): Promise<T> {
    return this.#reads.read(call, action, resource, read);
  }
}

export const SYSTEM = "CertCentral";

/** The rows of all pages, each once, and the most that a page has counted. Without a count, the list ends with an empty page. */
async function wholeList<Row extends { readonly id: number }>(
  page: (offset: number) => Promise<ListPage<Row>>,
): Promise<{ readonly rows: readonly Row[]; readonly counted: number }> {
  const all = new Map<number, Row>();
  let counted = 0;
  for (let offset = 0; ;) {
    const { rows, total } = await page(offset);
    const before = all.size;
    for (const row of rows) all.set(row.id, row);
    counted = Math.max(counted, total ?? 0);
    offset += rows.length;
    if (all.size === before || (total !== undefined && offset >= total)) return { rows: [...all.values()], counted };
  }
}

const next = ({ status }: Failed): string =>
  status === 404
    ? "orders are never deleted at DigiCert, so this is the wrong account, key or region: check certcentral:apiKey and certcentral:url. A resource is never taken for gone because of this"
    : status === 401 || status === 403
      ? "check certcentral:apiKey (or CERTCENTRAL_API_KEY), its restriction and the role of its user"
      : "run again; if it stays so, ask the vendor";

/** The one answer that says that a certificate is still being made (section 11). */
const isNotYet = (answer: Answer): boolean => {
  const reply = readReply(answer);
  return reply.outcome === "refused" && reply.codes.some((code) => code.startsWith("cert_unavailable"));
};

/** Words for a validation that is done (section 13: the lists of values are cut). */
const isDone = (status: string | undefined): boolean => ["active", "complete", "approved"].includes(status ?? "");

const pemBlocks = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
