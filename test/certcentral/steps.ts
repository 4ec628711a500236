import { CertcentralClient } from "../../provider/certcentral/client.js";
import { READS } from "../../provider/certcentral/operations.js";
import type { OrderInputs } from "../../provider/certcentral/order/inputs.js";
import { order } from "../../provider/certcentral/order/lifecycle.js";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import { spelled, type ValidityFields } from "../../provider/certcentral/spelling.js";
import { Transport } from "../../provider/http/transport.js";
import type { Sandbox } from "../../sandbox/index.js";
import { Steps as Driven } from "../instrument/steps.js";
import { URN } from "./states.js";

export interface StepsOptions {
  readonly validityFields?: ValidityFields;
  /** Milliseconds for one request. */
  readonly timeout?: number;
  /** Milliseconds until a read shows what a call has done. */
  readonly visibility?: number;
  /** In place of each pause between two looks at an order that waits, which stands for `poll` milliseconds then. */
  readonly pause?: { readonly poll: number; readonly work: () => void | Promise<void> };
  /** Key in place of the administrator's. */
  readonly apiKey?: string;
}

/** An order against a sandbox, without Pulumi. */
export class Steps extends Driven<OrderInputs, OrderState, CertcentralClient> {
  constructor(
    readonly sandbox: Sandbox,
    {
      validityFields = "nested",
      timeout = 5000,
      visibility = 0,
      pause,
      apiKey = sandbox.certcentral.apiKey,
    }: StepsOptions = {},
  ) {
    const url = new URL(sandbox.certcentral.url);
    const transport = new Transport({
      system: "CertCentral",
      url,
      headers: { "X-DC-DEVKEY": apiKey },
      timeout,
      backoff: 1,
    });
    const client = new CertcentralClient((call, traceId) => transport.send(call, READS, traceId), url.href, {
      visibility,
      poll: pause?.poll ?? 1,
    });
    if (pause !== undefined) client.pause = async () => pause.work();
    super(order, {
      api: client,
      send: (operation, traceId) => transport.send(spelled(operation.call, validityFields), operation.repeat, traceId),
      now: () => sandbox.clock.now(),
      urn: URN,
    });
  }
}
