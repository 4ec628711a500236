import { CertcentralClient } from "../certcentral/client.js";
import { READS } from "../certcentral/operations.js";
import { spelled, VALIDITY_FIELDS } from "../certcentral/spelling.js";
import type { System } from "./adapter.js";
import { transportFor, type Settings } from "./settings.js";

/**
 * CertCentral's API from settings: `certcentral:url` (the European one is given whole), `certcentral:apiKey` (secret),
 * `certcentral:timeoutSeconds`, `certcentral:visibilitySeconds`, `certcentral:pollSeconds`, `certcentral:validityFields`.
 */
export function certcentral(settings: Settings): System<CertcentralClient> {
  const transport = transportFor(settings, {
    name: "CertCentral",
    namespace: "certcentral",
    url: "https://www.digicert.com/services/v2",
    credentialHeader: "X-DC-DEVKEY",
  });
  const validity = settings.oneOf("certcentral:validityFields", VALIDITY_FIELDS);
  return {
    api: new CertcentralClient((call, traceId) => transport.send(call, READS, traceId), transport.origin, {
      visibility: settings.seconds("certcentral:visibilitySeconds", 15),
      poll: settings.seconds("certcentral:pollSeconds", 15),
    }),
    send: (operation, traceId) => transport.send(spelled(operation.call, validity), operation.repeat, traceId),
  };
}
