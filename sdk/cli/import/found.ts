import type { Existing, Importer } from "../../../provider/dynamic/importing.js";

/** What people see of an object. No secret. */
export interface Row {
  /** For instance `certcentral.Order`; of what has no kind, the service's word. */
  readonly kind: string;
  /** Its identity at the service. */
  readonly id: string;
  readonly names: readonly string[];
  /** UTC day, `YYYY-MM-DD`. */
  readonly until?: string | undefined;
  /** The service's word. */
  readonly status: string;
}

/** Something that can be imported. */
export interface Found extends Row, Existing {
  readonly importer: Importer;
  /** What it is called where nothing else of its kind would be called so, and what is added otherwise. */
  readonly name: string;
  readonly key: string;
  /** How other resources know it, as `claim` names it. */
  readonly holds: string;
  /** What people should know of the inputs. */
  readonly note?: string;
}

/** Something that is there and cannot be imported. */
export interface NotFoundWhole extends Row {
  readonly because: string;
}

/** What one system has. */
export interface Scanned {
  readonly found: readonly Found[];
  readonly others: readonly NotFoundWhole[];
  /** How many were left out by the filters. */
  readonly leftOut: number;
}

export const scanned = (...parts: readonly Scanned[]): Scanned => ({
  found: parts.flatMap(({ found }) => found),
  others: parts.flatMap(({ others }) => others),
  leftOut: parts.reduce((sum, { leftOut }) => sum + leftOut, 0),
});

/** Without what is undefined: an input that is not given. */
export const given = (inputs: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
