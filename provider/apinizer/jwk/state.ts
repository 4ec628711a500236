import { z } from "zod";
import { echo } from "../../core/echo.js";
import { environmentOutcomes } from "../outcomes.js";
import { jwkInputs, type JwkInputs } from "./inputs.js";

const text = z.string().optional();

/** State of a JWK. No private member of a key is ever in it (apinizer.md 3.2). */
export const jwkState = z.object({
  ...jwkInputs.shape,
  /** Whether the project has it. */
  made: z.boolean(),
  /** RSA, EC, OCT, OKP. */
  keyType: text,
  kid: text,
  /** RFC 7517: public members, with `kid`, `use` and `alg`. Missing for a symmetric key. */
  publicJwk: z.record(z.string(), z.string()).optional(),
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: text,
  /** Whether it refers to the certificate that it was made from, and follows its replacements. */
  attached: z.boolean(),
  /** What the service has said of each environment; empty where it has said nothing. */
  outcomes: environmentOutcomes,
});

export type JwkState = z.output<typeof jwkState>;

/** Whether the service said yes to its creation, and nothing of it could be read yet. */
export const isUnread = ({ made, keyType, kid, publicJwk }: JwkState): boolean =>
  made && keyType === undefined && kid === undefined && publicJwk === undefined;

export const { inputsOf, withInputs } = echo<JwkInputs, JwkState>(jwkInputs);
