import { getCACertificates } from "node:tls";
import { setTimeout as delay } from "node:timers/promises";
import type { Dispatcher, FormData } from "undici";
import type { HttpCall, RepeatRule } from "../core/operation.js";
import { Fault, type Outcome } from "../core/fault.js";
import { undici } from "../core/onDemand.js";
import type { Answer } from "../core/perform.js";
import { isLoopback } from "./origin.js";
import { mask } from "./redaction.js";
import { retryAfter } from "./retryAfter.js";
import type { RollingLimit } from "./rollingLimit.js";

export interface TransportSettings {
  /** The system's name in messages. */
  readonly system: string;
  /** Base URL; see `baseUrl`. */
  readonly url: URL;
  /** Headers of every request, credentials among them. Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for one attempt, from connecting to the last byte. */
  readonly timeout: number;
  /** PEM of certificate authorities to trust besides the usual ones. */
  readonly ca?: string;
  /** Milliseconds before the first repetition when the server names none; doubled each time, with jitter. */
  readonly backoff?: number;
  /** Headers with a credential that ends by itself. A 401 says that the service has not looked at the call. */
  readonly token?: TokenSource;
  /** Where the service counts calls over all processes of a key. */
  readonly limit?: Pick<RollingLimit, "enter" | "slow">;
}

/** Gives a credential that expires, as headers. Secret. */
export interface TokenSource {
  /** @throws Fault when none can be had: nothing was sent then. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The service refuses what `headers` gave last. @returns whether another one can be had. */
  refused(): boolean;
}

/** Attempts of one call, the first included: the vendor says at most three repetitions (ecgrid.md 7). */
const ATTEMPTS = 4;
/** Longest wait before a repetition, milliseconds; a server that asks for more gets an error in its place. */
const LONGEST_WAIT = 120_000;
/** Longest answer that is read, bytes. */
const LONGEST_ANSWER = 8 * 1024 * 1024;

/** Errors before a request is written: nothing can have happened at the service. */
const BEFORE_SENDING = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "EPROTO",
  // No TLS with the proxy, so the service was not reached.
  "UND_ERR_PRX_TLS",
  // The request could not be made of its settings, for instance a line break in a credential.
  "UND_ERR_INVALID_ARG",
  "ERR_INVALID_ARG_TYPE",
  "ERR_INVALID_CHAR",
  "ERR_OUT_OF_RANGE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_HAS_EXPIRED",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_GET_ISSUER_CERT",
  "CERT_NOT_YET_VALID",
  "CERT_UNTRUSTED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Before a request is written only while connecting: the network can also go away beneath a written one. */
const WHILE_CONNECTING = new Set(["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"]);

/** Sends calls to one service. Redirects are answers, never followed: credentials go to the configured host only. */
export class Transport {
  readonly #settings: TransportSettings;

  constructor(settings: TransportSettings) {
    this.#settings = settings;
  }

  /** Base URL without a trailing slash. */
  get origin(): string {
    return this.#settings.url.origin + this.#settings.url.pathname.replace(/\/$/, "");
  }

  /**
   * Sends a call, repeated only as `rule` allows.
   * @returns any HTTP answer, whatever its status.
   * @throws Fault when no answer came, with what is known of the call's effect.
   */
  async send(call: HttpCall, rule: RepeatRule, traceId: string): Promise<Answer> {
    const { token } = this.#settings;
    undici(); // here, where its absence is not taken for a fault of the network
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const last = attempt === ATTEMPTS;
      let answered: { answer: Answer; after: string | undefined };
      const credential = await token?.headers();
      const leave = await this.#settings.limit?.enter();
      try {
        answered = await this.#once(call, traceId, credential);
      } catch (error) {
        const fault = this.#fault(call, error, traceId);
        // A connection that never came up has changed nothing: safe to repeat, whatever the call.
        const safe = fault.outcome === "not executed" ? isTransient(error) : rule.afterFault;
        if (last || !safe) throw fault;
        await delay(this.#wait(attempt, undefined) ?? 0);
        continue;
      } finally {
        leave?.();
      }
      const { answer, after } = answered;
      if (answer.status === 401 && token !== undefined && !renewed && !last && token.refused()) {
        renewed = true;
        continue;
      }
      // Over a limit every call is turned away: everybody waits, also when this call is not repeated.
      if (answer.status === 429) this.#settings.limit?.slow(this.#wait(attempt, after) ?? LONGEST_WAIT);
      const repeat = answer.status === 429 ? rule.afterRateLimit : answer.status >= 500 && rule.afterFault;
      const wait = repeat && !last ? this.#wait(attempt, after) : undefined;
      if (wait === undefined) return answer;
      await delay(wait);
    }
  }

  /** Milliseconds until the next attempt; undefined when the server asks for more than anybody would wait. */
  #wait(attempt: number, header: string | undefined): number | undefined {
    const asked = retryAfter(header, new Date());
    if (asked !== undefined) return asked <= LONGEST_WAIT ? asked : undefined;
    const ceiling = (this.#settings.backoff ?? 500) * 2 ** (attempt - 1);
    return ceiling / 2 + (Math.random() * ceiling) / 2;
  }

