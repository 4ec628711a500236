import { z } from "zod";

/** A name in a path: everything but control characters, percent-encoded when it is sent (apinizer.md 1.1). */
export const objectName = (what: string) => {
  const error = `allowed is ${what}, 1 to 255 characters`;
  return z.string({ error }).regex(/^[^\p{Cc}]{1,255}$/u, { error });
};

const ENVIRONMENT = "allowed is the name of an environment, without a comma";

/** Environments stand in one list, joined by commas; no escape is documented (section 2.3). */
export const environmentName = z.string({ error: ENVIRONMENT }).regex(/^[^,\p{Cc}]{1,255}$/u, { error: ENVIRONMENT });
