import { withoutBrackets } from "./operation.js";

/** What has changed at a service without this stack's doing, as a refresh finds it. */

/** Kinds of drift, with what each is. Their names are stable: pipelines ask for them. */
export const DRIFT_KINDS = {
  ended: "revoked, terminated, canceled, or no longer listed",
  revocation: "its revocation was requested, or is due because of a changed name",
  expired: "its validity is over",
  succeeded: "reissued or renewed outside",
  content: "another certificate or key stands under the same name",
  deleted: "deleted, and that is proven",
  deployment: "environments that lost it, or got it",
  detached: "a JWK that no longer follows its certificate",
  status: "approved, rejected, issued, or otherwise moved on",
  settings: "names, auto renew, alias or description",
  strays: "double entries, and what nobody in the stack has made",
} as const;

export type DriftKind = keyof typeof DRIFT_KINDS;

/** One thing that is otherwise than the last state has it. Holds no secret. */
export interface Drift {
  readonly kind: DriftKind;
  /** Which object, in words. */
  readonly what: string;
  readonly before: string;
  readonly now: string;
  /** Since when, as far as the service tells: a UTC day or an ISO 8601 time. */
  readonly since?: string | undefined;
}

/** Made printable before it is quoted: an escape that comes afterwards would be none of JSON. */
const quoted = (text: string): string => JSON.stringify(withoutBrackets(text));

/** As a refresh says it on the resource's row. */
export const driftInWords = ({ kind, what, before, now, since }: Drift): string =>
  `DRIFT ${kind}: ${withoutBrackets(what)}: was ${quoted(before)}, is ${quoted(now)}${since === undefined ? "" : `, since ${quoted(since)}`}`;

const STRING = '("(?:[^"\\\\]|\\\\.)*")';
const WORDS = new RegExp(`^DRIFT ([a-z]+): (.*?): was ${STRING}, is ${STRING}(?:, since ${STRING})?$`);

/** What `driftInWords` has said; undefined for any other text. A value that is not quoted as JSON is taken as it stands. */
export function readDrift(text: string): Drift | undefined {
  const [, kind = "", what = "", before = '""', now = '""', since] = WORDS.exec(text) ?? [];
  if (!Object.hasOwn(DRIFT_KINDS, kind)) return undefined;
  return {
    ...{ kind: kind as DriftKind, what, before: plain(before), now: plain(now) },
    ...(since === undefined ? {} : { since: plain(since) }),
  };
}

function plain(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}

/** A drift, when the two differ. */
export const differing = (
  kind: DriftKind,
  what: string,
  before: string | undefined,
  now: string | undefined,
  since?: string,
): Drift[] =>
  before === now
    ? []
    : [{ kind, what, before: before ?? "nothing", now: now ?? "nothing", ...(since === undefined ? {} : { since }) }];

/** Names on one line, whatever their order. */
export const listed = (names: readonly string[]): string => [...names].sort().join(", ");
