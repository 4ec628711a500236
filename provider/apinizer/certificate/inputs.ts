import { z } from "zod";
import { flag, oneOf, trigger, whenEndedOutside } from "../../core/fields.js";
import { checkInputs, type Checked, type Problem } from "../../core/inputs.js";
import { UNKNOWN } from "../../core/unknown.js";
import { environmentName, objectName, pathName } from "../names.js";
import { readPem } from "./pem.js";

const ENVIRONMENTS = "allowed is a list of at least one environment";

/** Inputs of a certificate on a gateway (section 2.3). None is secret. */
export const certificateInputs = z.object({
  /** Identity. */
  project: pathName("the name of a project"),
  /** Identity: it cannot be changed (section 2.0). Paths of other calls stand where it stands (sections 2.7, 2.8). */
  name: pathName("the name of a certificate", ["truststore", "import-file"]),
  /** Unique in each environment; the identifier in the keystores of its workers. */
  alias: pathName("an alias"),
  description: objectName("a text").default("Managed by Pulumi"),
  /** Every environment that is to have it. */
  environments: z
    .array(environmentName, { error: ENVIRONMENTS })
    .min(1, { error: ENVIRONMENTS })
    .transform((list) => [...new Set(list)]),
  /** Public certificates, PEM. Missing while it is not issued yet: then what is deployed stays. */
  pem: z.string({ error: "allowed is a certificate, PEM" }).optional(),
  /** What becomes of JWKs made from it when it is replaced. The service's own default is NULLIFY. */
  jwkUpdateAction: oneOf(["UPDATE", "NULLIFY"]).default("UPDATE"),
  /** Whose JWKs `UPDATE` re-parses. */
  jwkUpdateScope: oneOf(["SAME_PROJECT", "ALL_PROJECTS"]).default("SAME_PROJECT"),
  /** What becomes of JWKs made from it when it is deleted. `DELETE` needs `allowJwkDeletion`. */
  jwkDeleteAction: oneOf(["NULLIFY", "DELETE"]).default("NULLIFY"),
  /** Consent to the deletion of every JWK made from the certificate, for good. */
  allowJwkDeletion: flag.optional(),
  onDelete: oneOf(["delete", "retain"]).default("delete"),
  /** What a deletion does when nobody can tell whether an environment still has the certificate. */
  whenUndeployUnknown: oneOf(["fail", "letGo"]).default("fail"),
  /** Any new text replaces and redeploys it, or makes it anew when it was deleted outside. */
  trigger: trigger.optional(),
  /** What a plan does when it was deleted outside and environments may still have it, so that the state keeps it. */
  whenEndedOutside,
  /** Takes over a certificate of this name that exists already. */
  adopt: flag.optional(),
});

export type CertificateInputs = z.output<typeof certificateInputs>;

/** Checks inputs and writes the defaults out. Pure. Never repeats a PEM that holds a private key. */
export function normalize(raw: Readonly<Record<string, unknown>>): Checked<CertificateInputs> {
  const checked = checkInputs(certificateInputs, raw, ["pem"]);
  if (!checked.ok) return checked;
  const { pem, jwkDeleteAction, allowJwkDeletion } = checked.inputs;
  const problems: Problem[] = [];
  const read = typeof pem === "string" ? readPem(pem) : undefined;
  // Without its property: the engine prints the value of one that a problem names.
  if (read !== undefined && "problem" in read) problems.push({ property: "", reason: `pem ${read.problem}` });
  if (jwkDeleteAction === "DELETE" && allowJwkDeletion !== true && allowJwkDeletion !== UNKNOWN)
    problems.push({
      property: "jwkDeleteAction",
      reason:
        'jwkDeleteAction is "DELETE", which deletes every JWK made from the certificate for good, also of others: allowed is NULLIFY, or DELETE together with allowJwkDeletion: true',
    });
  return problems.length > 0 ? { ok: false, problems } : checked;
}
