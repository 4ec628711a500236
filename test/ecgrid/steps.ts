import type { Context, Lifecycle } from "../../provider/core/lifecycle.js";
import { performer, withSecrets } from "../../provider/core/perform.js";
import { NOTHING, type Plan } from "../../provider/core/plan.js";
import { NO_RECEIPTS } from "../../provider/core/receipts.js";
import { EcgridClient } from "../../provider/ecgrid/client.js";
import { READS } from "../../provider/ecgrid/operations.js";
import { spelled, USUAL, type Spelling } from "../../provider/ecgrid/spelling.js";
import { Transport } from "../../provider/http/transport.js";
import type { Sandbox } from "../../sandbox/index.js";
import { URN } from "./states.js";

export interface StepsOptions {
  readonly spelling?: Spelling;
  /** Milliseconds for one request. */
  readonly timeout?: number;
  /** Milliseconds to wait for a new certificate to be listed. */
  readonly visibility?: number;
}

/** A lifecycle against a sandbox, without Pulumi: each step performs its own plan. */
export class Steps<Inputs extends object, State extends object> {
  readonly #transport: Transport;
  readonly #client: EcgridClient;

  constructor(
    readonly sandbox: Sandbox,
    readonly lifecycle: Lifecycle<Inputs, State, EcgridClient>,
    readonly options: StepsOptions = {},
  ) {
    const url = new URL(sandbox.ecgrid.url);
    this.#transport = new Transport({
      system: "ECGrid",
      url,
      headers: { "X-API-Key": sandbox.ecgrid.apiKey },
      timeout: options.timeout ?? 5000,
      backoff: 1,
    });
    this.#client = new EcgridClient(
      (call, traceId) => this.#transport.send(call, READS, traceId),
      url.href,
      options.visibility ?? 500,
    );
  }

  #context(plan: Plan): Context<EcgridClient> {
    const { spelling = USUAL } = this.options;
    return {
      resource: "a",
      seed: URN,
      plan,
      plannedHeldByOthers: new Set(),
      perform: performer(
        plan,
        async (operation, traceId, secrets) =>
          this.#transport.send(spelled(withSecrets(operation.call, secrets), spelling), operation.repeat, traceId),
        NO_RECEIPTS,
        () => this.sandbox.clock.now(),
        (text) => {
          throw new Error(text);
        },
      ),
      api: this.#client,
      now: this.sandbox.clock.now(),
      exclusive: (_name, work) => work(),
      claim: () => undefined,
      heldByOthers: () => new Set(),
      tell: () => undefined,
    };
  }

  /** Inputs as a program gives them, checked and completed. */
  inputs(raw: Readonly<Record<string, unknown>>): Inputs {
    const checked = this.lifecycle.normalize(raw);
    if (!checked.ok) throw new Error(checked.problems.map(({ reason }) => reason).join("; "));
    return checked.inputs as Inputs;
  }

  async create(after: Inputs): Promise<State> {
    const plan = this.lifecycle.plan({ after, seed: URN }, this.sandbox.clock.now());
    return (await this.lifecycle.create(after, this.#context(plan))).state;
  }

  update(before: State, after: Inputs): Promise<State> {
    const plan = this.lifecycle.plan({ before, after, seed: URN }, this.sandbox.clock.now());
    return this.lifecycle.update(before, after, this.#context(plan));
  }

  /** What `read` keeps; a certificate of ECGrid is never gone. */
  async read(state: State): Promise<State> {
    const read = await this.lifecycle.read(state, this.#context(NOTHING));
    if (read === "gone") throw new Error("taken for gone");
    return read;
  }

  delete(before: State): Promise<void> {
    const plan = this.lifecycle.plan({ before, seed: URN }, this.sandbox.clock.now());
    return this.lifecycle.delete(before, this.#context(plan));
  }
}