  async #once(
    call: HttpCall,
    traceId: string,
    credential: Readonly<Record<string, string>> | undefined,
  ): Promise<{ answer: Answer; after: string | undefined }> {
    const { headers, timeout } = this.#settings;
    const { body, type } = bodyOf(call);
    const answer = await undici().request(this.origin + call.path, {
      method: call.method,
      dispatcher: dispatcher(this.#settings),
      signal: AbortSignal.timeout(timeout),
      headersTimeout: timeout,
      bodyTimeout: timeout,
      headers: {
        accept: call.accept ?? "application/json",
        ...(type === undefined ? {} : { "content-type": type }),
        traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01`,
        ...headers,
        ...credential,
      },
      ...(body === undefined ? {} : { body }),
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > LONGEST_ANSWER) {
        answer.body.destroy();
        throw new Error(`an answer of more than ${LONGEST_ANSWER / 1024 / 1024} MiB`);
      }
      chunks.push(chunk);
    }
    const header = (name: string): string | undefined => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    return {
      answer: {
        status: answer.statusCode,
        contentType: header("content-type") ?? "",
        body: Buffer.concat(chunks).toString("utf8"),
        traceId,
      },
      after: header("retry-after"),
    };
  }

  #fault(call: HttpCall, error: unknown, traceId: string): Fault {
    const outcome: Outcome = isBeforeSending(error) ? "not executed" : "unknown";
    const { system, url } = this.#settings;
    return new Fault({
      action: `call ${call.method} ${call.path}`,
      resource: url.origin,
      system,
      cameBack: `no answer (${mask(reason(error))})`,
      known:
        outcome === "not executed"
          ? "the request was not sent"
          : call.method === "GET"
            ? "nothing was changed by this read"
            : "whether the call took effect is not known",
      next:
        outcome === "not executed"
          ? "check the address, the network and the certificate authority, then run again"
          : "run again",
      outcome,
      traceId,
    });
  }
}

/** The body of a call with its media type; that of a multipart form is set with its boundary. */
function bodyOf({ body, form }: HttpCall): { body: string | FormData | undefined; type: string | undefined } {
  if (form === undefined)
    return {
      body: body === undefined ? undefined : JSON.stringify(body),
      type: body === undefined ? undefined : "application/json",
    };
  if ("urlencoded" in form)
    return { body: new URLSearchParams(form.urlencoded).toString(), type: "application/x-www-form-urlencoded" };
  const data = new (undici().FormData)();
  for (const [name, part] of Object.entries(form.multipart))
    if (typeof part === "string") data.append(name, part);
    else data.append(name, new Blob([part.content], { type: part.contentType }), part.filename);
  return { body: data, type: undefined };
}

/** Node's and undici's errors carry the reason in `code`, sometimes one `cause` deep. */
const code = (error: unknown): string => coded(error)?.code ?? "";

function coded(error: unknown): NodeJS.ErrnoException | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const { code: own } = at as NodeJS.ErrnoException;
    if (typeof own === "string" && own !== "UND_ERR") return at;
  }
  return undefined;
}

function isBeforeSending(error: unknown): boolean {
  // A tunnel that the proxy refuses has no code of its own.
  if (error instanceof Error && /^Proxy response \(\d+\) !== 200/.test(error.message)) return true;
  const { code: own = "", syscall } = coded(error) ?? {};
  return BEFORE_SENDING.has(own) || (WHILE_CONNECTING.has(own) && syscall === "connect");
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "the time limit passed";
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return `${code(error) === "" ? "" : `${code(error)}, `}${error.message}${cause}`;
}

/** Worth another attempt: the network may come back; a certificate that is not trusted stays so. */
const isTransient = (error: unknown): boolean =>
  ["ECONNREFUSED", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"].includes(
    code(error),
  );

const dispatchers = new Map<string, Dispatcher>();

/** One pool for each kind of connection, shared by all resources of a process. */
function dispatcher({ url, ca, timeout }: TransportSettings): Dispatcher {
  const key = JSON.stringify([url.protocol === "https:", isLoopback(url), ca ?? "", timeout]);
  const pooled = dispatchers.get(key);
  if (pooled !== undefined) return pooled;
  // TLS is always verified: there is no setting to turn it off, only further authorities.
  const connect = {
    timeout: Math.min(timeout, 20_000),
    ...(ca === undefined ? {} : { ca: [...getCACertificates("default"), ca] }),
  };
  // HTTPS_PROXY and NO_PROXY as the environment has them; loopback is never sent to a proxy.
  const { Agent, EnvHttpProxyAgent } = undici();
  const made =
    url.protocol === "https:" && !isLoopback(url)
      ? new EnvHttpProxyAgent({ connect, requestTls: connect, proxyTls: connect, connections: 64 })
      : new Agent({ connect, connections: 64 });
  dispatchers.set(key, made);
  return made;
}
