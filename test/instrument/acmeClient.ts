import acme from "acme-client";
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { Agent } from "node:https";
import type { EabCredential, RunningPebble } from "../../sandbox/acme/pebble.js";

/** A stock ACME client, npm's acme-client, that trusts the servers of the tests and says what they answered. */

/** What a server answered to a refused request (RFC 7807). */
export interface Refusal {
  readonly status: number;
  /** Without the prefix that all ACME errors share. */
  readonly type: string;
  readonly detail: string;
}

type Server = Pick<RunningPebble, "directoryUrl" | "ca">;

const agents = new Map<string, Agent>();
/** What servers refused during one call here, newest last. The client's own errors keep only the detail. */
const refusals = new AsyncLocalStorage<Refusal[]>();

// A server that is gone stays gone: by default the client tries again for more than a minute.
Object.assign((acme.axios.defaults as unknown as { acmeSettings: object }).acmeSettings, { retryMaxAttempts: 0 });

acme.axios.interceptors.request.use((config) => {
  const agent = agents.get(new URL(config.url ?? "").origin);
  if (agent === undefined) throw new Error(`${config.url ?? "a request"} is none of the test's servers`);
  config.httpsAgent = agent;
  // The environment's proxy could not reach loopback.
  config.proxy = false;
  return config;
});
acme.axios.interceptors.response.use((response) => {
  const { type, detail } = (response.data ?? {}) as Record<string, unknown>;
  if (response.status >= 400) {
    const name = String(type).replace("urn:ietf:params:acme:error:", "");
    refusals.getStore()?.push({ status: response.status, type: name, detail: String(detail) });
  }
  return response;
});

/** Key ids and HMAC keys of the length that DigiCert's have. */
export const newCredential = (kid: string): EabCredential => ({ kid, hmac: randomBytes(64).toString("base64url") });

/** A client with a fresh account key, so that the server has to look at the credential. */
async function newClient({ directoryUrl, ca }: Server, eab: EabCredential | undefined): Promise<acme.Client> {
  const { origin } = new URL(directoryUrl);
  // A restarted server does not know the connections of the one before, so none are kept.
  agents.set(origin, new Agent({ ca, keepAlive: false }));
  return new acme.Client({
    directoryUrl,
    accountKey: await acme.crypto.createPrivateEcdsaKey(),
    ...(eab === undefined ? {} : { externalAccountBinding: { kid: eab.kid, hmacKey: eab.hmac } }),
    // Polls of an order: by default every five seconds, which loopback does not need.
    backoffAttempts: 100,
    backoffMin: 10,
    backoffMax: 100,
  });
}

/** Registers a fresh account with the credential and gets a certificate. @returns its chain, PEM, leaf first. */
export async function issueWith(
  server: Server,
  eab: EabCredential,
  names: readonly string[],
): Promise<{ chain: string; privateKey: string }> {
  const client = await newClient(server, eab);
  const key = await acme.crypto.createPrivateEcdsaKey();
  const [, csr] = await acme.crypto.createCsr({ altNames: [...names] }, key);
  const chain = await client.auto({
    csr,
    termsOfServiceAgreed: true,
    skipChallengeVerification: true,
    challengeCreateFn: () => Promise.resolve(),
    challengeRemoveFn: () => Promise.resolve(),
  });
  return { chain, privateKey: key.toString() };
}

/** Tries to register a fresh account. @returns how the server refused it, or undefined when it did not. */
export async function refusal(server: Server, eab?: EabCredential): Promise<Refusal | undefined> {
  const client = await newClient(server, eab);
  const seen: Refusal[] = [];
  try {
    await refusals.run(seen, () => client.createAccount({ termsOfServiceAgreed: true }));
    return undefined;
  } catch (error) {
    // A mistake of the client, or a server that cannot be reached, is no refusal.
    const last = seen.at(-1);
    if (last === undefined) throw error;
    return last;
  }
}
