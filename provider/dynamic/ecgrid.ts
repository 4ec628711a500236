import { EcgridClient } from "../ecgrid/client.js";
import { READS } from "../ecgrid/operations.js";
import type { System } from "./adapter.js";
import { transportFor, type Settings } from "./settings.js";

/** ECGrid's API from settings: `ecgrid:url`, `ecgrid:apiKey` (secret), `ecgrid:timeoutSeconds`, `ecgrid:visibilitySeconds`. */
export function ecgrid(settings: Settings): System<EcgridClient> {
  // ecgrid.md 6: the API key's header, spelled exactly so.
  const transport = transportFor(settings, {
    name: "ECGrid",
    namespace: "ecgrid",
    url: "https://rest.ecgrid.io",
    credentialHeader: "X-API-Key",
  });
  return {
    api: new EcgridClient(
      (call, traceId) => transport.send(call, READS, traceId),
      transport.origin,
      settings.seconds("ecgrid:visibilitySeconds", 15),
    ),
    send: (operation, traceId) => transport.send(operation.call, operation.repeat, traceId),
  };
}
