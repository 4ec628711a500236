import { CertcentralClient } from "../certcentral/client.js";
import { READS } from "../certcentral/operations.js";
import { spelled, VALIDITY_FIELDS } from "../certcentral/spelling.js";
import { RollingLimit } from "../http/rollingLimit.js";
import type { System } from "./adapter.js";
import { asTheyAre, type Reads } from "./reads.js";
import { host } from "./host.js";
import { transportFor, type Settings } from "./settings.js";

/** Rolling limits of a key (section 12): calls and milliseconds. */
const LIMITS = [
  { calls: 100, milliseconds: 5000 },
  { calls: 1000, milliseconds: 180_000 },
];

/**
 * CertCentral's API from settings: `certcentral:url` (the European one is given whole), `certcentral:apiKey` (secret),
 * `certcentral:timeoutSeconds`, `certcentral:visibilitySeconds`, `certcentral:pollSeconds`, `certcentral:validityFields`.
 */
export function certcentral(settings: Settings, reads: Reads = asTheyAre): System<CertcentralClient> {
  const transport = transportFor(settings, {
    name: "CertCentral",
    namespace: "certcentral",
    url: "https://www.digicert.com/services/v2",
    credentialHeader: "X-DC-DEVKEY",
    // It names no time to wait, and advises seconds to minutes (section 12).
    backoff: 5,
    limit: (apiKey) => new RollingLimit({ windows: LIMITS, ledger: host.run.shared(`certcentral ${apiKey}`) }),
  });
  const validity = settings.oneOf("certcentral:validityFields", VALIDITY_FIELDS);
  return {
    api: new CertcentralClient(
      reads((call, traceId) => transport.send(call, READS, traceId)),
      transport.origin,
      {
        visibility: settings.seconds("certcentral:visibilitySeconds", 15),
        poll: settings.seconds("certcentral:pollSeconds", 15),
      },
    ),
    send: (operation, traceId) => transport.send(spelled(operation.call, validity), operation.repeat, traceId),
  };
}
