import { z } from "zod";
import { echo } from "../../core/echo.js";
import { environmentOutcomes } from "../outcomes.js";
import { jwkInputs, type JwkInputs } from "./inputs.js";

const text = z.string().optional();

/** State of a JWK. No private member of a key is ever in it (apinizer.md 3.2). */
export const jwkState = z.object({
  ...jwkInputs.shape,
  /** Base URL of the manager that has it; states from before it have none. */
  manager: text,
  /** Whether the project has it. */
  made: z.boolean(),
  /** Whether the project no longer has it although this resource has not deleted it; states from before it have none. */
  missing: z.boolean().default(false),
  /** RSA, EC, OCT, OKP. */
  keyType: text,
  kid: text,
  /** RFC 7517: public members, with `kid`, and with `use` and `alg` where they are known. Missing for a symmetric key. */
  publicJwk: z.record(z.string(), z.string()).optional(),
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: text,
  /**
   * Whether it refers to the certificate that it was made from, and follows its replacements: yes by what the service shows
   * alone. Missing where nobody can say, because the service shows no reference of any JWK.
   */
  attached: z.boolean().optional(),
  /** Whether it was adopted: what it is used for is in no answer. */
  usageUnknown: z.boolean().optional(),
  /** Whether it is known to have another key than its certificate; states from before it have none. */
  outdated: z.boolean().default(false),
  /** What the service has said of each environment; empty where it has said nothing. */
  outcomes: environmentOutcomes,
});

export type JwkState = z.output<typeof jwkState>;

export const { inputsOf, withInputs } = echo<JwkInputs, JwkState>(jwkInputs);

/** Whether nothing of it could be read: it was made just now, or whether it was deleted is not known. */
export const isUnread = ({ made, missing, keyType, kid, publicJwk }: JwkState): boolean =>
  isThere({ made, missing }) && keyType === undefined && kid === undefined && publicJwk === undefined;

/** A state of which the next run has to read what is there. */
export function unread({ keyType, kid, publicJwk, thumbprint, ...others }: JwkState): JwkState {
  return others;
}

/** The state while the project has no such JWK: the next plan makes it. */
export function unmade(state: JwkState): JwkState {
  const { usageUnknown: _usageUnknown, ...others } = unread(state);
  return { ...others, made: false, missing: false, attached: false, outdated: false, outcomes: [] };
}

/** Whether the project has it, as far as is known. */
export const isThere = ({ made, missing }: Pick<JwkState, "made" | "missing">): boolean => made && !missing;

/** Whether it may refer to its certificate: unless it is known not to. */
export const mayRefer = ({ certificateName, made, missing, attached }: JwkState): boolean =>
  certificateName !== undefined && isThere({ made, missing }) && attached !== false;

/** Whether its certificate was written, or is another one, since the JWK was looked at (apinizer.md 2.4, 3.4). */
export const isFollowing = (
  { made, missing, certificateThumbprint, certificateWrites }: JwkState,
  after: Partial<Record<"certificateThumbprint" | "certificateWrites", unknown>>,
): boolean =>
  isThere({ made, missing }) &&
  (after.certificateThumbprint !== certificateThumbprint || after.certificateWrites !== certificateWrites);
