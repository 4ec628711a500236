import { performer } from "../../provider/core/perform.js";
import type { Context } from "../../provider/core/lifecycle.js";
import type { Plan } from "../../provider/core/plan.js";
import { NO_RECEIPTS } from "../../provider/core/receipts.js";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import { EcgridClient } from "../../provider/ecgrid/client.js";
import type { CertificateInputs } from "../../provider/ecgrid/generated/inputs.js";
import { READS } from "../../provider/ecgrid/operations.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import { Transport } from "../../provider/http/transport.js";
import type { Sandbox } from "../../sandbox/index.js";
import { URN } from "./states.js";

/** The lifecycle against a sandbox, without Pulumi: each step performs its own plan. */
export class Steps {
  readonly #transport: Transport;
  readonly #client: EcgridClient;

  constructor(readonly sandbox: Sandbox) {
    const url = new URL(sandbox.ecgrid.url);
    this.#transport = new Transport({
      system: "ECGrid",
      url,
      headers: { "X-API-Key": sandbox.ecgrid.apiKey },
      timeout: 5000,
      backoff: 1,
    });
    this.#client = new EcgridClient((call, traceId) => this.#transport.send(call, READS, traceId), url.href, 500);
  }

  #context(plan: Plan): Context<EcgridClient> {
    return {
      resource: "a",
      seed: URN,
      plan,
      plannedHeldByOthers: new Set(),
      perform: performer(
        plan,
        (operation, traceId) => this.#transport.send(operation.call, operation.repeat, traceId),
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

  async create(after: CertificateInputs): Promise<CertificateState> {
    const plan = certificate.plan({ after, seed: URN }, this.sandbox.clock.now());
    return (await certificate.create(after, this.#context(plan))).state;
  }

  update(before: CertificateState, after: CertificateInputs): Promise<CertificateState> {
    const plan = certificate.plan({ before, after, seed: URN }, this.sandbox.clock.now());
    return certificate.update(before, after, this.#context(plan));
  }

  read(state: CertificateState): Promise<CertificateState | "gone"> {
    return certificate.read(state, this.#context({ operations: [], remarks: [], changes: false, replaces: [] }));
  }

  delete(before: CertificateState): Promise<void> {
    return certificate.delete(before, this.#context(certificate.plan({ before, seed: URN }, this.sandbox.clock.now())));
  }
}
