import type { Lifecycle } from "../../provider/core/lifecycle.js";
import { withSecrets } from "../../provider/core/perform.js";
import { EcgridClient } from "../../provider/ecgrid/client.js";
import { READS } from "../../provider/ecgrid/operations.js";
import { spelled, USUAL, type Spelling } from "../../provider/ecgrid/spelling.js";
import { Transport } from "../../provider/http/transport.js";
import type { Sandbox } from "../../sandbox/index.js";
import { Steps as Driven } from "../instrument/steps.js";
import { URN } from "./states.js";

export interface StepsOptions {
  readonly spelling?: Spelling;
  /** Milliseconds for one request. */
  readonly timeout?: number;
  /** Milliseconds to wait for a new certificate to be listed. */
  readonly visibility?: number;
}

/** An ECGrid lifecycle against a sandbox, without Pulumi. */
export class Steps<Inputs extends object, State extends object> extends Driven<Inputs, State, EcgridClient> {
  constructor(
    sandbox: Sandbox,
    lifecycle: Lifecycle<Inputs, State, EcgridClient>,
    { spelling = USUAL, timeout = 5000, visibility = 500 }: StepsOptions = {},
  ) {
    const url = new URL(sandbox.ecgrid.url);
    const headers = { "X-API-Key": sandbox.ecgrid.apiKey };
    const transport = new Transport({ system: "ECGrid", url, headers, timeout, backoff: 1 });
    super(lifecycle, {
      api: new EcgridClient((call, traceId) => transport.send(call, READS, traceId), url.href, visibility),
      send: async (operation, traceId, secrets) =>
        transport.send(spelled(withSecrets(operation.call, secrets), spelling), operation.repeat, traceId),
      now: () => sandbox.clock.now(),
      urn: URN,
    });
  }
}
