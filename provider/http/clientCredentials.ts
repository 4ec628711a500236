import type { HttpCall, RepeatRule } from "../core/operation.js";
import { newTraceId, type Answer } from "../core/perform.js";
import { Fault } from "../core/fault.js";
import { parseJson } from "./answerFields.js";
import { registerSecret } from "./redaction.js";
import type { TokenSource, Transport } from "./transport.js";

/** A token changes nothing at the service. */
const TOKENS: RepeatRule = { afterRateLimit: true, afterFault: true, because: "only gives a token" };
/** Milliseconds before its end at which a token is renewed. */
const MARGIN = 60_000;
/** An expiry above this is a time, not a number of seconds: two shapes of answer are documented (apinizer.md 1.2). */
const A_TIME = 1e11;
/** Milliseconds for which a token without a usable expiry is taken. */
const UNKNOWN_LIFE = 300_000;

interface Token {
  readonly value: string;
  /** System time, milliseconds. */
  readonly until: number;
}

/** Bearer tokens of the OAuth 2.0 client credentials grant (RFC 6749 section 4.4), one at a time for all callers. */
export class ClientCredentials implements TokenSource {
  #token: Promise<Token> | undefined;

  constructor(
    readonly transport: Transport,
    /** The request for a token. Secret: it holds the client's secret. */
    readonly call: HttpCall,
    readonly system: string,
    /** System time, milliseconds. */
    readonly clock: () => number = Date.now,
    /** The header of a token. */
    readonly header: (token: string) => string = (token) => `Bearer ${token}`,
  ) {}

  async headers(): Promise<Readonly<Record<string, string>>> {
    const held = await this.#token;
    if (held !== undefined && held.until - MARGIN <= this.clock()) this.#token = undefined;
    this.#token ??= this.#ask();
    try {
      return { authorization: this.header((await this.#token).value) };
    } catch (error) {
      this.#token = undefined;
      throw error;
    }
  }

  refused(): boolean {
    this.#token = undefined;
    return true;
  }

  async #answer(): Promise<Answer> {
    try {
      return await this.transport.send(this.call, TOKENS, newTraceId());
    } catch (error) {
      // Whatever became of the request for a token: the call that needs it was not sent.
      throw error instanceof Fault ? new Fault({ ...error.parts, outcome: "not executed" }) : error;
    }
  }

  async #ask(): Promise<Token> {
    const answer = await this.#answer();
    const {
      access_token: value,
      expires_in: expires,
      error,
      error_description: words,
    } = (parseJson(answer.body) as Record<string, unknown> | null | undefined) ?? {};
    if (answer.status === 200 && typeof value === "string" && value !== "") {
      registerSecret(value);
      const number = typeof expires === "number" || typeof expires === "string" ? Number(expires) : Number.NaN;
      const until = !(number > 0)
        ? this.clock() + UNKNOWN_LIFE
        : number > A_TIME
          ? number
          : this.clock() + number * 1000;
      return { value, until };
    }
    const said = [error, words].filter((one): one is string => typeof one === "string").join(": ");
    throw new Fault({
      action: "get a token by client credentials",
      resource: this.transport.origin,
      system: this.system,
      cameBack: `HTTP ${answer.status}, ${said === "" ? "an answer without a token" : said.slice(0, 300)}`,
      known: "nothing else was sent",
      next: "check the client's id and secret, and that its account is not locked",
      outcome: "not executed",
      traceId: answer.traceId,
    });
  }
}
