import { ApinizerClient } from "../apinizer/client.js";
import { READS } from "../apinizer/operations.js";
import { AUTHORIZATIONS, authorization, FIELDS, spelled } from "../apinizer/spelling.js";
import { ClientCredentials } from "../http/clientCredentials.js";
import { baseUrl } from "../http/origin.js";
import { registerSecret } from "../http/redaction.js";
import { Transport, type TokenSource } from "../http/transport.js";
import type { System } from "./adapter.js";
import { asTheyAre, type Reads } from "./reads.js";
import { connectionOf, type Settings } from "./settings.js";

const NAME = "Apinizer";

/**
 * Apinizer's management API from settings: `apinizer:url` (the manager's, without `/apiops`), `apinizer:token` (secret; a
 * personal token), or `apinizer:clientId` and `apinizer:clientSecret` (secret; a console user's, apinizer.md 1.2),
 * `apinizer:fields` (form, query), `apinizer:authorization` (bearer, bare), `apinizer:timeoutSeconds`,
 * `apinizer:visibilitySeconds`.
 */
export function apinizer(settings: Settings, reads: Reads = asTheyAre): System<ApinizerClient> {
  const manager = settings.require("apinizer:url").replace(/\/+(apiops\/*)?$/, "");
  const url = baseUrl(`${manager}/apiops`, "apinizer:url");
  const connection = { ...connectionOf(settings, "apinizer"), system: NAME, url };
  const fields = settings.oneOf("apinizer:fields", FIELDS);
  const transport = new Transport({ ...connection, ...credentials(settings, connection) });
  return {
    api: new ApinizerClient(
      reads((call, traceId) => transport.send(call, READS, traceId)),
      url.href,
      settings.seconds("apinizer:visibilitySeconds", 15),
    ),
    send: (operation, traceId) => transport.send(spelled(operation.call, fields), operation.repeat, traceId),
  };
}

type Connection = ReturnType<typeof connectionOf> & { readonly system: string; readonly url: URL };

/** A personal token, or tokens by client credentials. @throws Error when there is neither, or both. */
function credentials(
  settings: Settings,
  connection: Connection,
): { readonly headers: Readonly<Record<string, string>>; readonly token?: TokenSource } {
  const how = settings.oneOf("apinizer:authorization", AUTHORIZATIONS);
  const header = (token: string): string => authorization(token, how);
  const id = settings.get("apinizer:clientId");
  if (id === undefined) {
    const token = settings.require("apinizer:token");
    registerSecret(token);
    return { headers: { authorization: header(token) } };
  }
  if (settings.get("apinizer:token") !== undefined)
    throw new Error(
      "apinizer:token and apinizer:clientId are both set. Set one of them: a personal token, or a client's id and secret.",
    );
  const secret = settings.require("apinizer:clientSecret");
  registerSecret(secret);
  const call = {
    method: "POST",
    path: "/auth/token",
    form: { urlencoded: { grant_type: "client_credentials", client_id: id, client_secret: secret } },
  } as const;
  const asking = new Transport({ ...connection, headers: {} });
  return { headers: {}, token: new ClientCredentials(asking, call, NAME, Date.now, header) };
}
