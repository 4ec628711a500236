import { EcgridClient } from "../ecgrid/client.js";
import { withSecrets } from "../core/perform.js";
import { READS } from "../ecgrid/operations.js";
import { registerSecret } from "../http/redaction.js";
import { spelled, type Spelling } from "../ecgrid/spelling.js";
import type { System } from "./adapter.js";
import { asTheyAre, type Reads } from "./reads.js";
import { transportFor, type Settings } from "./settings.js";

/** ECGrid's API from settings: `ecgrid:url`, `ecgrid:apiKey` (secret), `ecgrid:timeoutSeconds`, `ecgrid:visibilitySeconds`,
 * `ecgrid:hashNames`, `ecgrid:publicCertificates`. */
export function ecgrid(settings: Settings, reads: Reads = asTheyAre): System<EcgridClient> {
  // ecgrid.md 6: the API key's header, spelled exactly so.
  const transport = transportFor(settings, {
    name: "ECGrid",
    namespace: "ecgrid",
    url: "https://rest.ecgrid.io",
    credentialHeader: "X-API-Key",
  });
  const spelling: Spelling = {
    hashNames: settings.oneOf("ecgrid:hashNames", ["rest", "soap"]),
    publicCertificates: settings.oneOf("ecgrid:publicCertificates", ["der", "pem"]),
  };
  return {
    api: new EcgridClient(
      reads((call, traceId) => transport.send(call, READS, traceId)),
      transport.origin,
      settings.seconds("ecgrid:visibilitySeconds", 15),
    ),
    send: async (operation, traceId, secrets) => {
      // A service may repeat in its answer what it was sent.
      Object.values(secrets).forEach(registerSecret);
      return transport.send(spelled(withSecrets(operation.call, secrets), spelling), operation.repeat, traceId);
    },
  };
}
