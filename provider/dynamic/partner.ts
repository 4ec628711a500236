import { PartnerClient } from "../partner/client.js";
import { READS } from "../partner/operations.js";
import type { System } from "./adapter.js";
import { asTheyAre, type Reads } from "./reads.js";
import { transportFor, type Settings } from "./settings.js";

/**
 * DigiCert's Partner Subscriptions API from settings: `partner:url`, `partner:apiKey` (secret; of the subaccount, a parent's
 * key is refused: digicert-acme.md 3), `partner:timeoutSeconds`, `partner:visibilitySeconds`.
 */
export function partner(settings: Settings, reads: Reads = asTheyAre): System<PartnerClient> {
  const transport = transportFor(settings, {
    name: "DigiCert Partner API",
    namespace: "partner",
    url: "https://www.digicert.com/partner-subscription/api/v1",
    credentialHeader: "X-PARTNER-APIKEY",
  });
  return {
    api: new PartnerClient(
      reads((call, traceId) => transport.send(call, READS, traceId)),
      transport.origin,
      settings.seconds("partner:visibilitySeconds", 15),
    ),
    send: (operation, traceId) => transport.send(operation.call, operation.repeat, traceId),
  };
}
