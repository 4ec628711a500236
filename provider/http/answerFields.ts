import { z } from "zod";
import { parseTime, wholeSeconds } from "../core/clock.js";

/** How fields of answers are read: exact about what is missing, tolerant of how it is written. */

export const missing = (what: string) => ({ error: `${what} is missing or of another type` });

export const optionalText = z.string().min(1).nullish().catch(undefined);

/** An id: a whole number, or its digits as text; nothing else: `null` and `""` are missing, not 0. */
export const integer = (what: string) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], missing(what))
    .pipe(z.number(missing(what)).int(missing(what)).min(0, missing(what)));

/** An ISO 8601 time, as UTC in whole seconds. */
export const time = (what: string) =>
  z.string(missing(what)).transform((text, context) => {
    const at = parseTime(text);
    if (at === undefined) {
      context.addIssue({ code: "custom", message: `${what} is "${text.slice(0, 40)}", not an ISO 8601 time` });
      return z.NEVER;
    }
    return wholeSeconds(at);
  });

/** Longest text of a vendor's that is repeated. */
export const LONGEST_WORD = 300;

/** Undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The problems of an answer that cannot be read, in words. */
export const problemsOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.length === 0 ? "" : `${path.join(".")}: `}${message}`).join("; ");

/** Reads one shape of answer. @returns what is wrong, in words, when it is not one. */
export const reader =
  <T>(schema: z.ZodType<T>) =>
  (data: unknown): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string } => {
    const parsed = schema.safeParse(data);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: problemsOf(parsed.error) };
  };

export type Reader<T> = ReturnType<typeof reader<T>>;

/** Without fields that are undefined or null. */
export function withoutMissing<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], null> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item != null)) as never;
}
