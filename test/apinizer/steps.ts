import { ApinizerClient } from "../../provider/apinizer/client.js";
import type { CertificateInputs } from "../../provider/apinizer/certificate/inputs.js";
import { gatewayCertificate } from "../../provider/apinizer/certificate/lifecycle.js";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import { READS } from "../../provider/apinizer/operations.js";
import { authorization, spelled, type Authorization, type Fields } from "../../provider/apinizer/spelling.js";
import { Transport } from "../../provider/http/transport.js";
import type { Sandbox } from "../../sandbox/index.js";
import { Steps } from "../instrument/steps.js";

/** A certificate on a gateway against a sandbox, without Pulumi. */
export class GatewaySteps extends Steps<CertificateInputs, CertificateState, ApinizerClient> {
  constructor(
    readonly sandbox: Sandbox,
    {
      token = sandbox.apinizer.token,
      fields = "form",
      how = "bearer",
    }: { token?: string; fields?: Fields; how?: Authorization } = {},
  ) {
    const url = new URL(sandbox.apinizer.url);
    const transport = new Transport({
      system: "Apinizer",
      url,
      headers: { authorization: authorization(token, how) },
      timeout: 2000,
      backoff: 1,
    });
    super(gatewayCertificate, {
      api: new ApinizerClient((call, traceId) => transport.send(call, READS, traceId), url.href, 0),
      send: (operation, traceId) => transport.send(spelled(operation.call, fields), operation.repeat, traceId),
      now: () => sandbox.clock.now(),
      urn: "urn:pulumi:dev::test::pulumi-nodejs:dynamic/apinizer:Certificate::gw",
    });
  }
}

/** Calls that the service executed since a log position, without what every one begins with. */
export const executed = (sandbox: Sandbox, since = 0): string[] =>
  sandbox.log
    .made(since)
    .filter(({ outcome }) => outcome === "executed")
    .map(({ operation = "" }) => operation.replace(/^apinizer\.certificates\./, "").replace(/ .*/, ""));
