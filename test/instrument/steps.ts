import type { Context, Lifecycle } from "../../provider/core/lifecycle.js";
import { performer, type Send } from "../../provider/core/perform.js";
import { NOTHING, type Plan } from "../../provider/core/plan.js";
import { KEPT, NO_RECEIPTS, receipt, unkeptIn, type ReceiptBook } from "../../provider/core/receipts.js";

/** What a lifecycle is driven with in place of Pulumi. */
export interface Driven<Api> {
  readonly api: Api;
  readonly send: Send;
  readonly now: () => Date;
  readonly urn: string;
  /** Remote objects that other resources of the stack hold, as `claim` names. */
  readonly heldByOthers?: () => ReadonlySet<string>;
  /** Lines of receipts that earlier runs have left. */
  readonly receipts?: () => string;
  /** Where receipts are written. */
  readonly book?: ReceiptBook;
  /** Whether what stays in the stack is known when something ends; true by default. */
  readonly knowsWhatStays?: boolean;
}

/** A lifecycle without Pulumi: each step performs its own plan. */
export class Steps<Inputs extends object, State extends object, Api> {
  /** What the resource was told for people. */
  readonly told: string[] = [];
  /** Calls of which it was written down that what came of them is kept. */
  readonly kept: string[] = [];

  constructor(
    readonly lifecycle: Lifecycle<Inputs, State, Api>,
    readonly driven: Driven<Api>,
  ) {}

  #context(plan: Plan): Context<Api> {
    const { api, send, now, urn, heldByOthers = () => new Set<string>(), receipts = () => "" } = this.driven;
    const { book = NO_RECEIPTS, knowsWhatStays = true } = this.driven;
    return {
      resource: "a",
      seed: urn,
      plan,
      plannedHeldByOthers: heldByOthers(),
      perform: performer(plan, send, book, now, (text) => {
        throw new Error(text);
      }),
      api,
      now: now(),
      exclusive: (_name, work) => work(),
      claim: () => undefined,
      heldByOthers,
      knowsWhatStays: () => Promise.resolve(knowsWhatStays),
      unkept: (operation) => unkeptIn(receipts(), operation),
      keeps: (operation, traceId) => {
        this.kept.push(`${operation.name} ${traceId}`);
        book.write(receipt(operation, KEPT, traceId, now()));
      },
      tell: (text) => {
        this.told.push(text);
      },
    };
  }

  /** Inputs as a program gives them, checked and completed. */
  inputs(raw: Readonly<Record<string, unknown>>): Inputs {
    const checked = this.lifecycle.normalize(raw);
    if (!checked.ok) throw new Error(checked.problems.map(({ reason }) => reason).join("; "));
    return checked.inputs as Inputs;
  }

  plan(before: State | undefined, after: Inputs | undefined): Plan {
    const { urn, now, heldByOthers } = this.driven;
    return this.lifecycle.plan(
      {
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        ...(heldByOthers === undefined ? {} : { heldByOthers: heldByOthers() }),
        seed: urn,
      },
      now(),
    );
  }

  async create(after: Inputs): Promise<State> {
    return (await this.lifecycle.create(after, this.#context(this.plan(undefined, after)))).state;
  }

  update(before: State, after: Inputs): Promise<State> {
    return this.lifecycle.update(before, after, this.#context(this.plan(before, after)));
  }

  /** What `read` keeps. */
  read(state: State): Promise<State> {
    return this.lifecycle.read(state, this.#context(NOTHING));
  }

  delete(before: State): Promise<void> {
    return this.lifecycle.delete(before, this.#context(this.plan(before, undefined)));
  }
}
