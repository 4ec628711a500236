/** What a server may do to a client, on demand. */
export const MODES = [
  ...(["delay", "403", "429", "503", "500", "drop-before", "drop-after"] as const),
  ...(["truncate", "html", "empty", "redirect", "hook"] as const),
];
export type Mode = (typeof MODES)[number];

export interface Rule {
  /** Method and path, for instance `POST /v2/certificates/renew`; a trailing `*` matches any rest, `*` everything. */
  readonly match: string;
  readonly mode: Mode;
  /** How often it applies; once by default. */
  readonly times?: number;
  /** Matching requests that pass before it applies. */
  readonly afterMatches?: number;
  /** For `delay`. */
  readonly milliseconds?: number;
  /** `Retry-After` of 429 and 503. */
  readonly retryAfter?: string;
  /** For `redirect`. */
  readonly location?: string;
  /** For 429, 500, 503, html and empty: whether the request was executed first. */
  readonly executed?: boolean;
  /** Runs before the request is executed. */
  readonly before?: () => void | Promise<void>;
  /** Runs after it was committed and before it is answered. */
  readonly after?: () => void | Promise<void>;
}

export class Hostility {
  #rules: { rule: Rule; left: number; pass: number }[] = [];

  add(rule: Rule): void {
    this.#rules.push({ rule, left: rule.times ?? 1, pass: rule.afterMatches ?? 0 });
  }

  clear(): void {
    this.#rules = [];
  }

  /** Rules that have not been used up. */
  pending(): number {
    return this.#rules.filter(({ left }) => left > 0).length;
  }

  /** The rule for a request; using it up. */
  take(method: string, path: string): Rule | undefined {
    const request = `${method} ${path}`;
    for (const entry of this.#rules) {
      const { match } = entry.rule;
      const fits =
        match === "*" || match === request || (match.endsWith("*") && request.startsWith(match.slice(0, -1)));
      if (!fits || entry.left <= 0) continue;
      if (entry.pass > 0) {
        entry.pass--;
        continue;
      }
      entry.left--;
      return entry.rule;
    }
    return undefined;
  }
}
