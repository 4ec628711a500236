import { z } from "zod";
import { flag, isoTime, oneOf, trigger } from "../../core/fields.js";
import { checkInputs, type Checked, type Problem } from "../../core/inputs.js";
import { UNKNOWN } from "../../core/unknown.js";
import { environmentName, objectName } from "../names.js";
import { algorithmsFor, CURVES, KEY_TYPES, misfit, USES } from "./algorithms.js";

const SIZE = "allowed is a key size in bits";

/** What `jwks/generate` is asked for (the page "Generate JWK"). */
const generated = z.strictObject(
  {
    type: oneOf(KEY_TYPES),
    /** Bits: of RSA (2048, 3072, 4096) and OCT (128, 192, 256). */
    size: z.number({ error: SIZE }).int({ error: SIZE }).optional(),
    /** Of EC and OKP. */
    curve: oneOf(CURVES).optional(),
    /** Key id; the service makes one when it is left out. */
    kid: objectName("a key id").optional(),
    /** How the service makes a key id. Its default is TIMESTAMP. */
    kidFrom: oneOf(["TIMESTAMP", "SHA256", "SHA1", "ISO_DATE", "NONE"]).optional(),
    /** ISO 8601. The service's default is the time of the call. */
    notBefore: isoTime.optional(),
    /** ISO 8601. The service's default is ONE YEAR after `notBefore`. */
    expires: isoTime.optional(),
  },
  { error: "allowed is an object with type, and size or curve" },
);

/** Inputs of a JWK of an API gateway (section 3). None is secret. */
export const jwkInputs = z.object({
  /** Identity. */
  project: objectName("the name of a project"),
  /** Identity. */
  name: objectName("the name of a JWK"),
  /** Changing it is an update, which detaches the JWK from its certificate; left out, it is left as it is. */
  description: objectName("a text").optional(),
  /** The certificate of the project that it is made from; or `generate`. */
  certificateName: objectName("the name of a certificate").optional(),
  /**
   * Thumbprint of what the certificate has deployed, so that its replacement is followed in the same run. Empty: nothing is
   * deployed yet, and the JWK waits for it.
   */
  certificateThumbprint: z.string({ error: "allowed is a thumbprint, or an empty text" }).optional(),
  /** How often the certificate was written: a write that keeps its thumbprint can detach the JWK, too (section 2.4). */
  certificateWrites: z.int({ error: "allowed is a number of writes" }).nonnegative().optional(),
  /** The environment whose certificate is read; the JWK is deployed to all. */
  environment: environmentName.optional(),
  use: oneOf(USES).default("SIGNATURE"),
  /** RFC 7518. Needed for a certificate. */
  algorithm: objectName("an algorithm").optional(),
  generate: generated.optional(),
  onDelete: oneOf(["delete", "retain"]).default("delete"),
  /** Any new text deletes it and makes it anew from its source: a new key when it is generated. */
  trigger: trigger.optional(),
  /** Takes over a JWK of this name that exists already. */
  adopt: flag.optional(),
});

export type JwkInputs = z.output<typeof jwkInputs>;

/** Checks inputs and writes the defaults out. Pure. */
export function normalize(raw: Readonly<Record<string, unknown>>): Checked<JwkInputs> {
  const checked = checkInputs(jwkInputs, raw);
  if (!checked.ok) return checked;
  const { certificateName, environment, use, algorithm, generate } = checked.inputs;
  const problems: Problem[] = [];
  const problem = (property: string, reason: string): void => void problems.push({ property, reason });
  if ((certificateName === undefined) === (generate === undefined))
    problem("certificateName", "allowed is one source: certificateName with environment and algorithm, or generate");
  else if (generate === undefined) {
    if (environment === undefined) problem("environment", "environment is missing: it says whose certificate is read");
    if (algorithm === undefined)
      problem("algorithm", "algorithm is missing: a certificate does not say what its key is used for");
    else if (algorithm !== UNKNOWN && use !== UNKNOWN && !algorithmsFor(use).includes(algorithm))
      problem("algorithm", `algorithm is ${algorithm}: allowed for ${use} is ${algorithmsFor(use).join(", ")}`);
  } else {
    if (environment !== undefined)
      problem("environment", "environment is only for a JWK that is made from a certificate");
    for (const field of ["certificateThumbprint", "certificateWrites"] as const)
      if (checked.inputs[field] !== undefined)
        problem(field, `${field} is only for a JWK that is made from a certificate`);
    if (generate !== UNKNOWN && use !== UNKNOWN && algorithm !== UNKNOWN) {
      const reason = misfit(generate, use, algorithm);
      if (reason !== undefined) problem("generate", reason);
    }
  }
  return problems.length > 0 ? { ok: false, problems } : checked;
}
