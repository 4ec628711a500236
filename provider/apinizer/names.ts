import { z } from "zod";

/** A text without control characters. */
export const objectName = (what: string) => {
  const error = `allowed is ${what}, 1 to 255 characters`;
  return z.string({ error }).regex(/^[^\p{Cc}]{1,255}$/u, { error });
};

/** Of URLs: `.` and `..` are taken out of a path before it is sent (RFC 3986 section 5.2.4). */
const SEGMENTS = [".", ".."];

/**
 * A name in a path: everything but control characters and blanks at its ends, percent-encoded when it is sent
 * (apinizer.md 1.1). `reserved` are words that mean something else in its place.
 */
export const pathName = (what: string, reserved: readonly string[] = []) => {
  const refused = [...SEGMENTS, ...reserved];
  const error = `allowed is ${what}, 1 to 255 characters, without blanks at its ends, and not ${refused.join(", ")}`;
  return z
    .string({ error })
    .regex(/^(?!\s)[^\p{Cc}]{1,255}(?<!\s)$/u, { error })
    .refine((name) => !refused.includes(name), { error });
};

const ENVIRONMENT =
  "allowed is the name of an environment, without a comma, without blanks at its ends, and not . or ..";

/** Environments stand in one list, joined by commas; no escape is documented (section 2.3). */
export const environmentName = z
  .string({ error: ENVIRONMENT })
  .regex(/^(?!\s)[^,\p{Cc}]{1,255}(?<!\s)$/u, { error: ENVIRONMENT })
  .refine((name) => !SEGMENTS.includes(name), { error: ENVIRONMENT });
