import { z } from "zod";
import { UNKNOWN, type Planned } from "./unknown.js";

/** A bad input: which one, what was found, what is allowed. Never repeats a value of a secret field. */
export interface Problem {
  readonly property: string;
  readonly reason: string;
}

export type Checked<Inputs> =
  { readonly ok: true; readonly inputs: Planned<Inputs> } | { readonly ok: false; readonly problems: Problem[] };

/**
 * Checks inputs field by field, so that fields that are not known yet are left alone while all others are held to the
 * schema; defaults are written out, so that what is stored says everything. Values of `secret` fields are not repeated.
 */
export function checkInputs<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  raw: Readonly<Record<string, unknown>>,
  secret: readonly string[] = [],
): Checked<z.output<z.ZodObject<Shape>>> {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const problems: Problem[] = [];
  const inputs: Record<string, unknown> = {};
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(shape, key) && raw[key] !== undefined) {
      const near = nearest(key, Object.keys(shape));
      problems.push({
        property: key,
        reason: `${key} is not an input of this resource${near === undefined ? "" : `; did you mean ${near}?`}`,
      });
    }
  }
  for (const [key, field] of Object.entries(shape)) {
    const value = raw[key];
    if (value === UNKNOWN) {
      inputs[key] = UNKNOWN;
      continue;
    }
    const result = z.safeParse(field, value);
    if (!result.success)
      problems.push(...result.error.issues.map((issue) => describe(key, issue, value, secret.includes(key))));
    else if (result.data !== undefined) inputs[key] = result.data;
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, inputs: inputs as Planned<z.output<z.ZodObject<Shape>>> };
}

/** Problems of inputs that cannot change while a resource stays what it is; `why` says what makes them so. */
export function fixedProblems(
  fields: readonly string[],
  inputs: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>>,
  why: string,
): Problem[] {
  return fields
    .filter((field) => inputs[field] !== UNKNOWN && before[field] !== UNKNOWN && before[field] !== inputs[field])
    .map((field) => ({
      property: field,
      reason: `${field} was ${JSON.stringify(before[field] ?? null)} and is ${JSON.stringify(inputs[field] ?? null)}: ${why}`,
    }));
}

function describe(key: string, issue: z.core.$ZodIssue, value: unknown, secret: boolean): Problem {
  const path = [key, ...issue.path.map(String)].join(".");
  const found = value === undefined ? "is missing" : secret ? "is not allowed as it is" : `is ${show(value)}`;
  // The engine prints the value of a property that a problem names (inventory.md F12).
  return { property: secret ? "" : key, reason: `${path} ${found}: ${issue.message}` };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? typeof value : text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The known key that differs least from a misspelt one, when it is near enough to be meant. */
export function nearest(key: string, keys: readonly string[]): string | undefined {
  const scored = keys.map((candidate) => ({
    candidate,
    distance: editDistance(key.toLowerCase(), candidate.toLowerCase()),
  }));
  scored.sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(key.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitute));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
