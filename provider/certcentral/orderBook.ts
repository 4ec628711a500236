import type { ListPage, OrderInfo } from "./wire.js";

type Page = ListPage<OrderInfo>;

/**
 * The account's orders for all resources of a process that refresh. An account can hold far more orders than a stack, so
 * pages after the first are read only once more orders were missed than there are pages left: never more than twice
 * the requests of the better way.
 */
export class OrderBook {
  readonly #load: (offset: number) => Promise<Page>;
  readonly #rows = new Map<number, OrderInfo>();
  #first: Promise<Page> | undefined;
  #rest: Promise<void> | undefined;
  #misses = 0;

  constructor(load: (offset: number) => Promise<Page>) {
    this.#load = load;
  }

  /** @returns undefined when the order is not on the pages that were read: it is to be read by itself. */
  async find(orderId: number): Promise<OrderInfo | undefined> {
    const { rows, total = rows.length } = await this.#firstPage();
    const known = this.#rows.get(orderId);
    if (known !== undefined) return known;
    const left = rows.length === 0 ? 0 : Math.ceil(total / rows.length) - 1;
    if (left === 0 || ++this.#misses <= left) return undefined;
    this.#rest ??= this.#loadRest(rows.length, total);
    await this.#rest;
    return this.#rows.get(orderId);
  }

  /** A page that could not be read is asked for again by the next resource. */
  async #firstPage(): Promise<Page> {
    this.#first ??= this.#load(0).then((page) => this.#keep(page));
    try {
      return await this.#first;
    } catch (error) {
      this.#first = undefined;
      throw error;
    }
  }

  async #loadRest(from: number, total: number): Promise<void> {
    for (let offset = from; offset < total;) {
      const before = this.#rows.size;
      const { rows } = this.#keep(await this.#load(offset));
      // A list that brings nothing new does not end: what is missing is read by itself.
      if (this.#rows.size === before) return;
      offset += rows.length;
    }
  }

  #keep(page: Page): Page {
    for (const row of page.rows) this.#rows.set(row.id, row);
    return page;
  }
}
