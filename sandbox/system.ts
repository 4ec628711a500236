import type { Outcome } from "./requestLog.js";

/** A request to one of the served systems. */
export interface Request {
  readonly method: string;
  /** Below the system's prefix, without a query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON, or a `Form` where the system takes forms; undefined when there was no body. */
  readonly body: unknown;
  readonly malformed: boolean;
  /** Real milliseconds since the sandbox began, for rate limits alone. */
  readonly arrived: number;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A text or bytes as they are, anything else as JSON; `undefined` is an empty body. */
  readonly body: unknown;
}

/** One served API. */
export interface System {
  readonly name: "ecgrid" | "certcentral" | "partner" | "apinizer";
  /** Path below which it is served. */
  readonly prefix: string;
  /** Whether bodies may be forms (`multipart/form-data` and `application/x-www-form-urlencoded`), besides JSON. */
  readonly forms?: boolean;
  answer(request: Request): Promise<Response>;
  /** Catalogue name and target of a mutating request; undefined for reads. */
  operationOf(request: Request): string | undefined;
  /** What became of a mutating request that was answered so. */
  outcomeOf(response: Response): Outcome;
  /** The answer to a request that was not executed, in the system's error form. */
  failure(status: number, code: string, message: string): Response;
  /** Whether the caller is over a rate limit that is switched on. */
  isOverLimit(request: Request): boolean;
  /** Its answer to a caller over the limit, in code and message. */
  readonly overLimit: readonly [code: string, message: string];
}
